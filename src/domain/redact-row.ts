/** What a row shows of an event without its secrets. Rows hold no bodies, which are most of what redaction reads. */
import type { AuditEvent } from "./audit-event.ts";
import { ScannedEvent } from "./scan/index.ts";
import { uriForm } from "./uri-form.ts";

/** So many texts are remembered, and then none. */
const mostSeen = 20_000;

/**
 * Redacts an event as far as a row shows it. What its caller chose of that, the address without the object's name and the
 * user agent, is mostly the same again and again: where a redaction has left such texts as they stood, they are in the index
 * as they stand, and an event with the same ones needs no other. What the API server alone writes always stays.
 */
export function rowRedaction(redact: (event: AuditEvent) => AuditEvent): (event: AuditEvent) => AuditEvent {
  const seen = new Set<string>();
  return (event) => {
    if (!(event instanceof ScannedEvent)) return redact(event);
    if (event.isMarked() === false) return event;
    const chosen = chosenTexts(event);
    if (chosen !== undefined && seen.has(chosen)) return event;
    const redacted = redact(event);
    if (chosen !== undefined && (redacted === event || chosenTexts(redacted) === chosen)) {
      if (seen.size >= mostSeen) seen.clear();
      seen.add(chosen);
    }
    return redacted;
  };
}

/** OpenShift's tokens are named by themselves: of these each is looked at. */
const tokens = /^oauth/;

function chosenTexts(event: AuditEvent): string | undefined {
  const resource = textAt(event, "objectRef", "resource");
  if (tokens.test(resource)) return undefined;
  const [namespace, name] = [textAt(event, "objectRef", "namespace"), textAt(event, "objectRef", "name")];
  const form = uriForm(textAt(event, "requestURI"), namespace, name);
  if (form === undefined) return undefined;
  const reason = textAt(event, "responseStatus", "reason");
  const decision = textAt(event, "annotations", "authorization.k8s.io/decision");
  return JSON.stringify([form, textAt(event, "userAgent"), reason, decision]);
}

const textAt = (event: AuditEvent, ...path: readonly string[]): string => event.at(...path)?.text() ?? "";

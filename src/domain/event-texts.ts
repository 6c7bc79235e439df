/** Texts of events, by paths that are looked up once: of a scanned event they are read where they stand. */
import type { AuditEvent } from "./audit-event.ts";
import { ScannedEvent, slotAt } from "./scan/index.ts";

type Path = readonly [name: string] | readonly [member: string, name: string];

const slotOfPath = (path: Path) => (path.length === 1 ? slotAt(undefined, path[0]) : slotAt(path[0], path[1]));

/** Makes a reader of the text at a path: null where nothing stands there, or `null`. */
function textAt(...path: Path): (event: AuditEvent) => string | null {
  const slot = slotOfPath(path);
  return (event) => {
    if (slot !== undefined && event instanceof ScannedEvent) return event.textOf(slot);
    const value = event.at(...path);
    return value === undefined || value.kind === "null" ? null : value.text();
  };
}

/** Makes a reader of the elements' texts of the array at a path: undefined where nothing stands there, none where no array does. */
function textsAt(...path: Path): (event: AuditEvent) => readonly string[] | undefined {
  const slot = slotOfPath(path);
  return (event) => {
    if (slot !== undefined && event instanceof ScannedEvent) return event.textsOf(slot);
    return event
      .at(...path)
      ?.elements()
      .map((element) => element.text());
  };
}

/** What is read of nearly every event. */
export const textOf = {
  auditID: textAt("auditID"),
  stage: textAt("stage"),
  level: textAt("level"),
  verb: textAt("verb"),
  requestURI: textAt("requestURI"),
  received: textAt("requestReceivedTimestamp"),
  user: textAt("user", "username"),
  impersonatedUser: textAt("impersonatedUser", "username"),
  userAgent: textAt("userAgent"),
  apiGroup: textAt("objectRef", "apiGroup"),
  resource: textAt("objectRef", "resource"),
  subresource: textAt("objectRef", "subresource"),
  namespace: textAt("objectRef", "namespace"),
  name: textAt("objectRef", "name"),
  reason: textAt("responseStatus", "reason"),
  decision: textAt("annotations", "authorization.k8s.io/decision"),
} as const;

export const textsOf = { groups: textsAt("user", "groups"), sourceIPs: textsAt("sourceIPs") } as const;

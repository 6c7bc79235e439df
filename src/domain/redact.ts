/** An audit event without its secrets, to be kept, shown and told; rules judge the event as it came. */
import type { AuditEvent } from "./audit-event.ts";
import { parseJson } from "./json.ts";
import type { JsonValue } from "./json-value.ts";
import { marks } from "./marks.ts";
import { parsedEvent } from "./parsed-event.ts";
import { type Nature, plainNature, rebuilt, redactAnnotations, redactBody } from "./redact-body.ts";
import { isCredentialName, isSealed, redactSettings, redactText, redactUri, type Seal } from "./redact-text.ts";
import { ScannedEvent } from "./scan/index.ts";
import { sweep } from "./sweep.ts";

export type { Seal } from "./redact-text.ts";

/** A seal out of a keyed hash: equal values are equal, and without the key none can be guessed and compared. */
export function sealWith(keyedHash: (secret: string) => string): Seal {
  return (secret) => `redacted:${keyedHash(secret).slice(0, 16)}`;
}

/**
 * The event with every secret in it replaced by its seal (DESIGN §7; reference 04 R12); the very same object where
 * there is none, which is so for most events. What was sealed in one place is then looked for in all others that
 * the caller had a hand in: the URI, the user agent, messages, bodies. What only the API server writes, who it was
 * and what was done to what, always stays, so that no choice of secret hides its chooser.
 */
export function redactEvent(event: AuditEvent, seal: Seal): AuditEvent {
  const known = event instanceof ScannedEvent ? event.isMarked() : undefined;
  if (!(known ?? mayHoldSecrets(event.raw))) return event;
  const sealed = new Map<string, string>();
  const noting: Seal = (secret) => {
    const known = sealed.get(secret);
    if (known !== undefined) return known;
    const made = seal(secret);
    sealed.set(secret, made);
    return made;
  };
  const text = redactMembers(event, noting);
  if (text === undefined) return event;
  const first = parsed(text);
  const swept = rebuilt(first, (name, value) => (kept.has(name) ? undefined : sweep(value, sealed)));
  const whole = swept ?? text;
  return parsedEvent(swept === undefined ? first : parsed(swept), event.time, whole);
}

/**
 * A text that could not be read as an event, for the quarantine: as JSON where it is JSON; otherwise, where it may
 * hold secrets, with every quoted value sealed, since nobody can say which is one.
 */
export function redactUnreadable(raw: string, seal: Seal): string {
  if (!mayHoldSecrets(raw)) return raw;
  const outcome = parseJson(raw);
  if (outcome.ok) return redactBody(outcome.value, { secret: true, configMap: true }, seal) ?? raw;
  return redactSettings(withoutQuotedValues(raw, seal), seal);
}

/**
 * The text with what stands in quotes behind a name and a colon sealed, in JSON inside of strings too, up to the end
 * where the quote never closes. One step after another: an expression for all of it runs out of stack, or of time.
 */
function withoutQuotedValues(raw: string, seal: Seal): string {
  const parts: string[] = [];
  let from = 0;
  const begin = /"\s{0,64}:\s{0,64}(\\{0,15})"/g;
  for (let opened = begin.exec(raw); opened !== null; opened = begin.exec(raw)) {
    const at = begin.lastIndex;
    const end = closingQuote(raw, at, opened[1]?.length ?? 0);
    const value = raw.slice(at, end);
    if (value.length >= 4 && !isSealed(value)) {
      parts.push(raw.slice(from, at), seal(value));
      from = end;
    }
    begin.lastIndex = end;
  }
  return parts.join("") + raw.slice(from);
}

/** Where a value ends whose opening quote has so many backslashes: each text inside a text escapes them anew. */
function closingQuote(raw: string, from: number, backslashes: number): number {
  for (let quote = raw.indexOf('"', from); quote >= 0; quote = raw.indexOf('"', quote + 1)) {
    let before = quote;
    while (before > from && raw[before - 1] === "\\") before--;
    if ((quote - before) % (2 * backslashes + 2) === backslashes) return quote - backslashes;
  }
  return raw.length;
}

/** Never swept: what the API server alone writes, and the Audit-ID, by which people look for the event. */
const kept = new Set([
  ...["kind", "apiVersion", "level", "auditID", "stage", "verb", "user", "impersonatedUser", "sourceIPs", "objectRef"],
  ...["requestReceivedTimestamp", "stageTimestamp"],
]);

function mayHoldSecrets(raw: string): boolean {
  return marks.test(raw);
}

function redactMembers(event: AuditEvent, seal: Seal): string | undefined {
  const nature = natureOf(event);
  return rebuilt(event.root, (name, value) => {
    switch (name) {
      case "requestURI":
        return redactString(value, (text) => redactUri(withoutTokenName(event, text, seal), seal));
      case "objectRef":
        return rebuilt(value, (part, of) =>
          part === "name" ? redactString(of, (text) => tokenName(event, text, seal) ?? text) : undefined,
        );
      case "annotations":
        return redactAnnotations(value, nature, seal, true);
      case "user":
      case "impersonatedUser":
        return rebuilt(value, (part, of) => (part === "extra" ? redactExtra(of, seal) : undefined));
      case "requestObject":
      case "responseObject":
        return redactBody(value, nature, seal);
      default:
        return kept.has(name) ? undefined : redactBody(value, plainNature, seal);
    }
  });
}

/** By the resource asked for, as patches need not name a kind; by the URI where there is no reference. */
function natureOf(event: AuditEvent): Nature {
  const resource = event.at("objectRef", "resource")?.text();
  const uri = event.at("requestURI")?.text() ?? "";
  const is = (name: string) =>
    resource === undefined ? new RegExp(`/${name}(?:[/?]|$)`).test(uri) : resource.toLowerCase() === name;
  return { secret: is("secrets"), configMap: is("configmaps") };
}

/** What a proxy vouches for a user with: ids stay, since by them a stolen credential is traced. */
function redactExtra(extra: JsonValue, seal: Seal): string | undefined {
  return rebuilt(extra, (name, values) => {
    const isCredential = isCredentialName(name) || /assertion$|secret$/i.test(name);
    const texts = values.elements().map((value) => {
      const text = value.text();
      return JSON.stringify(isCredential && text !== "" ? seal(text) : redactText(text, seal));
    });
    const changed = `[${texts.join(",")}]`;
    return values.kind !== "array" || changed === values.compact() ? undefined : changed;
  });
}

/** OpenShift named its tokens by themselves before it hashed the names: such a name is a live credential. */
function tokenName(event: AuditEvent, name: string, seal: Seal): string | undefined {
  const resource = event.at("objectRef", "resource")?.text() ?? "";
  const isToken = /^oauth(?:access|authorize)tokens$/.test(resource);
  return isToken && name !== "" && !name.startsWith("sha256~") ? seal(name) : undefined;
}

function withoutTokenName(event: AuditEvent, uri: string, seal: Seal): string {
  const name = event.at("objectRef", "name")?.text() ?? "";
  const sealed = tokenName(event, name, seal);
  return sealed === undefined ? uri : uri.replaceAll(name, sealed);
}

function redactString(value: JsonValue, redact: (text: string) => string): string | undefined {
  if (value.kind !== "string") return undefined;
  const text = value.text();
  const redacted = redact(text);
  return redacted === text ? undefined : JSON.stringify(redacted);
}

/** Made out of values that were read before, one by one; that it cannot be read again would be a bug of ours. */
function parsed(text: string): JsonValue {
  const outcome = parseJson(text);
  if (!outcome.ok) throw new Error(`a redacted event cannot be read: ${outcome.message}`);
  return outcome.value;
}

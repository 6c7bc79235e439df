/** Payloads as Falco's k8saudit plugin reads them, with what it refuses and skips (reference 02 §1.4). */
import type { Decoded } from "./audit-event.ts";
import { parseJson } from "./json.ts";
import type { JsonValue } from "./json-value.ts";
import { parsedEvent } from "./parsed-event.ts";
import { nanosOf } from "./time.ts";
import { readableText, textOf } from "./utf8.ts";

const deepest = 300;
const maxEventBytes = 262_144;

/** The body is one payload. What the plugin drops whole is one rejected part. */
export function decodeAsFalco(body: Uint8Array): readonly Decoded[] {
  const parsed = parseJson(textOf(body), { maxDepth: deepest, lax: true });
  const whole = (reason: string): Decoded[] => [{ kind: "rejected", rejected: { reason, raw: readableText(body) } }];
  if (!parsed.ok) return whole(`no JSON: ${parsed.message}, at character ${parsed.at}`);
  const parts: Decoded[] = [];
  return collect(parsed.value, parts) ? parts : whole("data not recognized as a k8s audit event");
}

/**
 * The payloads that a file is to the plugin: its lines, but for empty ones. Falco's reader gives up at a line above
 * 64 KiB; that is a defect of the reader and not copied.
 */
export function* falcoPayloads(file: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < file.length; ) {
    const newline = file.indexOf(0x0a, from);
    const end = newline < 0 ? file.length : newline;
    const to = end > from && file[end - 1] === 0x0d ? end - 1 : end;
    if (to > from) yield file.subarray(from, to);
    from = end + 1;
  }
}

function collect(value: JsonValue, parts: Decoded[]): boolean {
  if (value.kind === "array") return value.elements().every((element) => collect(element, parts));
  const kind = value.member("kind");
  if (kind?.kind !== "string") return false;
  if (kind.text() === "Event") {
    parts.push(eventOf(value));
    return true;
  }
  const items = kind.text() === "EventList" ? (value.member("items")?.elements() ?? []) : [];
  for (const item of items) parts.push(eventOf(item));
  return items.length > 0;
}

// Go's layout, stricter than ours: a capital T and Z, no leap second. It does let the hour be one digit.
const goTime = /^\d{4}-\d\d-\d\dT(\d|[01]\d|2[0-3]):\d\d:[0-5]\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function eventOf(value: JsonValue): Decoded {
  const raw = value.compact();
  const skipped = (reason: string): Decoded => ({ kind: "rejected", rejected: { reason, raw: raw.toWellFormed() } });
  const stage = value.member("stageTimestamp");
  const time =
    stage?.kind === "string" && goTime.test(stage.text())
      ? nanosOf(stage.text().replace(/T(\d):/, "T0$1:"))
      : undefined;
  if (time === undefined) return skipped("can't read stageTimestamp");
  const size = raw.length * 3 <= maxEventBytes ? 0 : new TextEncoder().encode(raw).length;
  if (size > maxEventBytes) return skipped(`event larger than maxEventSize: size=${size}`);
  // The plugin hands the time on as an unsigned number, whatever it was.
  return { kind: "event", event: parsedEvent(value, BigInt.asUintN(64, time), raw) };
}

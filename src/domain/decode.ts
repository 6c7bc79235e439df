/** From a payload, in any envelope and version, to audit events; what is none is handed back whole with the reason. */
import type { AuditEvent, Decoded } from "./audit-event.ts";
import type { NamedCluster } from "./cluster-name.ts";
import { cut, cutList, eventMark } from "./cut.ts";
import { decodeAsFalco } from "./decode-falco.ts";
import { cutLineLayer, type Layer, layersOf, legacyLayer, stdoutLayer, type Unwrapping } from "./foreign/index.ts";
import { parseJson } from "./json.ts";
import type { JsonValue } from "./json-value.ts";
import { normalised } from "./normalise.ts";
import { noticeKind } from "./notice.ts";
import { parsedEvent } from "./parsed-event.ts";
import { isRuntimeAlert, runtimeAlertOf } from "./runtime-alert.ts";
import { nanosOf } from "./time.ts";
import { readableText, textOf } from "./utf8.ts";

export interface DecodeOptions {
  /** Take the body for one payload, and refuse and skip exactly what Falco's plugin does (reference 02 §1.4). */
  readonly falcoCompat?: boolean;
  /** When the payload came, for parts that tell no time themselves, as admission reviews do. Unless told: now. */
  readonly receivedAt?: Date;
}

// Lists and wrappings in each other come from relays. Each layer is scanned anew, so there is a bound.
const deepestList = 8;

/**
 * The parts of a payload, in order: an Event, an EventList, arrays of both in any nesting, JSON lines or values one
 * after the other, and all of these as clouds, log forwarders and admission reviews wrap them. One unreadable item costs
 * only itself. Nothing throws; each answer comes when it is asked for.
 */
export function decode(body: Uint8Array, options: DecodeOptions = {}): Iterable<Decoded> {
  if (options.falcoCompat) return decodeAsFalco(body);
  const receivedAt = (options.receivedAt ?? new Date()).toISOString();
  return decodeAll(body, { receivedAt, seen: new Set() });
}

// Beyond this many in one payload, unreadable items that stand in a row are kept as one, so that a payload of junk does
// not become millions of entries.
export const maxRejected = 1000;

function* decodeAll(body: Uint8Array, unwrapping: Unwrapping): Generator<Decoded> {
  let any = false;
  let refused = 0;
  let run: { from: number; to: number } | undefined;
  for (const piece of cut(body, (from, to) => parseJson(textOf(body.subarray(from, to))).ok)) {
    any = true;
    for (const part of decodeItem(body.subarray(piece.from, piece.to), piece, 0, unwrapping)) {
      if (part.kind === "rejected" && ++refused > maxRejected) {
        run = { from: run?.from ?? piece.from, to: piece.to };
        continue;
      }
      if (run !== undefined) yield rejectedRun(body, run);
      run = undefined;
      yield part;
    }
  }
  if (run !== undefined) yield rejectedRun(body, run);
  if (!any && !holdsValue(body)) yield rejected("the body is empty", body);
}

/** Decodes single elements of one EventList, in order. */
export function itemDecoder({ receivedAt = new Date() }: DecodeOptions): (item: Uint8Array) => Iterable<Decoded> {
  const unwrapping: Unwrapping = { receivedAt: receivedAt.toISOString(), seen: new Set() };
  return (item) => decodeItem(item, { listed: true }, 0, unwrapping);
}

function rejectedRun(body: Uint8Array, { from, to }: { from: number; to: number }): Decoded {
  return rejected(
    `more than ${maxRejected} unreadable items in one payload; these stand in a row`,
    body.subarray(from, to),
  );
}

/** Empty arrays and lists say that there is nothing; blanks alone say nothing. */
function holdsValue(body: Uint8Array): boolean {
  return body.some((code) => code === 0x7b || code === 0x5b);
}

/** How an item stood in its payload. */
interface Stood {
  readonly listed: boolean;
  readonly fault?: string | undefined;
}

function* decodeItem(bytes: Uint8Array, stood: Stood, depth: number, unwrapping: Unwrapping): Generator<Decoded> {
  const { listed, fault } = stood;
  const text = textOf(bytes);
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const line = legacyLayer(text) ?? stdoutLayer(text) ?? cutLineLayer(text, unwrapping.receivedAt);
    if (line !== undefined && depth < deepestList) {
      yield* decodeLayers([line], depth, unwrapping);
      return;
    }
    yield* afterCrash(
      bytes,
      text,
      `no JSON: ${fault ?? `${parsed.message}, at character ${parsed.at}`}`,
      depth,
      unwrapping,
    );
    return;
  }
  const { value } = parsed;
  const kind = value.member("kind");
  if (kind?.kind === "string" && kind.text() === "EventList") {
    yield* decodeList(bytes, value, depth, unwrapping);
    return;
  }
  if (isWrapping(value)) {
    const layers = depth < deepestList ? layersOf(value, unwrapping) : undefined;
    if (layers !== undefined) {
      yield* decodeLayers(layers, depth, unwrapping);
      return;
    }
  }
  if (kind?.kind === "string" && kind.text() === noticeKind) {
    yield { kind: "ignored", reason: "a notice of Tiercel's own" };
    return;
  }
  if (isRuntimeAlert(value)) {
    const alert = runtimeAlertOf(value, unwrapping.receivedAt);
    yield typeof alert === "string"
      ? rejected(alert, bytes)
      : { kind: "ignored", reason: "an alert of Falco's", alert };
    return;
  }
  const why = listed ? noObject(value) : noAuditEvent(value);
  if (why !== undefined) {
    yield rejected(why, bytes);
    return;
  }
  const event = eventOf(value, text);
  yield typeof event === "string" ? rejected(event, bytes) : { kind: "event", event };
}

/** Cheap to ask of the many that are plain events. Forwarders may put keys of their own into events. */
function isWrapping(value: JsonValue): boolean {
  return value.kind === "object" && (value.member("auditID") === undefined || value.member("log_type") !== undefined);
}

function* decodeLayers(layers: Iterable<Layer>, depth: number, unwrapping: Unwrapping): Generator<Decoded> {
  for (const layer of layers) {
    if (layer.kind === "ignored") yield layer;
    else if (layer.kind === "rejected") yield { kind: "rejected", rejected: { reason: layer.reason, raw: layer.raw } };
    else
      yield* named(decodeItem(new TextEncoder().encode(layer.text), { listed: false }, depth + 1, unwrapping), layer);
  }
}

/** What is wrapped more closely knows better whose an event is. */
function* named(parts: Iterable<Decoded>, { cluster }: { readonly cluster?: NamedCluster | undefined }) {
  for (const part of parts) yield cluster === undefined || part.kind !== "event" ? part : { cluster, ...part };
}

/**
 * An API server that crashed leaves half a line, and the next one writes its first event right behind it
 * (reference 04 §3.1). The event after the last mark counts when it reaches the end of the line.
 */
function* afterCrash(
  bytes: Uint8Array,
  text: string,
  reason: string,
  depth: number,
  unwrapping: Unwrapping,
): Generator<Decoded> {
  const mark = text.lastIndexOf(eventMark);
  if (mark > 0 && parseJson(text.slice(mark)).ok) {
    const from = lastIndexOf(bytes, eventMark);
    yield rejected(reason, bytes.subarray(0, from));
    yield* decodeItem(bytes.subarray(from), { listed: false }, depth, unwrapping);
  } else {
    yield rejected(reason, bytes);
  }
}

function lastIndexOf(bytes: Uint8Array, mark: string): number {
  for (let at = bytes.length - mark.length; at > 0; at--) {
    let length = 0;
    while (length < mark.length && bytes[at + length] === mark.charCodeAt(length)) length++;
    if (length === mark.length) return at;
  }
  return 0;
}

function* decodeList(bytes: Uint8Array, list: JsonValue, depth: number, unwrapping: Unwrapping): Generator<Decoded> {
  const items = list.member("items");
  if (items?.kind === "null") return;
  if (items?.kind !== "array") {
    yield rejected(`an EventList whose \`items\` is ${items === undefined ? "missing" : `no array`}`, bytes);
    return;
  }
  const pieces = depth < deepestList ? cutList(bytes) : undefined;
  if (pieces === undefined) {
    yield rejected(`EventLists nested more than ${deepestList} deep`, bytes);
    return;
  }
  for (const piece of pieces) yield* decodeItem(bytes.subarray(piece.from, piece.to), piece, depth + 1, unwrapping);
}

function noObject(value: JsonValue): string | undefined {
  return value.kind === "object" ? undefined : `not an audit event: ${article(value.kind)}`;
}

function article(kind: JsonValue["kind"]): string {
  return kind === "null" ? "null" : `${kind === "array" || kind === "object" ? "an" : "a"} ${kind}`;
}

/** Outside a list an event says that it is one; where a relay dropped that, its own members do. */
function noAuditEvent(value: JsonValue): string | undefined {
  if (value.kind !== "object") return noObject(value);
  const kind = value.member("kind");
  if (kind === undefined) {
    const telling = ["auditID", "stage", "verb"];
    if (telling.every((name) => value.member(name)?.kind === "string")) return undefined;
    return "not an audit event: it has no `kind`";
  }
  if (kind.kind === "string" && kind.text() === "Event") return undefined;
  return `not an audit event: its kind is \`${kind.text().slice(0, 100)}\``;
}

// Events of before 1.12 carry no stageTimestamp; normalising has put their own stage's time in its place. Where a relay
// lost it, the moment of receipt by the API server is the nearest thing that server says.
const times = ["stageTimestamp", "requestReceivedTimestamp"];

const latest = 2n ** 64n;

function eventOf(value: JsonValue, text: string): AuditEvent | string {
  const root = normalised(value);
  for (const name of times) {
    const time = root.member(name);
    const nanos = time?.kind === "string" ? nanosOf(time.text()) : undefined;
    if (nanos !== undefined && nanos >= 0n && nanos < latest) return parsedEvent(root, nanos, text);
  }
  const stage = root.member("stageTimestamp");
  if (stage === undefined) return "an audit event without a stageTimestamp";
  return `an audit event whose stageTimestamp is no RFC 3339 time after 1970: \`${stage.text().slice(0, 100)}\``;
}

function rejected(reason: string, bytes: Uint8Array): Decoded {
  return { kind: "rejected", rejected: { reason, raw: readableText(bytes) } };
}

/** Without SIMD: goes once over a payload's bytes, proves that it is sound JSON, and notes where its events and their parts stand. */
import { afterBlanks, afterColon, afterString, afterValue, unsound } from "./grammar.ts";
import { itemWidth, mostBytes, type Scanned } from "./scanned.ts";
import { eventNames, isAt, type Names, slotCount, slotOf } from "./shape.ts";
import { isPlainTime } from "./stamp.ts";

const placeWidth = slotCount * 2;

// One payload is scanned at a time, and what is found is copied out: all scans share this.
let bytes = new Uint8Array(1 << 20);
let items = new Int32Array(itemWidth * 512);
let places = new Int32Array(placeWidth * 512);
let events = 0;
/** A name of a member of ours stood there with escapes. */
let escaped = false;

const encoder = new TextEncoder();
const [kindName, itemsName] = [encoder.encode("kind"), encoder.encode("items")];
const [listKind, eventKind, version] = [
  encoder.encode('"EventList"'),
  encoder.encode('"Event"'),
  encoder.encode('"audit.k8s.io/v1"'),
];

/**
 * The events of a payload that is one EventList, or Events one after the other; undefined for any other, and for one
 * with anything in it that is no JSON.
 */
export function scan(body: Uint8Array): Scanned | undefined {
  if (body.length > mostBytes) return undefined;
  if (body.length >= bytes.length) bytes = new Uint8Array(2 ** Math.ceil(Math.log2(body.length + 1)));
  bytes.set(body);
  // Where a scan ends, and where one that reads too far is stopped: a sequence of UTF-8 has four bytes.
  bytes.fill(0, body.length, body.length + 4);
  events = 0;
  let at = afterBlanks(bytes, 0);
  const listed = beginsList(bytes);
  if (listed) at = list(at);
  else while (bytes[at] === 0x7b) at = event(at, false);
  if (at !== body.length || (events === 0 && !listed)) return undefined;
  return {
    events,
    items: items.slice(0, events * itemWidth),
    places: places.slice(0, events * placeWidth),
    placeWidth,
  };
}

/** API servers say first what they send. */
export function beginsList(bytes: Uint8Array): boolean {
  const from = afterBlanks(bytes, 0);
  if (bytes[from] !== 0x7b) return false;
  const at = afterBlanks(bytes, from + 1);
  if (bytes[at] !== 0x22 || !isAt(bytes, at + 1, at + 5, kindName) || bytes[at + 5] !== 0x22) return false;
  const value = afterColon(bytes, at + 6);
  return value > 0 && isAt(bytes, value, value + listKind.length, listKind);
}

/** The EventList that begins here, its events noted; answers where it and the blanks behind it end. */
function list(from: number): number {
  let at = afterBlanks(bytes, from + 1);
  let found = false;
  for (;;) {
    if (bytes[at] !== 0x22) return unsound;
    const end = afterString(bytes, at);
    const value = end < 0 ? unsound : afterColon(bytes, end);
    if (value < 0 || hasEscape(at, end)) return unsound;
    if (isAt(bytes, at + 1, end - 1, itemsName)) {
      if (found || bytes[value] !== 0x5b) return unsound;
      found = true;
      at = elements(value);
    } else at = afterValue(bytes, value);
    if (at < 0) return unsound;
    at = afterBlanks(bytes, at);
    if (bytes[at] === 0x7d) return found ? afterBlanks(bytes, at + 1) : unsound;
    if (bytes[at] !== 0x2c) return unsound;
    at = afterBlanks(bytes, at + 1);
  }
}

function elements(from: number): number {
  let at = afterBlanks(bytes, from + 1);
  if (bytes[at] === 0x5d) return at + 1;
  for (;;) {
    if (bytes[at] !== 0x7b) return unsound;
    at = event(at, true);
    if (at < 0) return unsound;
    if (bytes[at] === 0x5d) return at + 1;
    if (bytes[at] !== 0x2c) return unsound;
    at = afterBlanks(bytes, at + 1);
  }
}

/** The event that begins here; answers where it and the blanks behind it end. */
function event(from: number, listed: boolean): number {
  if ((events + 1) * itemWidth > items.length) {
    items = grown(items);
    places = grown(places);
  }
  const base = events * placeWidth;
  places.fill(0, base, base + placeWidth);
  escaped = false;
  const to = object(from, eventNames, base);
  if (to < 0) return unsound;
  items[events * itemWidth] = from;
  items[events * itemWidth + 1] = to;
  const isOdd = escaped || !isPlain(base, listed);
  // Whatever stands by itself may be anything; in a list it is one event, and the others stay ours.
  if (isOdd && !listed) return unsound;
  items[events * itemWidth + 2] = isOdd ? 1 : 0;
  events++;
  return bytes[to]! > 0x20 ? to : afterBlanks(bytes, to);
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** An object whose members may be wanted. Of two with one name the first counts. */
function object(from: number, names: Names, base: number): number {
  let at = afterBlanks(bytes, from + 1);
  if (bytes[at] === 0x7d) return at + 1;
  for (;;) {
    if (bytes[at] !== 0x22) return unsound;
    const end = afterString(bytes, at);
    const value = end < 0 ? unsound : afterColon(bytes, end);
    if (value < 0) return unsound;
    const wanted = names.find(bytes, at + 1, end - 1);
    if (wanted === undefined) {
      if (hasEscape(at, end)) escaped = true;
      at = afterValue(bytes, value);
    } else {
      const place = base + wanted.slot * 2;
      const isFirst = places[place] === 0;
      at =
        isFirst && wanted.names !== undefined && bytes[value] === 0x7b
          ? object(value, wanted.names, base)
          : afterValue(bytes, value);
      if (isFirst) {
        places[place] = value;
        places[place + 1] = at;
      }
    }
    if (at < 0) return unsound;
    if (bytes[at]! <= 0x20) at = afterBlanks(bytes, at);
    if (bytes[at] === 0x7d) return at + 1;
    if (bytes[at] !== 0x2c) return unsound;
    at++;
    if (bytes[at]! <= 0x20) at = afterBlanks(bytes, at);
  }
}

function hasEscape(from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === 0x5c) return true;
  return false;
}

const odd = (["metadata", "log_type", "k8s_audit_level", "openshift_audit_level"] as const).map(slotOf);
const [kind, apiVersion, auditID, stageTimestamp, objectVersion] = [
  slotOf("kind"),
  slotOf("apiVersion"),
  slotOf("auditID"),
  slotOf("stageTimestamp"),
  slotOf("objectRef/apiVersion"),
];

/** Whether decoding would find an event of audit.k8s.io/v1 here and have nothing to change: see `decode.ts`, `normalise.ts`. */
function isPlain(base: number, listed: boolean): boolean {
  for (const slot of odd) if (places[base + slot * 2] !== 0) return false;
  if (places[base + auditID * 2] === 0) return false;
  if (places[base + kind * 2] === 0 ? !listed : !isValue(base, kind, eventKind)) return false;
  if (places[base + apiVersion * 2] !== 0 && !isValue(base, apiVersion, version)) return false;
  const [from, to] = [places[base + objectVersion * 2]!, places[base + objectVersion * 2 + 1]!];
  // Group and version of the object in one, or an escape that may hide a slash.
  for (let at = from; at < to; at++) if (bytes[at] === 0x2f || bytes[at] === 0x5c) return false;
  return isPlainTime(bytes, places[base + stageTimestamp * 2]!, places[base + stageTimestamp * 2 + 1]!);
}

function isValue(base: number, slot: number, value: Uint8Array): boolean {
  return isAt(bytes, places[base + slot * 2]!, places[base + slot * 2 + 1]!, value);
}

/** Which rules could match an event, by what is known of its values. Rules are bits; JavaScript fills the rows of bits. */
import { body, places, rows, slots } from "./memory";

/** What a signature asks of a place: whether something stands there, whether an array does, or whether one of some words may in a text. */
const presence: u32 = 0;
const isArray: u32 = 1;

let asks: u32 = 0;
let bodyAsks: u32 = 0;
let asked: usize = 0;
let bodyPlace: usize = 0;
let tables: u32 = 0;
let passing: usize = 0;
let stride: usize = 0;
let candidates: usize = 0;
let rowAddresses: usize = 0;

/**
 * `count` questions of three words: the kind, the place, where its words stand. Those from `firstOfBody` are asked of events
 * with a request body alone. `rowTables` tables of rows, each a table of as many bytes as its values and none have.
 */
export function setNarrow(
  count: u32,
  firstOfBody: u32,
  questions: usize,
  requestObject: usize,
  rowTables: u32,
  rowsOfBits: usize,
  bytesOfRow: usize,
  result: usize,
  scratch: usize,
): void {
  asks = count;
  bodyAsks = firstOfBody;
  asked = questions;
  bodyPlace = requestObject;
  tables = rowTables;
  passing = rowsOfBits;
  stride = bytesOfRow;
  candidates = result;
  rowAddresses = scratch;
}

/** A bit for each question that an event answers with yes. */
export function signatureOf(own: usize): u64 {
  let signature: u64 = 0;
  const count = load<u32>(own + bodyPlace) == 0 ? bodyAsks : asks;
  for (let at: u32 = 0; at < count; at++) {
    const question = asked + at * 12;
    const place = own + <usize>load<u32>(question, 4);
    const from = load<u32>(place);
    if (from == 0) continue;
    const kind = load<u32>(question);
    if (kind == presence || isSo(kind, body + <usize>from, body + <usize>load<u32>(place, 4), load<u32>(question, 8))) signature |= (<u64>1) << at;
  }
  return signature;
}

function isSo(kind: u32, from: usize, to: usize, ofWords: usize): bool {
  if (kind == isArray) return load<u8>(from) == 0x5b;
  return mayHold(from, to, ofWords, true);
}

/** Whether an event may have one of some words in the part of its request's body that stands in a place; a list may have anything. */
export function mayHoldIn(event: i32, place: usize, ofWords: usize): bool {
  const own = places + <usize>(event * slots) * 8;
  const request = load<u32>(own + bodyPlace);
  if (request == 0) return false;
  if (load<u8>(body + <usize>request) == 0x5b) return true;
  const from = load<u32>(own + place);
  return from != 0 && mayHold(body + <usize>from, body + <usize>load<u32>(own + place, 4), ofWords, false);
}

/** Whether one of some beginnings of words stands there, or an escape that may hide one: any, or only `\\u`. A few bytes more are looked at. */
function mayHold(from: usize, to: usize, words: usize, anyEscape: bool): bool {
  const count = load<u32>(words);
  const backslash = i8x16.splat(0x5c);
  const u = anyEscape ? i8x16.splat(0) : i8x16.splat(0x75);
  const any = anyEscape ? i8x16.splat(-1) : i8x16.splat(0);
  for (let at = from; at < to; at += 16) {
    const text = v128.load(at);
    let found = v128.and(i8x16.eq(text, backslash), v128.or(i8x16.eq(v128.load(at, 1), u), any));
    for (let word: u32 = 0; word < count; word++) {
      const letters = words + 16 + <usize>word * 64;
      found = v128.or(
        found,
        v128.and(
          v128.and(i8x16.eq(text, v128.load(letters)), i8x16.eq(v128.load(at, 1), v128.load(letters, 16))),
          v128.and(
            i8x16.eq(v128.or(v128.load(at, 2), v128.load(letters, 32)), v128.load(letters, 32)),
            i8x16.eq(v128.or(v128.load(at, 3), v128.load(letters, 48)), v128.load(letters, 48)),
          ),
        ),
      );
    }
    if (v128.any_true(found)) return true;
  }
  return false;
}

/** The next event from there that a rule could match, its rules among `candidates`; `events` where there is none. */
export function candidatesOf(from: i32, events: i32): i32 {
  for (let event = from; event < events; event++) {
    const row = rows + <usize>event * <usize>tables * 4;
    let passes = passing;
    for (let table: u32 = 0; table < tables; table++) {
      const number = load<i32>(row + table * 4);
      // The row after the last lets all pass: what is not kept is asked for by others.
      store<u32>(rowAddresses + table * 4, <u32>(passes + <usize>(number < 0 ? 1025 : number) * stride));
      passes += 1026 * stride;
    }
    let any = i8x16.splat(0);
    for (let vector: usize = 0; vector < stride; vector += 16) {
      let left = v128.load(<usize>load<u32>(rowAddresses) + vector);
      for (let table: u32 = 1; table < tables; table++) left = v128.and(left, v128.load(<usize>load<u32>(rowAddresses + table * 4) + vector));
      v128.store(candidates + vector, left);
      any = v128.or(any, left);
    }
    if (v128.any_true(any)) return event;
  }
  return events;
}

/**
 * Follows an event by what stood in events before it. Between a value and the next stands a *gap*: `","verb":"`, `"},"stage":`.
 * Where a value stands (a *spot*: a path, and whether a text stands there or a scalar) usually one of a few gaps comes next, and what
 * was proven sound once needs only be compared. A text is looked through for its end and a scalar for being one, so whatever
 * is followed to its end is as sound as if it had been proven, and its places are found on the way. `learn.ts` finds out what a
 * gap that was not seen here before comes to, and writes it down.
 */
import { body } from "./memory";
import { escapeAt, longTextEnd, scalarEnd, sequenceAt } from "./text";
import { backslashes16, blanks16, quotes16, sixteen } from "./words";

/** A spot: the gap to be tried first, the box that it stands in, its hole, how many gaps follow it. */
export const spotGap: usize = 0;
export const spotBox: usize = 4;
export const spotHole: usize = 8;
export const spotGaps: usize = 12;
/** The member whose name is the text there, of whatever name. */
export const spotNamed: usize = 16;
export const spotBytes: usize = 24;

/**
 * A gap: the first 32 bytes of its text, as many bits as those are, its length, the spot that it leads to, the gap to be tried
 * next, how many actions it has, where they stand, where its text stands if it is longer, and the hole of the spot behind it.
 */
export const gapMask: usize = 32;
export const gapLength: usize = 36;
export const gapSpot: usize = 40;
export const gapNext: usize = 44;
export const gapActions: usize = 48;
export const gapActionsAt: usize = 52;
export const gapText: usize = 56;
export const gapHole: usize = 60;
/** The gap that came after it the last time. */
export const gapGuess: usize = 64;
export const gapBytes: usize = 72;

/** A hole is where the place of its value is noted, negative for nowhere, with what stands in it in the lowest bits. */
export const ended: i32 = 0;
export const text: i32 = 1;
export const scalar: i32 = 2;
/** A long gap is cut behind an object or array. */
export const nothing: i32 = 3;

/** An action: how far into the gap something begins or ends, what, and where its place is noted. */
export const begins: u32 = 0;
/** The same, where its members are wanted: those of a second one of that name are not, so others must read the event. */
export const beginsOnce: u32 = 1;
export const ends: u32 = 2;
export const actionBytes: usize = 8;

/** Where following stopped, and behind which spot, if no known gap stands there; 0 if what stands there is for others anyway. */
export let stoppedAt: usize = 0;
export let stoppedSpot: usize = 0;

/** After the event that is followed from a gap that begins there; 0 where it cannot be followed to its end. */
export function follow(from: usize, first: usize, own: usize): usize {
  const quote = v128.load(sixteen, quotes16);
  const backslash = v128.load(sixteen, backslashes16);
  const blank = v128.load(sixteen, blanks16);
  let at = from;
  let gap = first;
  while (true) {
    if (load<u32>(gap, gapActions) != 0 && !act(gap, at, own)) break;
    at += load<u32>(gap, gapLength);
    const hole = load<i32>(gap, gapHole);
    const kind = hole & 3;
    if (kind == ended) return at;
    const begin = at;
    if (kind == text) {
      at = textEnd(at, quote, backslash, blank);
      if (at == 0) break;
      if (hole >= 0) note(own + (hole & ~3), begin - 1, at + 1);
    } else if (kind == scalar) {
      at = scalarEnd(at);
      if (at == 0) break;
      if (hole >= 0) note(own + (hole & ~3), begin, at);
    }
    const guess: usize = load<u32>(gap, gapGuess);
    if (guess != 0 && isGap(at, guess)) {
      gap = guess;
      continue;
    }
    const spot: usize = load<u32>(gap, gapSpot);
    const other = gapAt(spot, at);
    if (other == 0) {
      stoppedAt = at;
      stoppedSpot = spot;
      return 0;
    }
    store<u32>(gap, <u32>other, gapGuess);
    gap = other;
  }
  stoppedSpot = 0;
  return 0;
}

/** The gap behind a spot, which is then tried first; 0 for none that is known. */
export function gapAt(spot: usize, at: usize): usize {
  const first: usize = load<u32>(spot, spotGap);
  let before: usize = 0;
  for (let gap = first; gap != 0; gap = load<u32>(gap, gapNext)) {
    if (isGap(at, gap)) {
      if (before != 0) {
        store<u32>(before, load<u32>(gap, gapNext), gapNext);
        store<u32>(gap, <u32>first, gapNext);
        store<u32>(spot, <u32>gap, spotGap);
      }
      return gap;
    }
    before = gap;
  }
  return 0;
}

@inline
export function isGap(at: usize, gap: usize): bool {
  const mask = load<u32>(gap, gapMask);
  const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(gap)));
  if ((~low & mask & 0xffff) != 0) return false;
  if (mask <= 0xffff) return true;
  const high = <u32>i8x16.bitmask(i8x16.eq(v128.load(at, 16), v128.load(gap, 16)));
  if ((~high & (mask >> 16)) != 0) return false;
  const long = load<u32>(gap, gapText);
  return long == 0 || isLongGap(at, long, load<u32>(gap, gapLength));
}

/** The same of one whose first 32 bytes are there; the last 16 may be looked at twice. */
function isLongGap(from: usize, text: usize, length: u32): bool {
  const last: usize = length - 16;
  for (let at: usize = 32; at < last; at += 16)
    if (v128.any_true(v128.xor(v128.load(from + at), v128.load(text + at)))) return false;
  return !v128.any_true(v128.xor(v128.load(from + last), v128.load(text + last)));
}

/** Of several values with one place the first is noted. */
@inline
function note(place: usize, from: usize, to: usize): void {
  if (load<u32>(place) != 0) return;
  store<u32>(place, <u32>(from - body));
  store<u32>(place, <u32>(to - body), 4);
}

/** Notes where boxes begin and end in a gap; false where one of a name that comes twice is to be walked. */
function act(gap: usize, at: usize, own: usize): bool {
  let action: usize = load<u32>(gap, gapActionsAt);
  const last = action + <usize>load<u32>(gap, gapActions) * actionBytes;
  for (; action < last; action += actionBytes) {
    const offset = <u32>(at - body) + load<u16>(action);
    const place = own + <usize>load<u32>(action, 4);
    const kind = load<u16>(action, 2);
    if (kind == ends) {
      if (load<u32>(place, 4) == 0) store<u32>(place, offset, 4);
    } else if (load<u32>(place) == 0) store<u32>(place, offset);
    else if (kind == beginsOnce) return false;
  }
  return true;
}

/** Where the text whose first byte stands there has its closing quote; 0 for one that is not sound. */
@inline
function textEnd(from: usize, quote: v128, backslash: v128, blank: v128): usize {
  let at = from;
  let odd: i32 = 0;
  while (true) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    // As signed numbers control characters and all that is not ASCII are less than a blank.
    const found =
      i8x16.bitmask(v128.or(v128.or(i8x16.eq(a, quote), i8x16.eq(a, backslash)), i8x16.lt_s(a, blank))) |
      (i8x16.bitmask(v128.or(v128.or(i8x16.eq(b, quote), i8x16.eq(b, backslash)), i8x16.lt_s(b, blank))) << 16);
    if (found == 0) {
      at += 32;
      continue;
    }
    at += ctz(found);
    const code = load<u8>(at);
    if (code == 0x22) return at;
    if (code < 0x20) return 0;
    if (++odd > 2) return longTextEnd(at);
    const bytesOf = code == 0x5c ? escapeAt(at) : sequenceAt(at);
    if (bytesOf == 0) return 0;
    at += bytesOf;
  }
}

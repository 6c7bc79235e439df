/** Finds the wanted members of objects in a payload that is known to be sound, so it looks at nothing twice and checks nothing. */
import { bits, body, origin } from "./memory";
import { closingOf, depthBehind } from "./words";

/*
 * What is wanted is a tree that JavaScript writes (`trie.ts`). A node: the entry that came first in the last object of its kind,
 * then the 64 rows of a table of entries by name. An entry: its name as `"name":` (32 bytes), as many bits as that is long,
 * its length, where the place of its slot stands among an event's, the node of its own members, the entry that came next the
 * last time, the next entry of its row, where names too long for 32 bytes stand, and whether arrays are gone through.
 */
const entryMask: usize = 32;
const entryLength: usize = 36;
export const entryPlace: usize = 40;
export const entryNode: usize = 44;
const entryNext: usize = 48;
const entryChain: usize = 52;
const entryName: usize = 56;
export const entryArrays: usize = 60;
const nodeRows: usize = 8;

/** Some name was written with escapes, and could be any. */
export let escapedName: bool = false;

export function beginEvent(): void {
  escapedName = false;
}

/** After the object that begins there. `many`: other objects may have had the same places. */
export function walkObject(from: usize, node: usize, places: usize, many: bool): usize {
  let at = from + 1;
  if (load<u8>(at) == 0x7d) return at + 1;
  // Where the guess for the next name stands.
  let guess = node;
  while (true) {
    let entry: usize = load<u32>(guess);
    let value: usize;
    if (entry != 0 && isNamed(at, entry)) value = at + <usize>load<u32>(entry, entryLength);
    else {
      const end = afterString(at);
      value = end + 1;
      entry = find(node, at, end);
      if (entry != 0) store<u32>(guess, <u32>entry);
      else if (hasBackslash(at, end)) escapedName = true;
    }
    const code = load<u8>(value);
    let place: usize = 0;
    let child: usize = 0;
    let isFirst = false;
    if (entry != 0) {
      guess = entry + entryNext;
      const offset = load<i32>(entry, entryPlace);
      if (offset >= 0) {
        place = places + <usize>offset;
        isFirst = load<u32>(place) == 0;
        if (isFirst || many) child = load<u32>(entry, entryNode);
      } else child = load<u32>(entry, entryNode);
    }
    let to: usize;
    if (code == 0x22) to = afterString(value);
    else if (code == 0x7b) to = child != 0 ? walkObject(value, child, places, many) : afterBrackets(value);
    else if (code == 0x5b)
      to = child != 0 && load<u32>(entry, entryArrays) != 0 ? walkElements(value, child, places) : afterBrackets(value);
    else to = afterScalar(value);
    if (isFirst) {
      store<u32>(place, <u32>(value - body));
      store<u32>(place, <u32>(to - body), 4);
    }
    if (load<u8>(to) == 0x7d) return to + 1;
    at = to + 1;
  }
}

/** After the array that begins there, its objects and those of arrays in it walked. */
function walkElements(from: usize, node: usize, places: usize): usize {
  let at = from + 1;
  if (load<u8>(at) == 0x5d) return at + 1;
  while (true) {
    const code = load<u8>(at);
    if (code == 0x7b) at = walkObject(at, node, places, true);
    else if (code == 0x5b) at = walkElements(at, node, places);
    else if (code == 0x22) at = afterString(at);
    else at = afterScalar(at);
    if (load<u8>(at) == 0x5d) return at + 1;
    at++;
  }
}

@inline
function isNamed(at: usize, entry: usize): bool {
  const mask = load<u32>(entry, entryMask);
  const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(entry)));
  if ((~low & mask & 0xffff) != 0) return false;
  if (mask <= 0xffff) return true;
  const high = <u32>i8x16.bitmask(i8x16.eq(v128.load(at, 16), v128.load(entry, 16)));
  if ((~high & (mask >> 16)) != 0) return false;
  const long = load<u32>(entry, entryName);
  return long == 0 || memory.compare(at, long, load<u32>(entry, entryLength)) == 0;
}

/** The entry of the name whose quotes stand at both ends; 0 for none. */
export function find(node: usize, from: usize, to: usize): usize {
  const length = to - from - 2;
  const row: usize = length == 0 ? 0 : (length * 7 + <usize>load<u8>(from, 1) * 3 + <usize>load<u8>(to - 2)) & 63;
  let entry: usize = load<u32>(node + row * 4, nodeRows);
  while (entry != 0 && !isNamed(from, entry)) entry = load<u32>(entry, entryChain);
  return entry;
}

function hasBackslash(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) if (load<u8>(at) == 0x5c) return true;
  return false;
}

/** After the string whose quote stands there. */
@inline
export function afterString(from: usize): usize {
  const next = from + 1 - origin;
  let block = next >> 6;
  let quotes = load<u64>(bits + block * 24) & ((~(<u64>0)) << (next & 63));
  while (quotes == 0) quotes = load<u64>(bits + ++block * 24);
  return origin + (block << 6) + <usize>ctz(quotes) + 1;
}

/** After the object or array that begins there. */
export function afterBrackets(from: usize): usize {
  const begin = from - origin;
  let block = begin >> 6;
  let word = bits + block * 24;
  const mask = (~(<u64>0)) << (begin & 63);
  let opening = load<u64>(word, 8) & mask;
  let closing = load<u64>(word, 16) & mask;
  let depth: i32 = 0;
  while (true) {
    const last = closingOf(opening, closing, depth);
    if (last != 0) return origin + (block << 6) + <usize>ctz(last) + 1;
    depth = depthBehind;
    block++;
    word += 24;
    opening = load<u64>(word, 8);
    closing = load<u64>(word, 16);
  }
}

@inline
export function afterScalar(from: usize): usize {
  let at = from;
  while (true) {
    const code = load<u8>(at);
    if (code == 0x2c || code == 0x7d || code == 0x5d) return at;
    at++;
  }
}

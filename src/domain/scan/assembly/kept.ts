/**
 * Values of parts that many events share, by their bytes, each with a row below a bound. Senders choose values, so a table
 * neither grows nor slows down: a value can stand at eight places, and a new one takes that of the one not seen for longest.
 * What was seen in this scan stays until the next, so the rows that it answers mean what they say.
 */

/** JavaScript knows these too (`simd-memory.ts`). */
const ways: u32 = 8;
const sets: u32 = 128;
const longest: u32 = 512;
const capacity: u32 = ways * sets;

/** A table: a word for each place, then when each was last seen, when it came, its length; rows to be tried first; then the values themselves. */
const seenAt: usize = capacity * 4;
const bornAt: usize = capacity * 8;
const lengthAt: usize = capacity * 12;
const guessesAt: usize = capacity * 16;
const valuesAt: usize = capacity * 16 + 32;
export const tableBytes: usize = valuesAt + capacity * longest;

let seed: u64 = 0;

export function setSeed(high: u32, low: u32): void {
  seed = ((<u64>high) << 32) | low;
}

/** The row of a value, from 1; -1 for one that is not kept. `news` is told of a new one: row and `event`. */
export function rowOf(table: usize, from: usize, length: u32, scan: u32, news: usize, kept: u32, event: u32): i32 {
  if (length > longest) return -1;
  const guess = table + guessesAt + guessOf(from, length) * 2;
  const guessed = <u32>load<u16>(guess);
  if (isSame(table, guessed, from, length)) {
    store<u32>(table + guessed * 4, scan, seenAt);
    return guessed + 1;
  }
  let hash = seed ^ length;
  let left = length;
  let at = from;
  for (; left >= 8; left -= 8, at += 8) hash = mixed(hash ^ load<u64>(at));
  if (left > 0) hash = mixed(hash ^ (load<u64>(at) & (((<u64>1) << (left * 8)) - 1)));
  // No place of a value that is there holds 0.
  const tag = <u32>(hash >> 32) | 1;
  const first = (<u32>hash & (sets - 1)) * ways;
  let oldest = first;
  let oldestSeen: u32 = 0xffffffff;
  for (let row = first; row < first + ways; row++) {
    const found = load<u32>(table + row * 4);
    if (found == tag && isSame(table, row, from, length)) {
      store<u16>(guess, <u16>row);
      store<u32>(table + row * 4, scan, seenAt);
      return row + 1;
    }
    const seen = load<u32>(table + row * 4, seenAt);
    if (seen < oldestSeen) {
      oldest = row;
      oldestSeen = seen;
    }
  }
  if (oldestSeen == scan) return -1;
  store<u32>(table + oldest * 4, tag);
  store<u32>(table + oldest * 4, scan, seenAt);
  store<u32>(table + oldest * 4, scan, bornAt);
  store<u32>(table + oldest * 4, length, lengthAt);
  memory.copy(table + valuesAt + oldest * longest, from, length);
  const count = load<u32>(news);
  store<u32>(news, count + 1);
  const told = news + 4 + count * 12;
  store<u32>(told, kept);
  store<u32>(told, oldest + 1, 4);
  store<u32>(told, event, 8);
  return oldest + 1;
}

/** Which of 16 guesses is that of a value: by its last 8 bytes, or where it is shorter by what stands before it too. */
@inline
function guessOf(from: usize, length: u32): usize {
  return <usize>((((load<u64>(from + length - 8) ^ length) * 0x9e3779b97f4a7c15) >> 60) & 15);
}

@inline
function mixed(word: u64): u64 {
  const product = word * 0x9e3779b97f4a7c15;
  return product ^ (product >> 32);
}

/** Behind a value stands what stood there before; only its own bytes count. */
@inline
function isSame(table: usize, row: u32, from: usize, length: u32): bool {
  if (load<u32>(table + row * 4, lengthAt) != length) return false;
  const value = table + valuesAt + row * longest;
  let at: u32 = 0;
  for (; at + 16 <= length; at += 16) {
    if (i8x16.bitmask(i8x16.ne(v128.load(value + at), v128.load(from + at))) != 0) return false;
  }
  const rest = length - at;
  const differing = i8x16.bitmask(i8x16.ne(v128.load(value + at), v128.load(from + at)));
  return (differing & ((1 << rest) - 1)) == 0;
}

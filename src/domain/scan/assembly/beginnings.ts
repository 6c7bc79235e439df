/**
 * Where one of some words may begin. Their first four letters, each in two tables of nibbles, leave few places (as Hyperscan's Teddy has
 * it), and there their first eight are compared.
 */
import { body } from "./memory";

/** The sets of words, a bit each, that may have these letters: `low` says which for their lower four bits, `high` for their upper ones. */
@inline
function setsOf(lower: v128, upper: v128, low: v128, high: v128): v128 {
  return v128.and(i8x16.swizzle(low, lower), i8x16.swizzle(high, upper));
}

/** Whether one of the words begins here, as far as eight letters tell; for each word a mask of them, and what stands there, case bits set. */
function beginsWord(at: usize, words: usize): bool {
  const letters = load<u64>(at) | 0x2020202020202020;
  const end = words + 8 + <usize>load<u32>(words) * 16;
  for (let word = words + 8; word < end; word += 16)
    if ((letters & load<u64>(word)) == load<u64>(word, 8)) return true;
  return false;
}

/** The first offset of the payload from `from` on and before `to` where a word may begin, letter case aside; -1 where there is none. */
export function beginningFrom(from: i32, to: i32, tables: usize): i32 {
  const low0 = v128.load(tables);
  const high0 = v128.load(tables, 16);
  const low1 = v128.load(tables, 32);
  const high1 = v128.load(tables, 48);
  const low2 = v128.load(tables, 64);
  const high2 = v128.load(tables, 80);
  const low3 = v128.load(tables, 96);
  const high3 = v128.load(tables, 112);
  const nibble = i8x16.splat(0x0f);
  const caseBit = i8x16.splat(0x20);
  // Of the sixteen letters before: what begins there may end here.
  let first = i8x16.splat(0);
  let second = first;
  let third = first;
  for (let offset = from; offset < to + 3; offset += 16) {
    const letters = v128.or(v128.load(body + <usize>offset), caseBit);
    const lower = v128.and(letters, nibble);
    const upper = v128.and(i16x8.shr_u(letters, 4), nibble);
    const sets0 = setsOf(lower, upper, low0, high0);
    const sets1 = setsOf(lower, upper, low1, high1);
    const sets2 = setsOf(lower, upper, low2, high2);
    const sets3 = setsOf(lower, upper, low3, high3);
    const begins = v128.and(
      i8x16.shuffle(first, sets0, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28),
      i8x16.shuffle(second, sets1, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29),
    );
    const ends = v128.and(
      i8x16.shuffle(third, sets2, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30),
      sets3,
    );
    first = sets0;
    second = sets1;
    third = sets2;
    const found = v128.and(begins, ends);
    if (!v128.any_true(found)) continue;
    let lanes = i8x16.bitmask(i8x16.ne(found, i8x16.splat(0)));
    while (lanes != 0) {
      const at = offset + ctz(lanes) - 3;
      if (at >= to) return -1;
      if (beginsWord(body + <usize>at, tables + 128)) return at;
      lanes &= lanes - 1;
    }
  }
  return -1;
}

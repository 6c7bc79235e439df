/** 64 bytes as words with a bit for each byte. */

/**
 * Bytes 16 times over, in memory: a constant in the code is made anew wherever it is used, and what is loaded once stays in a register.
 */
export const sixteen: usize = memory.data<u64>(
  [0x2222222222222222, 0x2222222222222222, 0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c, 0x2020202020202020, 0x2020202020202020],
  16,
);
export const quotes16: usize = 0;
export const backslashes16: usize = 16;
export const blanks16: usize = 32;

@inline
export function word(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>i8x16.bitmask(a) |
    ((<u64>i8x16.bitmask(b)) << 16) |
    ((<u64>i8x16.bitmask(c)) << 32) |
    ((<u64>i8x16.bitmask(d)) << 48)
  );
}

@inline
export function equal(a: v128, b: v128, c: v128, d: v128, char: v128): u64 {
  return word(i8x16.eq(a, char), i8x16.eq(b, char), i8x16.eq(c, char), i8x16.eq(d, char));
}

/** Whether the last byte that `escapedOf` was asked about escapes the one behind it. */
export let escapes: u64 = 0;

/** The bytes that a backslash escapes, after simdjson's way with runs of them (Langdale and Lemire 2019, §3.1.1); `escaping` is 1 if the first is. */
@inline
export function escapedOf(backslashes: u64, escaping: u64): u64 {
  const unescaped = backslashes & ~escaping;
  const follows = (unescaped << 1) | escaping;
  const oddStarts = unescaped & 0xaaaaaaaaaaaaaaaa & ~follows;
  const runs = oddStarts + unescaped;
  escapes = <u64>(runs < oddStarts);
  return (0x5555555555555555 ^ (runs << 1)) & follows;
}

/** Every bit the exclusive or of all up to it: between a quote and the next all are set. */
@inline
export function between(quotes: u64): u64 {
  let x = quotes;
  x ^= x << 1;
  x ^= x << 2;
  x ^= x << 4;
  x ^= x << 8;
  x ^= x << 16;
  x ^= x << 32;
  return x;
}

/** How many brackets are open behind a word of them in which `closingOf` found none that closes all. */
export let depthBehind: i32 = 0;

/** The bracket, as its bit, that closes the first of those which are open, `depth` of them before; 0 for none of these. */
@inline
export function closingOf(opening: u64, closing: u64, depth: i32): u64 {
  const closed = <i32>popcnt(closing);
  if (closed < depth) {
    depthBehind = depth + <i32>popcnt(opening) - closed;
    return 0;
  }
  let left = depth;
  let brackets = opening | closing;
  while (brackets != 0) {
    const bracket = brackets & (0 - brackets);
    left += (opening & bracket) != 0 ? 1 : -1;
    if (left == 0) return bracket;
    brackets ^= bracket;
  }
  depthBehind = left;
  return 0;
}

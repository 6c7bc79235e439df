/** Where an object or array ends, for who reads values one by one where they stand. */
import { body } from "./memory";
import { between, closingOf, depthBehind, equal, escapedOf, escapes } from "./words";

/** After the object or array that begins at an offset of the payload, which is sound there; an offset too. */
export function bracketsEnd(offset: usize): usize {
  const quoteChar = i8x16.splat(0x22);
  const backslashChar = i8x16.splat(0x5c);
  const caseBit = i8x16.splat(0x20);
  let escaping: u64 = 0;
  let inString: u64 = 0;
  let depth: i32 = 0;
  let at = body + offset;
  while (true) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let quotes = equal(a, b, c, d, quoteChar);
    const backslashes = equal(a, b, c, d, backslashChar);
    if ((backslashes | escaping) != 0) {
      quotes &= ~escapedOf(backslashes, escaping);
      escaping = escapes;
    }
    const strings = between(quotes) ^ inString;
    inString = <u64>((<i64>strings) >> 63);
    // `[` and `{` differ in one bit; `]` and `}` do too.
    const la = v128.or(a, caseBit);
    const lb = v128.or(b, caseBit);
    const lc = v128.or(c, caseBit);
    const ld = v128.or(d, caseBit);
    const opening = equal(la, lb, lc, ld, i8x16.splat(0x7b)) & ~strings;
    const closing = equal(la, lb, lc, ld, i8x16.splat(0x7d)) & ~strings;
    const last = closingOf(opening, closing, depth);
    if (last != 0) return at + <usize>ctz(last) + 1 - body;
    depth = depthBehind;
    at += 64;
  }
}

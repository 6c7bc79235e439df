/**
 * Proves that the payload is one JSON value, or several with line feeds between them, written without blanks: RFC 8259's whole
 * grammar and well-formed UTF-8. 64 bytes at a time are turned into words with a bit a byte, and what may follow what is asked
 * of all 64 at once; only brackets, numbers, literals and escapes are looked at one by one. Beside the verdict it leaves the
 * words that `walk.ts` finds its way by.
 */
import { bits, setOrigin } from "./memory";
import { between, equal, escapedOf, escapes, word } from "./words";
import { isEscape, scalarEnd, sequenceAt } from "./text";

/** Objects and arrays nest at most this deep here: their kinds are the bits of one word. */
const deepest: i32 = 60;

/**
 * Where what stands from there on and is sound ends: at `to`, or with `single` where the object that begins there does; 0 if it is
 * not. Behind `to` stand 128 line feeds, which may follow what has ended and nothing else. With `single` something behind the
 * object may be held against it.
 */
export function soundEnd(from: usize, to: usize, single: bool): usize {
  setOrigin(from);
  const last = from + ((to - from) & ~63);

  const quoteChar = i8x16.splat(0x22);
  const backslashChar = i8x16.splat(0x5c);
  const caseBit = i8x16.splat(0x20);

  let wrong: u64 = 0;
  // What the last byte before this block was, in the lowest bit.
  let escaping: u64 = 0;
  let inString: u64 = 0;
  let comma: u64 = 0;
  let colon: u64 = 0;
  let opened: u64 = 0;
  let closed: u64 = 0;
  let scalar: u64 = 0;
  let line: u64 = 1; // a line feed, or the beginning
  let maybeName: u64 = 0; // the end of a string that begins a member or an element
  let nameCarry: u64 = 0; // such a string has begun
  /** The kinds of what stands open, innermost lowest, 1 for an object. */
  let kinds: u64 = 0;
  let depth: i32 = 0;
  /** Sequences of UTF-8 have been looked at up to here. */
  let utf8To: usize = 0;

  let out = bits;
  for (let at = from; at <= last; at += 64, out += 24) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);

    let quotes = equal(a, b, c, d, quoteChar);
    let lines: u64 = 0;
    let controls: u64 = 0;
    // As signed numbers control characters and all that is not ASCII are less than a blank.
    const special = v128.or(v128.or(special16(a), special16(b)), v128.or(special16(c), special16(d)));
    if (v128.any_true(special) || escaping != 0) {
      const backslashes = equal(a, b, c, d, backslashChar);
      if ((backslashes | escaping) != 0) {
        const escaped = escapedOf(backslashes, escaping);
        escaping = escapes;
        // Most escape a quote or a backslash.
        let others = escaped & ~(quotes | backslashes);
        quotes &= ~escaped;
        while (others != 0) {
          if (!isEscape(at + <usize>ctz(others))) return 0;
          others &= others - 1;
        }
      }
      let high = word(a, b, c, d);
      while (high != 0) {
        const place = at + <usize>ctz(high);
        high &= high - 1;
        if (place < utf8To) continue;
        const sequence = sequenceAt(place);
        if (sequence == 0) return 0;
        utf8To = place + sequence;
      }
      controls = word(i8x16.lt_u(a, caseBit), i8x16.lt_u(b, caseBit), i8x16.lt_u(c, caseBit), i8x16.lt_u(d, caseBit));
      lines = equal(a, b, c, d, i8x16.splat(0x0a));
    }
    if ((quotes | ~inString) == 0) {
      // All of it within a string.
      if (controls != 0) return 0;
      store<u64>(out, 0);
      store<u64>(out, 0, 8);
      store<u64>(out, 0, 16);
      continue;
    }
    const strings = between(quotes) ^ inString;
    if ((controls & strings) != 0) return 0;
    lines &= ~strings;
    inString = <u64>((<i64>strings) >> 63);
    const beginnings = quotes & strings;
    const outside = ~strings;

    const commas = equal(a, b, c, d, i8x16.splat(0x2c)) & outside;
    const colons = equal(a, b, c, d, i8x16.splat(0x3a)) & outside;
    // `[` and `{` differ in one bit, which tells an object; `]` and `}` do too.
    const la = v128.or(a, caseBit);
    const lb = v128.or(b, caseBit);
    const lc = v128.or(c, caseBit);
    const ld = v128.or(d, caseBit);
    const opening = equal(la, lb, lc, ld, i8x16.splat(0x7b)) & outside;
    const closing = equal(la, lb, lc, ld, i8x16.splat(0x7d)) & outside;
    store<u64>(out, quotes);
    store<u64>(out, opening, 8);
    store<u64>(out, closing, 16);
    let brackets = opening | closing;
    const scalars = outside & ~(quotes | brackets | commas | colons | lines);

    // What stands right before each byte.
    const afterComma = (commas << 1) | comma;
    const afterColon = (colons << 1) | colon;
    const afterElement = afterComma | (opening << 1) | opened;
    const scalarStarts = scalars & ~((scalars << 1) | scalar);
    const afterLine = (lines << 1) | line;
    const mayStart = afterElement | afterColon | afterLine;
    // A string behind a comma or an opening bracket could be a name: from where it begins a carry runs to where it ends.
    const partial = strings + (beginnings & afterElement);
    const sum = partial + nameCarry;
    nameCarry = <u64>(partial < strings) | <u64>(sum < partial);
    const nameEndings = sum & outside;
    const afterName = (nameEndings << 1) | maybeName;

    // Outside of strings what is not where something may start is where something has ended.
    wrong |= ((beginnings | opening | scalarStarts) & ~mayStart) | (commas & mayStart);
    wrong |= (closing & (afterComma | afterColon)) | (colons & ~afterName);

    // What can only stand in an array, and what only in an object, each at the latest byte that tells.
    let inArray = (afterName & ~colons) | (afterElement & (opening | scalarStarts));
    let inObject = afterName & colons;
    if ((lines | line) != 0) {
      wrong |= ((beginnings | scalarStarts) & afterLine) | (lines & ~(((closing | lines) << 1) | closed | line));
      inArray |= lines;
      inObject |= lines;
    }

    let rest: u64 = ~0;
    let stop: u64 = 0;
    while (brackets != 0) {
      const bracket = brackets & (0 - brackets);
      const upTo = bracket ^ (bracket - 1);
      const isObject = <u64>((load<u8>(at + <usize>ctz(brackets)) >> 5) & 1);
      brackets ^= bracket;
      const opens = (opening & bracket) != 0;
      if (depth == 0) {
        if (!opens || isObject == 0 || ((inArray | inObject) & ~lines & upTo & rest) != 0) return 0;
      } else wrong |= select<u64>(inArray, inObject, (kinds & 1) != 0) & upTo & rest;
      wrong |= select<u64>(0, (kinds & 1) ^ isObject, opens);
      kinds = select<u64>((kinds << 1) | isObject, kinds >> 1, opens);
      depth += select<i32>(1, -1, opens);
      if (depth > deepest) return 0;
      rest = ~upTo;
      if (single && depth == 0) {
        stop = bracket;
        break;
      }
    }
    if (stop != 0) rest = 0;
    if (depth == 0) wrong |= (inArray | inObject) & ~lines & rest;
    else wrong |= select<u64>(inArray, inObject, (kinds & 1) != 0) & rest;
    if (wrong != 0) return 0;

    let numbers = stop == 0 ? scalarStarts : scalarStarts & (stop - 1);
    while (numbers != 0) {
      if (scalarEnd(at + <usize>ctz(numbers)) == 0) return 0;
      numbers &= numbers - 1;
    }
    if (stop != 0) {
      endBits(out + 24);
      return at + <usize>ctz(stop) + 1;
    }

    comma = commas >> 63;
    colon = colons >> 63;
    opened = opening >> 63;
    closed = closing >> 63;
    scalar = scalars >> 63;
    line = lines >> 63;
    maybeName = nameEndings >> 63;
  }
  endBits(out);
  return depth == 0 && inString == 0 && !single ? to : 0;
}

/** For who looks further than there is anything. */
function endBits(out: usize): void {
  store<u64>(out, ~0);
  store<u64>(out, 0, 8);
  store<u64>(out, ~0, 16);
}

/** Whether some byte is a backslash, a control character or not ASCII. */
@inline
function special16(bytes: v128): v128 {
  return v128.or(i8x16.eq(bytes, i8x16.splat(0x5c)), i8x16.lt_s(bytes, i8x16.splat(0x20)));
}

/** What stands in texts and scalars, where 16 bytes at a time do not tell. RFC 8259 and RFC 3629. */
import { backslashes16, blanks16, equal, escapedOf, escapes, quotes16, sixteen, word } from "./words";

/** Where a text has its closing quote that goes on there, with what is not escaped; 0 for one that is not sound. For those with many escapes. */
export function longTextEnd(from: usize): usize {
  const quote = v128.load(sixteen, quotes16);
  const backslash = v128.load(sixteen, backslashes16);
  const blank = v128.load(sixteen, blanks16);
  let escaping: u64 = 0;
  let utf8To: usize = 0;
  let at = from;
  while (true) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const escaped = escapedOf(equal(a, b, c, d, backslash), escaping);
    escaping = escapes;
    const allQuotes = equal(a, b, c, d, quote);
    const quotes = allQuotes & ~escaped;
    // Up to its end, or all.
    const within = quotes == 0 ? ~(<u64>0) : (quotes & (0 - quotes)) - 1;
    // As signed numbers control characters and all that is not ASCII are less than a blank.
    let odd = word(i8x16.lt_s(a, blank), i8x16.lt_s(b, blank), i8x16.lt_s(c, blank), i8x16.lt_s(d, blank)) & within;
    while (odd != 0) {
      const place = at + <usize>ctz(odd);
      odd &= odd - 1;
      if (place < utf8To) continue;
      const bytes = sequenceAt(place);
      if (bytes == 0) return 0;
      utf8To = place + bytes;
    }
    let others = escaped & ~allQuotes & within;
    while (others != 0) {
      if (!isEscape(at + <usize>ctz(others))) return 0;
      others &= others - 1;
    }
    if (quotes != 0) return at + <usize>ctz(quotes);
    at += 64;
  }
}

/** How many bytes the escape there has; 0 for none. */
export function escapeAt(at: usize): usize {
  const code = load<u8>(at, 1);
  if (!isEscape(at + 1)) return 0;
  return code == 0x75 ? 6 : 2;
}

/** Whether what a backslash escapes there may be escaped. */
export function isEscape(at: usize): bool {
  const code = load<u8>(at);
  if (code == 0x75) return isHex(load<u8>(at, 1)) && isHex(load<u8>(at, 2)) && isHex(load<u8>(at, 3)) && isHex(load<u8>(at, 4));
  return code == 0x6e || code == 0x74 || code == 0x72 || code == 0x62 || code == 0x66 || code == 0x2f || code == 0x22 || code == 0x5c;
}

@inline
function isDigit(code: u8): bool {
  return <u8>(code - 0x30) < 10;
}

function isHex(code: u8): bool {
  return isDigit(code) || <u8>((code | 0x20) - 0x61) < 6;
}

/** Where the number, `true`, `false` or `null` that begins there ends; 0 where none does, or where it ends otherwise than before `,`, `}` or `]`. */
export function scalarEnd(from: usize): usize {
  let at = from;
  let code = load<u8>(at);
  if (<u8>(code - 0x31) < 9) {
    do code = load<u8>(++at);
    while (isDigit(code));
  } else if (code == 0x74) {
    return load<u32>(at) == 0x65757274 && ends(load<u8>(at, 4)) ? at + 4 : 0;
  } else if (code == 0x66) {
    return load<u32>(at, 1) == 0x65736c61 && ends(load<u8>(at, 5)) ? at + 5 : 0;
  } else if (code == 0x6e) {
    return load<u32>(at) == 0x6c6c756e && ends(load<u8>(at, 4)) ? at + 4 : 0;
  } else {
    if (code == 0x2d) code = load<u8>(++at);
    if (code == 0x30) code = load<u8>(++at);
    else {
      if (!isDigit(code)) return 0;
      do code = load<u8>(++at);
      while (isDigit(code));
    }
  }
  if (ends(code)) return at;
  if (code == 0x2e) {
    code = load<u8>(++at);
    if (!isDigit(code)) return 0;
    do code = load<u8>(++at);
    while (isDigit(code));
  }
  if ((code | 0x20) == 0x65) {
    code = load<u8>(++at);
    if (code == 0x2b || code == 0x2d) code = load<u8>(++at);
    if (!isDigit(code)) return 0;
    do code = load<u8>(++at);
    while (isDigit(code));
  }
  return ends(code) ? at : 0;
}

@inline
function ends(code: u8): bool {
  return code == 0x2c || code == 0x7d || code == 0x5d;
}

/** How many bytes the well-formed sequence there has; 0 for none. */
export function sequenceAt(at: usize): usize {
  const first = load<u8>(at);
  const second = load<u8>(at, 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if ((load<u8>(at, 2) & 0xc0) != 0x80) return 0;
  if (first >= 0xe0 && first < 0xf0) {
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
    return 3;
  }
  if ((load<u8>(at, 3) & 0xc0) != 0x80) return 0;
  if (first < 0xf0 || first > 0xf4 || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return 4;
}

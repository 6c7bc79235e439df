/** As `stamp.ts` beside this folder, in the language of this one: moments as API servers write them, quotes and all. */

/** The first 16 bytes of what was plain the last time: `"2026-03-01T10:0`. */
let known: v128 = i8x16.splat(0);

export function isPlainTime(at: usize, length: u32): bool {
  if (length < 22 || length > 32 || length == 23) return false;
  const end = at + length;
  if (load<u16>(end - 2) != 0x225a || load<u8>(at, 17) != 0x3a) return false;
  const first = v128.load(at);
  if (v128.any_true(v128.xor(first, known))) {
    if (!isDate(at)) return false;
    known = first;
  }
  if (!isDigit(load<u8>(at, 16)) || two(at + 18) > 59) return false;
  if (length == 22) return true;
  if (load<u8>(at, 20) != 0x2e) return false;
  for (let digit = at + 21; digit < end - 2; digit++) if (!isDigit(load<u8>(digit))) return false;
  return true;
}

/** Of 1970 to 2099, up to the tens of the minute. */
function isDate(at: usize): bool {
  if (load<u8>(at) != 0x22 || load<u8>(at, 5) != 0x2d || load<u8>(at, 8) != 0x2d) return false;
  if (load<u8>(at, 11) != 0x54 || load<u8>(at, 14) != 0x3a) return false;
  const year = two(at + 1) * 100 + two(at + 3);
  const month = two(at + 6);
  const day = two(at + 9);
  if (year < 1970 || year > 2099 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  return two(at + 12) < 24 && <u8>(load<u8>(at, 15) - 0x30) < 6;
}

function daysIn(year: u32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

@inline
function isDigit(code: u8): bool {
  return <u8>(code - 0x30) < 10;
}

/** A number of two digits; what is none is larger than any. */
function two(at: usize): u32 {
  const tens = load<u8>(at);
  const ones = load<u8>(at, 1);
  return isDigit(tens) && isDigit(ones) ? <u32>(tens - 0x30) * 10 + <u32>(ones - 0x30) : 100000;
}

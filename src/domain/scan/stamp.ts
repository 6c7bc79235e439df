/** Moments as API servers write them, `"2026-03-01T10:00:00.123456Z"` with its quotes, read from bytes. */

/** Whether it is such a one, of 1970 to 2100, with up to nine digits behind the point; other spellings are not tried. */
export function isPlainTime(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length < 22 || length > 32 || length === 23) return false;
  if (
    bytes[from] !== 0x22 ||
    bytes[from + 5] !== 0x2d ||
    bytes[from + 8] !== 0x2d ||
    bytes[from + 11] !== 0x54 ||
    bytes[from + 14] !== 0x3a ||
    bytes[from + 17] !== 0x3a ||
    bytes[to - 2] !== 0x5a ||
    bytes[to - 1] !== 0x22
  )
    return false;
  const year = two(bytes, from + 1) * 100 + two(bytes, from + 3);
  const month = two(bytes, from + 6);
  const day = two(bytes, from + 9);
  // A sum with no number in it is none, and no comparison with it holds.
  if (!(year >= 1970 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)))
    return false;
  if (!(two(bytes, from + 12) < 24 && two(bytes, from + 15) < 60 && two(bytes, from + 18) < 60)) return false;
  if (length === 22) return true;
  if (bytes[from + 20] !== 0x2e) return false;
  for (let at = from + 21; at < to - 2; at++) if (!isDigit(bytes[at]!)) return false;
  return true;
}

/** Nanoseconds since 1970 of what `isPlainTime` holds of. */
export function plainNanos(bytes: Uint8Array, from: number, to: number): bigint {
  const seconds =
    Date.UTC(
      two(bytes, from + 1) * 100 + two(bytes, from + 3),
      two(bytes, from + 6) - 1,
      two(bytes, from + 9),
      two(bytes, from + 12),
      two(bytes, from + 15),
      two(bytes, from + 18),
    ) / 1000;
  let nanos = 0;
  let worth = 100_000_000;
  for (let at = from + 21; at < to - 2; at++) {
    nanos += (bytes[at]! - 0x30) * worth;
    worth /= 10;
  }
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

function two(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [bytes[at]!, bytes[at + 1]!];
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : Number.NaN;
}

const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : days[month - 1]!;
}

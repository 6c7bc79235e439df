/** Moments as audit events write them: RFC 3339 text with any number of digits, and nanoseconds since 1970. */

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:([Zz])|([+-])(\d\d):?(\d\d))$/;

/**
 * Nanoseconds since 1970 of an RFC 3339 text; digits beyond the ninth are cut off. Undefined for anything else,
 * a date that no calendar has included. A leap second counts as the first of the next minute.
 */
export function nanosOf(text: string): bigint | undefined {
  const micros = microsOf(text);
  return Number.isNaN(micros) ? anyNanosOf(text) : BigInt(micros) * 1000n;
}

function anyNanosOf(text: string): bigint | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const part = (at: number) => Number(match[at] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined;
  const offset = part(10) * 60 + part(11);
  if (part(10) > 23 || part(11) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return undefined;
  const minutes = hour * 60 + minute - (match[9] === "-" ? -offset : offset);
  const seconds = date.getTime() / 1000 + minutes * 60 + second;
  return BigInt(seconds) * 1_000_000_000n + BigInt((match[7] ?? "").slice(0, 9).padEnd(9, "0"));
}

/** The RFC 3339 text of a moment, in UTC: six digits, as Kubernetes writes them, or nine where six do not hold it. */
export function timeText(nanos: bigint): string {
  const micros = nanos / 1000n;
  return micros * 1000n === nanos && micros > -farthest && micros < farthest
    ? microsText(Number(micros), 0)
    : anyTimeText(nanos);
}

/** What microseconds in a double can tell apart: the years 1684 to 2255. */
const farthest = BigInt(Number.MAX_SAFE_INTEGER);

function anyTimeText(nanos: bigint): string {
  const below = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(Number((nanos - below) / 1_000_000n));
  if (Number.isNaN(date.getTime())) return anyTimeText(0n);
  const digits = below.toString().padStart(9, "0");
  return `${date.toISOString().slice(0, -5)}.${digits.endsWith("000") ? digits.slice(0, 6) : digits}Z`;
}

/** From one RFC 3339 text to another, in milliseconds; 0 where either is none. */
export function millisBetween(from: string, to: string): number {
  const [began, ended] = [nanosOf(from), nanosOf(to)];
  return began === undefined || ended === undefined ? 0 : Number((ended - began) / 1000n) / 1000;
}

/** For sorting RFC 3339 texts by the moment they name. */
export function compareMoments(a: string, b: string): number {
  const [nanosOfA, nanosOfB] = [nanosOf(a), nanosOf(b)];
  if (nanosOfA === undefined || nanosOfB === undefined || nanosOfA === nanosOfB) return a < b ? -1 : a > b ? 1 : 0;
  return nanosOfA < nanosOfB ? -1 : 1;
}

/** Texts of one minute share its beginning, and events of one minute come together. */
const minute = { text: "", millis: 0 };

/**
 * Microseconds since 1970 of a text as `timeText` writes it where six digits hold it, by far the most; NaN for all others.
 */
export function microsOf(text: string): number {
  if (text.length !== 27 || text.charCodeAt(26) !== 0x5a || text.charCodeAt(19) !== 0x2e) return Number.NaN;
  if (!text.startsWith(minute.text) || minute.text === "") {
    const begin = text.slice(0, 17);
    const nanos = anyNanosOf(`${begin}00Z`);
    if (nanos === undefined || text.charCodeAt(10) !== 0x54) return Number.NaN;
    minute.text = begin;
    minute.millis = Number(nanos / 1_000_000n);
  }
  const seconds = digits(text, 17, 2);
  // A leap second belongs to the next minute, and is spelt otherwise there.
  if (!(seconds < 60)) return Number.NaN;
  return (minute.millis + seconds * 1000) * 1000 + digits(text, 20, 6);
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The last minute that was written, likewise. */
const written = { minute: Number.NaN, text: "" };

/** The text of microseconds and the nanoseconds beyond them, as `timeText` writes it. */
export function microsText(micros: number, nanos: number): string {
  const at = Math.floor(micros / 60e6);
  if (at !== written.minute) {
    const date = new Date(at * 60_000);
    if (Number.isNaN(date.getTime())) return anyTimeText(0n);
    written.minute = at;
    written.text = date.toISOString().slice(0, -7);
  }
  const within = micros - at * 60e6;
  const second = Math.floor(within / 1e6);
  const tail = nanos === 0 ? "" : `${nanos}`.padStart(3, "0");
  return `${written.text}${two(second)}.${`${1e6 + within - second * 1e6}`.slice(1)}${tail}Z`;
}

const two = (number: number) => (number < 10 ? `0${number}` : `${number}`);

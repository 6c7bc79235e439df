/** Texts as the bytes of UTF-8 they stand for, and back. A byte that is no UTF-8 is held as a lone surrogate U+DC80…U+DCFF. */

/** The bytes of a text. Lone surrogates that stand for no byte become U+FFFD. */
export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(byteLength(text));
  let to = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      bytes[to++] = unit;
      continue;
    }
    let code = unit;
    if (isSurrogate(unit)) {
      const whole = text.codePointAt(at)!;
      if (whole > 0xffff) {
        code = whole;
        at++;
      } else if (isByte(unit)) {
        bytes[to++] = unit - 0xdc00;
        continue;
      } else code = 0xfffd;
    }
    const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[to++] = leads[more]! | (code >> (6 * more));
    for (let left = more - 1; left >= 0; left--) bytes[to++] = 0x80 | ((code >> (6 * left)) & 0x3f);
  }
  return bytes;
}

/** The text of which these are the bytes. */
export function fromBytes(bytes: Uint8Array): string {
  const parts: string[] = [];
  let units: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const first = bytes[at]!;
    if (length === 0) units.push(0xdc00 + first);
    else if (length === 1) units.push(first);
    else {
      let code = first & (0x7f >> length);
      for (let each = 1; each < length; each++) code = (code << 6) | (bytes[at + each]! & 0x3f);
      if (code > 0xffff) units.push(0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff));
      else units.push(code);
    }
    at += Math.max(length, 1);
    // A call takes only so many arguments.
    if (units.length > 8000) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  return parts.join("");
}

/** How many bytes the stretch of a text from `from` to `to` stands for. */
export function byteLength(text: string, from = 0, to: number = text.length): number {
  let length = to - from;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) length++;
    else if (!isSurrogate(unit)) length += 2;
    else if (isPair(text, at, to)) {
      length += 2;
      at++;
    } else if (!isByte(unit)) length += 2;
  }
  return length;
}

/** The order of two texts by their bytes, as C's `memcmp` has it: negative, 0 or positive. */
export function compareBytes(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  let at = 0;
  while (at < shared && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === shared) return a.length - b.length;
  if (a.charCodeAt(at) < 0x80 && b.charCodeAt(at) < 0x80) return a.charCodeAt(at) - b.charCodeAt(at);
  // The texts may part within a surrogate pair.
  const left = toBytes(a.slice(Math.max(at - 1, 0)));
  const right = toBytes(b.slice(Math.max(at - 1, 0)));
  for (let byte = 0; byte < left.length && byte < right.length; byte++) {
    if (left[byte] !== right[byte]) return left[byte]! - right[byte]!;
  }
  return left.length - right.length;
}

/** The bits that begin a sequence with so many bytes to follow. */
const leads = [0, 0xc0, 0xe0, 0xf0] as const;

const isSurrogate = (unit: number): boolean => (unit & 0xf800) === 0xd800;
const isByte = (unit: number): boolean => unit >= 0xdc80 && unit <= 0xdcff;
const isPair = (text: string, at: number, to: number): boolean =>
  (text.charCodeAt(at) & 0xfc00) === 0xd800 && at + 1 < to && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;

/** How many bytes make the character that begins here; 0 where none does (RFC 3629: no overlong forms, no surrogates). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  const second = bytes[at + 1]!;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  for (let each = 1; each < length; each++) if ((bytes[at + each]! & 0xc0) !== 0x80) return 0;
  return length;
}

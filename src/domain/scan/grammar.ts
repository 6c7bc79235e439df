/**
 * JSON's grammar over bytes (RFC 8259, well-formed UTF-8): where a value ends, or that it is none. Nothing is built.
 * The bytes must end in a NUL, which is no part of any JSON text, so nothing here asks for the length.
 */
import { sequenceLength } from "../utf8.ts";

/** Not JSON, or nested deeper than is scanned: whoever asked goes to the plain reader, which knows why. */
export const unsound = -1;

/** Values nest at most this deep here; the plain reader goes deeper. */
export const deepest = 200;

/** What stands in a string as itself. */
const plain = new Uint8Array(256);
for (let code = 0x20; code < 0x80; code++) plain[code] = 1;
plain[0x22] = 0;
plain[0x5c] = 0;

const digits = new Uint8Array(256);
for (let code = 0x30; code < 0x3a; code++) digits[code] = 1;

/** What stands open, outermost first: 1 for an object. One value is scanned at a time. */
const open = new Uint8Array(deepest + 1);

export function afterBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const code = bytes[at]!;
    if (code > 0x20 || (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09)) return at;
    at++;
  }
}

/** After the string whose quote stands here. */
export function afterString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  for (;;) {
    while (plain[bytes[at]!] === 1) at++;
    const code = bytes[at]!;
    if (code === 0x22) return at + 1;
    if (code === 0x5c) {
      at = afterEscape(bytes, at + 1);
      if (at < 0) return unsound;
    } else {
      const length = code < 0x80 ? 0 : sequenceLength(bytes, at);
      if (length === 0) return unsound;
      at += length;
    }
  }
}

function afterEscape(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 1;
    case 0x75:
      for (let digit = at + 1; digit < at + 5; digit++) if (!isHex(bytes[digit]!)) return unsound;
      return at + 5;
    default:
      return unsound;
  }
}

function isHex(code: number): boolean {
  const lower = code | 0x20;
  return digits[code] === 1 || (lower >= 0x61 && lower <= 0x66);
}

/** After the name that stands here and its colon, where its value begins. */
export function afterName(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== 0x22) return unsound;
  const end = afterString(bytes, from);
  return end < 0 ? unsound : afterColon(bytes, end);
}

export function afterColon(bytes: Uint8Array, from: number): number {
  const colon = bytes[from] === 0x3a ? from : afterBlanks(bytes, from);
  if (bytes[colon] !== 0x3a) return unsound;
  return bytes[colon + 1]! > 0x20 ? colon + 1 : afterBlanks(bytes, colon + 1);
}

/** After the number, `true`, `false` or `null` that stands here. */
function afterScalar(bytes: Uint8Array, from: number): number {
  switch (bytes[from]) {
    case 0x74:
      return bytes[from + 1] === 0x72 && bytes[from + 2] === 0x75 && bytes[from + 3] === 0x65 ? from + 4 : unsound;
    case 0x66:
      return bytes[from + 1] === 0x61 &&
        bytes[from + 2] === 0x6c &&
        bytes[from + 3] === 0x73 &&
        bytes[from + 4] === 0x65
        ? from + 5
        : unsound;
    case 0x6e:
      return bytes[from + 1] === 0x75 && bytes[from + 2] === 0x6c && bytes[from + 3] === 0x6c ? from + 4 : unsound;
    default:
      return afterNumber(bytes, from);
  }
}

function afterNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from;
  if (bytes[at] === 0x30) at++;
  else {
    if (digits[bytes[at]!] !== 1) return unsound;
    while (digits[bytes[at]!] === 1) at++;
  }
  if (bytes[at] === 0x2e) {
    if (digits[bytes[++at]!] !== 1) return unsound;
    while (digits[bytes[at]!] === 1) at++;
  }
  if ((bytes[at]! | 0x20) === 0x65) {
    at++;
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
    if (digits[bytes[at]!] !== 1) return unsound;
    while (digits[bytes[at]!] === 1) at++;
  }
  return at;
}

/** After the value that begins here; `unsound` where none does. */
export function afterValue(bytes: Uint8Array, from: number): number {
  const first = bytes[from];
  if (first === 0x22) return afterString(bytes, from);
  if (first !== 0x7b && first !== 0x5b) return afterScalar(bytes, from);
  return afterContainer(bytes, from);
}

function afterContainer(bytes: Uint8Array, from: number): number {
  let depth = 0;
  let inObject = 0;
  let at = from;
  for (;;) {
    // A value begins here.
    const code = bytes[at]!;
    if (code === 0x22) at = afterString(bytes, at);
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepest) return unsound;
      inObject = code === 0x7b ? 1 : 0;
      open[depth] = inObject;
      at++;
      if (bytes[at]! <= 0x20) at = afterBlanks(bytes, at);
      if (bytes[at] !== code + 2) {
        if (inObject === 1) {
          at = afterName(bytes, at);
          if (at < 0) return unsound;
        }
        continue;
      }
      at++;
      inObject = open[--depth]!;
    } else at = afterScalar(bytes, at);
    if (at < 0) return unsound;
    // It has ended, and maybe what holds it.
    for (;;) {
      if (depth === 0) return at;
      if (bytes[at]! <= 0x20) at = afterBlanks(bytes, at);
      const next = bytes[at];
      if (next === 0x2c) {
        at++;
        if (bytes[at]! <= 0x20) at = afterBlanks(bytes, at);
        if (inObject === 1) {
          at = afterName(bytes, at);
          if (at < 0) return unsound;
        }
        break;
      }
      if (next !== (inObject === 1 ? 0x7d : 0x5d)) return unsound;
      at++;
      inObject = open[--depth]!;
    }
  }
}

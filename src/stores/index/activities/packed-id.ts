/** Ids of 32 hexadecimal digits, and UUIDs, as sixteen bytes and back. */
import { idBytes } from "./columns.ts";

const digits = "0123456789abcdef";
const pairs = Array.from({ length: 256 }, (_, byte) => `${digits[byte >> 4]}${digits[byte & 15]}`);
/** 255 for what is no small hexadecimal digit. */
const values = new Uint8Array(128).fill(255);
for (let digit = 0; digit < 16; digit++) values[digits.charCodeAt(digit)] = digit;

/** Writes the id's bytes; false, with anything written, where it is none of 32 small digits. */
export function packHex(text: string, into: Uint8Array, at: number): boolean {
  return text.length === 32 && pack(text, 0, into, at, idBytes);
}

/** The same for a UUID in small letters. */
export function packUuid(text: string, into: Uint8Array, at: number): boolean {
  if (text.length !== 36) return false;
  for (const dash of [8, 13, 18, 23]) if (text.charCodeAt(dash) !== 0x2d) return false;
  return (
    pack(text, 0, into, at, 4) &&
    pack(text, 9, into, at + 4, 2) &&
    pack(text, 14, into, at + 6, 2) &&
    pack(text, 19, into, at + 8, 2) &&
    pack(text, 24, into, at + 10, 6)
  );
}

function pack(text: string, from: number, into: Uint8Array, at: number, bytes: number): boolean {
  for (let byte = 0; byte < bytes; byte++) {
    const [high, low] = [text.charCodeAt(from + 2 * byte), text.charCodeAt(from + 2 * byte + 1)];
    if (high > 127 || low > 127) return false;
    const [first, second] = [values[high]!, values[low]!];
    if (first > 15 || second > 15) return false;
    into[at + byte] = (first << 4) | second;
  }
  return true;
}

export function hexAt(bytes: Uint8Array, at: number): string {
  let text = "";
  for (let byte = at; byte < at + idBytes; byte++) text += pairs[bytes[byte]!];
  return text;
}

export function uuidAt(bytes: Uint8Array, at: number): string {
  const hex = hexAt(bytes, at);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

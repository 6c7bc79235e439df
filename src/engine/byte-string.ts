/** Texts as strings of bytes, one a UTF-16 unit, for what counts or cuts bytes by index. ASCII stays as it is. */
import { fromBytes, toBytes } from "../text/bytes.ts";

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** Units from 0 to 255, the UTF-8 of the text. */
export function byteString(text: string): string {
  return isAscii(text) ? text : latin(toBytes(text));
}

/** The text of which these are the bytes. */
export function textOfBytes(bytes: string): string {
  return isAscii(bytes) ? bytes : fromBytes(Uint8Array.from(bytes, (unit) => unit.charCodeAt(0)));
}

/** The one spelling of a text put together of parts, where bytes at the seams may have become characters. */
export function respelt(text: string): string {
  return text.isWellFormed() ? text : fromBytes(toBytes(text));
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The text with U+FFFD where its bytes are no UTF-8: one for each character that begins and does not end, as Falco's
 * JSON writer has it, and not one for each byte.
 */
export function readable(text: string): string {
  return text.isWellFormed() ? text : lenient.decode(toBytes(text));
}

// A call takes only so many arguments, hence the pieces.
function latin(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

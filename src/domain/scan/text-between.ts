/** Parts of a payload as texts. */
import { textOf } from "../utf8.ts";

/** Longer texts are put together by the decoder: letter by letter, each letter beyond so many is an object of its own. */
const fewLetters = 12;
/** For longer ones the decoder that proves UTF-8 is as quick. */
const manyLetters = 200;

/** As `textOf` has it, quickly where it is a few dozen ASCII letters, as most texts are. */
export function textBetween(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > manyLetters) return textOf(bytes.subarray(from, to));
  for (let at = from; at < to; at++) if (bytes[at]! > 127) return textOf(bytes.subarray(from, to));
  if (to - from > fewLetters) return bufferOf(bytes).toString("latin1", from, to);
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** Many texts are read of one payload. */
let last: Buffer = Buffer.alloc(0);

function bufferOf(bytes: Uint8Array): Buffer {
  if (bytes instanceof Buffer) return bytes;
  if (last.buffer !== bytes.buffer || last.byteOffset !== bytes.byteOffset || last.length !== bytes.length)
    last = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return last;
}

/** Where an offset is as Falco's parser counts: in bytes of UTF-8, each CR and each LF the end of a line (reference 01 §3.1). */
import { byteLength } from "../text/bytes.ts";

export interface ParserPosition {
  /** Bytes from 0. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** Bytes from 1. */
  readonly column: number;
}

/** `offset` in UTF-16 units; beyond the text's end it is that end. */
export function parserPosition(text: string, offset: number): ParserPosition {
  const to = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < to; at++) {
    const char = text[at];
    if (char === "\n" || char === "\r") {
      line++;
      lineStart = at + 1;
    }
  }
  return { offset: byteLength(text, 0, to), line, column: byteLength(text, lineStart, to) + 1 };
}

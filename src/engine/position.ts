/** Where Falco says that something stands: bytes of UTF-8 from 0, lines and columns from 1, each CR and each LF ending a line. */
import { byteLength } from "../text/bytes.ts";

export interface FalcoPosition {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** The position of a UTF-16 offset into a condition. */
export function falcoPosition(text: string, offset: number): FalcoPosition {
  const before = text.slice(0, offset);
  const lines = before.split(/[\r\n]/);
  return { offset: byteLength(before), line: lines.length, column: byteLength(lines.at(-1)!) + 1 };
}

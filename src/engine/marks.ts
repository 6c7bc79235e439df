/** Where an offset is as Falco counts: lines and columns from 0, columns and offsets in bytes of UTF-8 (reference 01 §1.1). */
import { byteLength } from "../text/bytes.ts";

export interface FalcoPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface Marks {
  /** `offset` in UTF-16 units. At the end of the file yaml-cpp is always in column 0. */
  position(offset: number): FalcoPosition;
}

/** Lines of a text are found once; a place is then a search among them. */
export function marks(text: string): Marks {
  let lines: { readonly at: number; readonly bytes: number }[] | undefined;
  const found = () => {
    if (lines) return lines;
    lines = [{ at: 0, bytes: 0 }];
    let bytes = 0;
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      bytes += byteLength(text, start, end + 1);
      start = end + 1;
      lines.push({ at: start, bytes });
    }
    return lines;
  };
  return {
    position(offset) {
      const all = found();
      let low = 0;
      let high = all.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((all[middle]?.at ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      const line = all[low] ?? { at: 0, bytes: 0 };
      const inLine = byteLength(text, line.at, Math.min(offset, text.length));
      return { line: low, column: offset >= text.length ? 0 : inLine, offset: line.bytes + inLine };
    },
  };
}

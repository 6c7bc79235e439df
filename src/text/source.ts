/** A text that somebody wrote, with the name people know it by; its lines and columns as people count them. */

export interface Source {
  /** A path, or what stands for one. */
  readonly name: string;
  readonly text: string;
}

/** Line and column of a UTF-16 offset, both from 1. A column is a character, a tab too; CR LF and LF end a line. */
export function position(source: Source, offset: number): { readonly line: number; readonly column: number } {
  const starts = lineStarts(source);
  const at = Math.min(Math.max(offset, 0), source.text.length);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  let column = 1;
  for (let unit = starts[low]!; unit < at; unit++) if (!isSecondHalf(source.text, unit)) column++;
  return { line: low + 1, column };
}

/** Where a line, from 1, begins and ends, in UTF-16 offsets; its line end is not in it. */
export function lineSpan(source: Source, line: number): { readonly from: number; readonly to: number } {
  const starts = lineStarts(source);
  const { text } = source;
  const from = starts[line - 1] ?? text.length;
  const next = starts[line];
  if (next === undefined)
    return { from, to: text.endsWith("\r") && text.length > from ? text.length - 1 : text.length };
  return { from, to: text[next - 2] === "\r" && next - 2 >= from ? next - 2 : next - 1 };
}

const known = new WeakMap<Source, readonly number[]>();

/** Found once a source: a hostile file has a mistake a line. */
function lineStarts(source: Source): readonly number[] {
  const found = known.get(source);
  if (found) return found;
  const starts = [0];
  for (let end = source.text.indexOf("\n"); end >= 0; end = source.text.indexOf("\n", end + 1)) starts.push(end + 1);
  known.set(source, starts);
  return starts;
}

function isSecondHalf(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}

/** Where in the file each character of a YAML scalar stands, through quotes, escapes, folding and indentation. */

export type ScalarStyle = "plain" | "single" | "double" | "block";

/**
 * One offset into `file` for each UTF-16 unit of `value`, and one more for its end; `from` and `to` bound the scalar
 * as written, quotes and block header included.
 *
 * YAML never reorders: what isn't white space stands in the file in the same order, as itself or as an escape. So both
 * are walked together; only white space, which folding and indentation change, has to be guessed, and there a
 * place on the right line is right enough.
 */
export function alignment(file: string, from: number, to: number, value: string, style: ScalarStyle): Int32Array {
  const places = new Int32Array(value.length + 1);
  let at = from;
  let end = to;
  if (style === "single" || style === "double") {
    at++;
    end--;
  } else if (style === "block") {
    const line = file.indexOf("\n", from);
    at = line < 0 ? to : line + 1;
  }
  let index = 0;
  while (index < value.length) {
    const unit = value[index] as string;
    if (!isBlank(unit)) {
      while (at < end && isBlank(file[at] as string)) at++;
      // An escaped line end joins two lines and leaves nothing behind.
      if (style === "double" && file[at] === "\\" && (file[at + 1] === "\n" || file[at + 1] === "\r")) {
        at++;
        continue;
      }
    }
    const escapes = file[at] === "\\" && style === "double" ? escapeLength(file, at) : 0;
    const written = escapes > 0 ? escapes : style === "single" && unit === "'" && file[at] === "'" ? 2 : 1;
    if (isBlank(unit) && escapes === 0) {
      // A blank of the value is the same blank in the file, or a line end that was folded.
      places[index++] = Math.min(at, end);
      if (file[at] === unit) at++;
      else if (unit === " " && isLineEnd(file[at])) at = skipBlanks(file, at, end);
      else if (unit === "\n") at = afterLine(file, at, end);
      continue;
    }
    const units = escapes > 0 && isHighSurrogate(unit) && index + 1 < value.length ? 2 : 1;
    for (let each = 0; each < units; each++) places[index++] = Math.min(at, end);
    at = Math.min(at + written, end);
  }
  places[value.length] = Math.min(at, end);
  return places;
}

const isBlank = (unit: string): boolean => unit === " " || unit === "\t" || unit === "\n" || unit === "\r";
const isLineEnd = (unit: string | undefined): boolean => unit === "\n" || unit === "\r";
const isHighSurrogate = (unit: string): boolean => (unit.charCodeAt(0) & 0xfc00) === 0xd800;

function escapeLength(file: string, at: number): number {
  const kind = file[at + 1];
  if (kind === "x") return 4;
  if (kind === "u") return 6;
  if (kind === "U") return 10;
  return 2;
}

function skipBlanks(file: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(file[at] as string)) at++;
  return at;
}

/** Behind the next line end, if nothing but blanks is in between. */
function afterLine(file: string, from: number, end: number): number {
  let at = from;
  while (at < end && (file[at] === " " || file[at] === "\t" || file[at] === "\r")) at++;
  return file[at] === "\n" && at < end ? at + 1 : from;
}

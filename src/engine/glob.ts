/** The operators `glob` and `iglob`: POSIX `fnmatch` without flags in the C locale, over the bytes of a value. */
import { byteString } from "./byte-string.ts";

/** One place of a pattern: a byte, any one byte, any bytes, or a set of bytes. */
type Piece = number | "one" | "many" | Uint8Array;

/** What tests whole values against one pattern. Takes at most pattern × value steps. */
export function glob(pattern: string, { fold = false }: { readonly fold?: boolean } = {}): (value: string) => boolean {
  const pieces = piecesOf(byteString(pattern), fold);
  if (!pieces) return () => false;
  return simple(pieces, fold) ?? ((value) => matches(pieces, byteString(value), fold));
}

/** Whether a text holds anything that makes it a pattern. */
export function isPattern(text: string): boolean {
  return /[?*[]/.test(text);
}

/** The common shapes need no walk: `x`, `x*`, `*x`, `*x*`. Bytes that are no ASCII would need the walk's view of them. */
function simple(pieces: readonly Piece[], fold: boolean): ((value: string) => boolean) | undefined {
  if (fold) return;
  const opens = pieces[0] === "many";
  const closes = pieces.length > 1 && pieces.at(-1) === "many";
  const middle = pieces.slice(opens ? 1 : 0, closes ? -1 : undefined);
  if (!middle.every((piece) => typeof piece === "number" && piece < 128)) return;
  const text = String.fromCharCode(...(middle as number[]));
  if (opens && closes) return (value) => value.includes(text);
  if (opens) return (value) => value.endsWith(text);
  if (closes) return (value) => value.startsWith(text);
  return (value) => value === text;
}

/** On a mismatch only the last star ever has to take one byte more, so time is bounded by the product of the lengths. */
function matches(pieces: readonly Piece[], value: string, fold: boolean): boolean {
  let piece = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < value.length) {
    const wanted = pieces[piece];
    if (wanted === "many") {
      star = piece++;
      starAt = at;
    } else if (wanted !== undefined && accepts(wanted, value.charCodeAt(at), fold)) {
      piece++;
      at++;
    } else if (star >= 0) {
      piece = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (pieces[piece] === "many") piece++;
  return piece === pieces.length;
}

function accepts(piece: Exclude<Piece, "many">, byte: number, fold: boolean): boolean {
  if (typeof piece === "number") return piece === (fold ? lower(byte) : byte);
  return piece === "one" || piece[byte] === 1;
}

/** Undefined for a pattern that matches nothing: one that ends in a backslash, or names a class there is not. */
function piecesOf(pattern: string, fold: boolean): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  for (let at = 0; at < pattern.length; ) {
    const byte = pattern.charCodeAt(at++);
    if (byte === star) {
      if (pieces.at(-1) !== "many") pieces.push("many");
    } else if (byte === question) pieces.push("one");
    else if (byte === backslash) {
      if (at === pattern.length) return;
      pieces.push(fold ? lower(pattern.charCodeAt(at++)) : pattern.charCodeAt(at++));
    } else {
      const set = byte === open ? bracket(pattern, at, fold) : undefined;
      if (set === "nothing") return;
      if (set) {
        pieces.push(set.bytes);
        at = set.end;
      } else pieces.push(fold ? lower(byte) : byte);
    }
  }
  return pieces;
}

/** The set written from `from` on, behind its `[`; undefined where it is not closed, so that the `[` is itself. */
function bracket(
  pattern: string,
  from: number,
  fold: boolean,
): { bytes: Uint8Array; end: number } | "nothing" | undefined {
  const bytes = new Uint8Array(256);
  let at = from;
  const negated = pattern[at] === "!" || pattern[at] === "^";
  if (negated) at++;
  for (let first = true; first || pattern[at] !== "]"; first = false) {
    if (at >= pattern.length) return;
    const named = /^\[:([a-zA-Z]*):\]/.exec(pattern.slice(at, at + 24));
    if (named) {
      const has = classes.get(named[1]!);
      if (!has) return "nothing";
      for (let byte = 0; byte < 128; byte++) if (has.test(String.fromCharCode(byte))) bytes[byte] = 1;
      at += named[0].length;
      continue;
    }
    const low = member(pattern, at);
    if (low === "nothing") return "nothing";
    if (!low) return;
    at = low.end;
    let high = low.byte;
    if (pattern[at] === "-" && at + 1 < pattern.length && pattern[at + 1] !== "]") {
      const end = member(pattern, at + 1);
      if (end === "nothing") return "nothing";
      if (!end) return;
      high = end.byte;
      at = end.end;
    }
    add(bytes, low.byte, high, fold);
  }
  // A folded set accepts both cases of each letter it was given; a class tests a letter as it is.
  return { bytes: negated ? bytes.map((is) => 1 - is) : bytes, end: at + 1 };
}

/** One byte as a set may write it: itself, behind a backslash, or as `[.a.]` or `[=a=]`. */
function member(pattern: string, at: number): { byte: number; end: number } | "nothing" | undefined {
  const collating = /^\[([.=])([\s\S]*?)\1\]/.exec(pattern.slice(at, at + 64));
  if (collating) {
    return collating[2]!.length === 1
      ? { byte: collating[2]!.charCodeAt(0), end: at + collating[0].length }
      : "nothing";
  }
  const escaped = pattern[at] === "\\" ? at + 1 : at;
  return escaped < pattern.length ? { byte: pattern.charCodeAt(escaped), end: escaped + 1 } : undefined;
}

function add(bytes: Uint8Array, low: number, high: number, fold: boolean): void {
  const [from, to] = fold ? [lower(low), lower(high)] : [low, high];
  for (let byte = from; byte <= to; byte++) {
    bytes[byte] = 1;
    if (fold && byte >= 97 && byte <= 122) bytes[byte - 32] = 1;
  }
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

const [star, question, open, backslash] = [42, 63, 91, 92];

/** The C locale's. */
const classes: ReadonlyMap<string, RegExp> = new Map([
  ["alnum", /[0-9A-Za-z]/],
  ["alpha", /[A-Za-z]/],
  ["blank", /[ \t]/],
  ["cntrl", /[\0-\x1f\x7f]/],
  ["digit", /[0-9]/],
  ["graph", /[!-~]/],
  ["lower", /[a-z]/],
  ["print", /[ -~]/],
  ["punct", /[!-/:-@[-`{-~]/],
  ["space", /[\t-\r ]/],
  ["upper", /[A-Z]/],
  ["xdigit", /[0-9A-Fa-f]/],
]);

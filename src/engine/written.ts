/** Text put together from several places of several files, which remembers where each part of it was written. */
import type { RuleFile, YamlScalar } from "./rulefile.ts";

/** A stretch of a rules file, in UTF-16 units, `to` not included. */
export interface Place {
  readonly file: RuleFile;
  readonly from: number;
  readonly to: number;
}

/** A part of a text: a stretch of one scalar, or words of ours that stand for a place as a whole (brackets, commas). */
export interface Piece {
  readonly text: string;
  readonly origin: { readonly file: RuleFile; readonly scalar: YamlScalar; readonly at: number } | Place;
}

export interface Written {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

export const joined = (pieces: readonly Piece[]): Written => ({
  pieces,
  text: pieces.length === 1 && pieces[0] ? pieces[0].text : pieces.map((piece) => piece.text).join(""),
});

/** A scalar's text, character for character where it stands. */
export const asWritten = (file: RuleFile, scalar: YamlScalar): Piece => ({
  text: scalar.text,
  origin: { file, scalar, at: 0 },
});

/** Words that nobody wrote, at the place they were made for. */
export const madeFor = (place: Place, text: string): Piece => ({ text, origin: place });

export const placeOf = (file: RuleFile, node: { readonly from: number; readonly to: number }): Place => ({
  file,
  from: node.from,
  to: node.to,
});

/** A part of a piece: `from` and `to` within its text. */
export function cut(piece: Piece, from: number, to: number): Piece {
  const text = piece.text.slice(from, to);
  const { origin } = piece;
  return "scalar" in origin ? { text, origin: { ...origin, at: origin.at + from } } : { text, origin };
}

/** Where the words at `from` to `to` of a text were written. What spans several places is told by the first. */
export function writtenAt(of: Written, from: number, to: number): Place | undefined {
  let start = 0;
  for (const [index, piece] of of.pieces.entries()) {
    const end = start + piece.text.length;
    if (from < end || (index === of.pieces.length - 1 && piece.text.length >= 0)) {
      const { origin } = piece;
      if (!("scalar" in origin)) return origin;
      const places = origin.scalar.places();
      const first = Math.max(from - start, 0) + origin.at;
      const last = Math.min(to, end) - start + origin.at;
      const begins = places[Math.min(first, origin.scalar.text.length)] ?? origin.scalar.from;
      const before = last > first ? (places[last - 1] ?? begins) + 1 : begins;
      // An escape is longer than what it means; the place behind the last character is the next one's, unless a line ended.
      const after = places[last] ?? before;
      const ends = origin.file.text.slice(before, after).trim() === "" ? before : after;
      return { file: origin.file, from: begins, to: Math.max(begins, ends) };
    }
    start = end;
  }
  return undefined;
}

/** Lines that hold all words that are looked for, in any case, definitions first. */
import type { NamedText } from "../language/definitions.ts";

export interface FoundLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

const most = 60;

export function found(files: readonly NamedText[], words: string): readonly FoundLine[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  const lines = files.flatMap(({ name, text }) =>
    text.split("\n").flatMap((line, index): FoundLine[] => {
      const lower = line.toLowerCase();
      return wanted.every((word) => lower.includes(word)) ? [{ file: name, line: index + 1, text: line.trim() }] : [];
    }),
  );
  const defines = ({ text }: FoundLine) => (/^-\s+(?:rule|macro|list):/.test(text) ? 0 : 1);
  return lines.sort((a, b) => defines(a) - defines(b)).slice(0, most);
}

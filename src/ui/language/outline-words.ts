/** The words of a value that is neither condition nor output: elements of a list, one by one, or the value whole. */
import type { Entry, Stretch } from "./outline.ts";

export type { Entry, Item, Outline, Stretch } from "./outline.ts";

const element = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|[^\s,[\]{}"'#][^,[\]{}\n#]*/g;

export function wordsIn(text: string, { text: { from, to }, style }: Entry): readonly Stretch[] {
  if (style === "empty") return [];
  if (style === "plain" || style === "quoted") return [{ from, to }];
  if (style === "block") return [];
  return [...text.slice(from, to).matchAll(element)].flatMap(({ 0: found, index }) => {
    const dash = /^-\s+/.exec(found)?.[0].length ?? 0;
    const word = found.slice(dash).trimEnd();
    return word === "" || word === "-" ? [] : [{ from: from + index + dash, to: from + index + dash + word.length }];
  });
}

/** How a rules file is coloured: keys, and within conditions and outputs what the engine takes each word for. */
import { priorities } from "../../domain/detection.ts";
import { comparisonOperators, modifiers } from "../../engine/syntax.ts";
import { conditionTokens, type Names, type TokenKind } from "./condition-tokens.ts";
import { isKeyOf } from "./keys.ts";
import { type Entry, type Item, type Outline, type Stretch, wordsIn } from "./outline-words.ts";
import { outputTokens } from "./output-tokens.ts";

export type Colour = TokenKind | "comment" | "key" | "unknown-key" | "name" | "sign";

export interface Mark extends Stretch {
  readonly colour: Colour;
}

const operators = new Set<string>(["exists", ...comparisonOperators, ...modifiers]);

/** The marks of all items that reach into a stretch of the text, in order. */
export function coloursOf(text: string, outline: Outline, names: Names, within: Stretch): readonly Mark[] {
  const marks: Mark[] = [];
  const add = (colour: Colour, from: number, to: number) => {
    if (to > from) marks.push({ colour, from, to });
  };
  for (const { from, to } of outline.comments) if (to > within.from && from < within.to) add("comment", from, to);
  for (const item of outline.items) {
    if (item.to < within.from || item.from > within.to) continue;
    add("sign", item.from, item.from + 1);
    for (const entry of item.entries) colourEntry(entry, item, [], add);
  }
  return marks.sort((a, b) => a.from - b.from || a.to - b.to);

  function colourEntry(entry: Entry, item: Item, above: readonly string[], add: Add): void {
    const { key, at, style } = entry;
    add(isKeyOf(item.kind, above, key) ? "key" : "unknown-key", at.from, at.to);
    const path = [...above, key];
    const value = (stretch: Stretch, tokens: typeof conditionTokens) => {
      for (const token of tokens(text.slice(stretch.from, stretch.to), names))
        add(token.kind, stretch.from + token.from, stretch.from + token.to);
    };
    if (entry.inner.length > 0) {
      for (const inner of entry.inner) colourEntry(inner, item, path, add);
      return;
    }
    if (style === "block") add("sign", entry.value.from, Math.min(entry.text.from, lineEnd(text, entry.value.from)));
    const isOutermost = above.length === 0;
    if (isOutermost && key === "condition") value(entry.text, conditionTokens);
    else if (isOutermost && key === "output") value(entry.text, outputTokens);
    else if (isOutermost && key === item.kind) add("name", entry.text.from, entry.text.to);
    else
      for (const { from, to } of wordsIn(text, entry))
        add(colourOfWord(text.slice(from, to), path, item, names), from, to);
  }
}

type Add = (colour: Colour, from: number, to: number) => void;

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function colourOfWord(written: string, path: readonly string[], item: Item, names: Names): Colour {
  const word = written.replace(/^(["'])(.*)\1$/, "$2");
  const key = path.at(-1);
  if (path[0] === "override") return "keyword";
  if (path[0] === "exceptions") {
    if (key === "fields") return names.field(word.replace(/\[.*$/, "")) ? "field" : "unknown-field";
    if (key === "comps") return operators.has(word.split(" ")[0] ?? "") ? "operator" : "wrong";
    return names.list(word) ? "list" : "value";
  }
  if (item.kind === "list" && key === "items") return names.list(word) ? "list" : "value";
  if (key === "priority")
    return word.toLowerCase() === "info" || priorities.some((one) => one.toLowerCase() === word.toLowerCase())
      ? "keyword"
      : "wrong";
  if (/^(?:true|false)$/i.test(word)) return "keyword";
  if (/^[0-9]+(?:\.[0-9]+)*$/.test(word)) return "number";
  return "value";
}

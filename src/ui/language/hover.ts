/** What to say about the word under the pointer. */

import { namesOf } from "./completion.ts";
import { conditionTokens, type Token } from "./condition-tokens.ts";
import { type Definitions, namedAt } from "./definitions.ts";
import { connectiveDoc, type Doc, definitionDoc, fieldDoc, operatorDoc, transformerDoc } from "./docs.ts";
import { exceptionKeys, type KeyDoc, keysOf } from "./keys.ts";
import { entriesAt, type Item, itemAt, type Outline, type Stretch } from "./outline.ts";
import { wordsIn } from "./outline-words.ts";
import { outputTokens } from "./output-tokens.ts";

export interface Hovered extends Stretch {
  readonly doc: Doc;
}

export function hovered(text: string, outline: Outline, at: number, definitions: Definitions): Hovered | undefined {
  const item = itemAt(outline, at);
  if (item === undefined) return undefined;
  const named = namedAt(text, outline, at, definitions);
  if (named !== undefined) {
    const doc = definitionDoc(definitions.of(named.kind, named.name));
    return doc && { ...named.place, doc };
  }
  const [entry, ...around] = entriesAt(item.entries, at);
  if (entry === undefined) return undefined;
  if (at <= entry.at.to) {
    const doc = keyDoc(item, around.at(-1)?.key, entry.key);
    return doc && { ...entry.at, doc };
  }
  const outer = around.at(-1) ?? entry;
  if (outer.key === "condition" || outer.key === "output") {
    const { from, to } = entry.text;
    const tokens = (outer.key === "condition" ? conditionTokens : outputTokens)(
      text.slice(from, to),
      namesOf(definitions),
    );
    const token = tokens.find((one) => from + one.from <= at && at < from + one.to);
    const doc = token && tokenDoc(token, text.slice(from + token.from, from + token.to));
    return token && doc && { from: from + token.from, to: from + token.to, doc };
  }
  if (outer.key === "exceptions") {
    const place = wordsIn(text, entry).find(({ from, to }) => from <= at && at <= to);
    const word = place === undefined ? "" : text.slice(place.from, place.to).replace(/^(["'])(.*)\1$/, "$2");
    const doc = fieldDoc(word.replace(/\[.*$/, "")) ?? operatorDoc(word);
    return place && doc && { ...place, doc };
  }
  return undefined;
}

function tokenDoc({ kind }: Token, word: string): Doc | undefined {
  switch (kind) {
    case "field":
      return fieldDoc(word.replace(/^%[0-9]*/, ""));
    case "operator":
      return operatorDoc(word) ?? connectiveDoc(word);
    case "keyword":
      return connectiveDoc(word);
    case "call":
      return transformerDoc(word);
    case "unknown-field":
      return { title: word, kind: "no field", words: "No field has this name.", facts: [] };
    case "unknown-macro":
      return { title: word, kind: "no macro", words: "No file defines a macro of this name.", facts: [] };
    default:
      return undefined;
  }
}

function keyDoc({ kind }: Item, outer: string | undefined, key: string): Doc | undefined {
  if (kind === undefined) return undefined;
  const among: readonly KeyDoc[] = outer === undefined ? keysOf[kind] : outer === "exceptions" ? exceptionKeys : [];
  const found = among.find((one) => one.key === key);
  return (
    found && {
      title: key,
      kind: `key of a ${outer === "exceptions" ? "exception" : kind}`,
      words: found.doc,
      facts: [],
    }
  );
}

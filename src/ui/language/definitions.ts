/** What the rules files define, and where: macros, lists and rules by name, with what is changed later. */
import { entriesAt, type Item, itemAt, type Outline, outlineOf, type Stretch } from "./outline.ts";

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export const definedKinds = ["rule", "macro", "list"] as const;
export type DefinedKind = (typeof definedKinds)[number];

export interface Definition {
  readonly kind: DefinedKind;
  readonly name: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly nameAt: Stretch;
  /** The condition of a macro or rule, the items of a list, as written. */
  readonly body: string;
  /** What a rule says of itself, and what stands in the comment above a macro or a list. */
  readonly words: string;
  /** It only changes what another item defined: by `append`, `override`, or `enabled` alone. */
  readonly changes: boolean;
}

export interface Definitions {
  of(kind: DefinedKind, name: string): readonly Definition[];
  /** Each name once, as first defined. */
  all(kind: DefinedKind): readonly Definition[];
  readonly tags: readonly string[];
  readonly sources: readonly string[];
}

interface Found {
  readonly text: string;
  readonly outline: Outline;
  readonly definitions: readonly Definition[];
  readonly tags: readonly string[];
  readonly sources: readonly string[];
}

/** By file: a file that did not change is not looked through again. */
const known = new Map<string, Found>();

export function definitionsOf(files: readonly NamedText[]): Definitions {
  const found = files.map(foundIn);
  const byName = new Map<string, Definition[]>();
  for (const { definitions } of found) {
    for (const definition of definitions) {
      const key = `${definition.kind} ${definition.name}`;
      const former = byName.get(key);
      if (former === undefined) byName.set(key, [definition]);
      else former.push(definition);
    }
  }
  const firsts = [...byName.values()].map((all) => all.find(({ changes }) => !changes) ?? all[0]!);
  const sorted = (values: readonly string[]) => [...new Set(values)].sort();
  return {
    of: (kind, name) => byName.get(`${kind} ${name}`) ?? [],
    all: (kind) => firsts.filter((definition) => definition.kind === kind),
    tags: sorted(found.flatMap(({ tags }) => tags)),
    sources: sorted(found.flatMap(({ sources }) => sources)),
  };
}

function foundIn({ name, text }: NamedText): Found {
  const former = known.get(name);
  if (former?.text === text) return former;
  const outline = outlineOf(text);
  const count = lineCounter(text);
  const definitions = outline.items.flatMap((item): Definition[] => {
    const { kind } = item;
    if (kind !== "rule" && kind !== "macro" && kind !== "list") return [];
    return [{ kind, file: name, line: count(item.from), ...definitionOf(item, text) }];
  });
  const values = (key: string) =>
    outline.items.flatMap(({ entries }) =>
      entries.filter((entry) => entry.key === key).flatMap(({ text: { from, to } }) => itemsOf(text.slice(from, to))),
    );
  const found = { text, outline, definitions, tags: values("tags"), sources: values("source") };
  known.set(name, found);
  return found;
}

function definitionOf({ kind, name, nameAt, entries, comment }: Item, text: string) {
  const entry = (key: string) => entries.find((one) => one.key === key);
  const written = (key: string) => {
    const found = entry(key);
    return found === undefined ? "" : text.slice(found.text.from, found.text.to).replace(/\s+/g, " ").trim();
  };
  const isAppended = written("append") === "true" || entry("override") !== undefined;
  const isSwitched = kind === "rule" && entry("condition") === undefined && entry("enabled") !== undefined;
  return {
    name,
    nameAt,
    body: kind === "list" ? written("items") : written("condition"),
    words: written("desc") || comment,
    changes: isAppended || isSwitched,
  };
}

/** The elements of a list as written, between brackets or line by line. */
export function itemsOf(text: string): readonly string[] {
  return text
    .replace(/^\s*\[|\]\s*$/g, "")
    .split(/,|\n/)
    .map((item) =>
      item
        .trim()
        .replace(/^-\s+/, "")
        .replace(/^(["'])(.*)\1$/, "$2")
        .trim(),
    )
    .filter((item) => item !== "" && !item.startsWith("#"));
}

/** Answers the line of each of ever later offsets. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    for (let end = text.indexOf("\n", at); end >= 0 && end < offset; end = text.indexOf("\n", at)) {
      line++;
      at = end + 1;
    }
    return line;
  };
}

/** The name that an offset of a file is on, where it is one of something defined. */
export function namedAt(
  text: string,
  outline: Outline,
  at: number,
  definitions: Definitions,
): { readonly kind: DefinedKind; readonly name: string; readonly place: Stretch } | undefined {
  const item = itemAt(outline, at);
  if (item === undefined) return undefined;
  const { kind, name, nameAt } = item;
  if (nameAt.from <= at && at <= nameAt.to && kind !== undefined) {
    const defined = definedKinds.find((one) => one === kind);
    return defined && { kind: defined, name, place: nameAt };
  }
  const place = wordAround(text, at);
  const word = text.slice(place.from, place.to);
  const key = entriesAt(item.entries, at).at(-1)?.key;
  if (word === "" || key === undefined) return undefined;
  if (key === "condition" && definitions.of("macro", word).length > 0) return { kind: "macro", name: word, place };
  if (["condition", "items", "exceptions"].includes(key) && definitions.of("list", word).length > 0)
    return { kind: "list", name: word, place };
  return undefined;
}

/** The word an offset is in, or at the end of, as names and values are made. */
export function wordAround(text: string, at: number): Stretch {
  const isPart = (unit: string | undefined) => unit !== undefined && /[\w.\-/:@*]/.test(unit);
  let from = at;
  let to = at;
  while (isPart(text[from - 1])) from--;
  while (isPart(text[to])) to++;
  return { from, to };
}

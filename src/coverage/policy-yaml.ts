/** A policy's YAML, walked with places: values by kind, and what is wrong with them gathered on the way. */
import { isMap, isScalar, isSeq, type Node, type Pair, parseAllDocuments, type Tags, type YAMLMap } from "yaml";
import type { Diagnostic, Source } from "../text/diagnostic.ts";
import { nearest } from "../text/nearest.ts";
import type { Place, Word } from "./policy.ts";

export interface Member {
  readonly key: Place;
  readonly value: unknown;
}

export class PolicyYaml {
  readonly problems: Diagnostic[] = [];
  readonly source: Source;
  readonly root: unknown;
  readonly #aliases: (node: unknown) => unknown;

  constructor(source: Source) {
    this.source = source;
    // The API server reads YAML 1.1 (`yes` is no text, `<<` merges), the first document alone, and forgives a key that
    // comes twice; we tell of it.
    const options = { version: "1.1", customTags, prettyErrors: false, uniqueKeys: false } as const;
    const documents = parseAllDocuments(source.text, options);
    const [document, second] = Array.isArray(documents) ? documents : [];
    for (const { message, pos } of document?.errors ?? [])
      this.tell("invalid-yaml", `this is no YAML: ${lower(message)}`, { source, from: pos[0], to: pos[1] });
    if (second !== undefined)
      this.tell(
        "second-document",
        "an API server reads the first document alone: from here on nothing counts",
        this.place(second.contents, this.firstLine),
        "make a file of its own of it",
        "warning",
      );
    this.#aliases = (node) =>
      typeof node === "object" && node !== null && "resolve" in node && typeof node.resolve === "function"
        ? node.resolve(document)
        : node;
    this.root = document?.contents;
  }

  get firstLine(): Place {
    return { source: this.source, from: 0, to: this.source.text.split("\n", 1)[0]?.length ?? 0 };
  }

  tell(code: string, message: string, place: Place, help?: string, severity: "error" | "warning" = "error"): void {
    this.problems.push({ code, message, place, severity, ...(help === undefined ? {} : { help }) });
  }

  /** A map's members by name, the last of two equal ones; undefined, and told, where it is no map. */
  map(node: unknown, what: string, around: Place, known: readonly string[]): ReadonlyMap<string, Member> | undefined {
    const found = this.#aliases(node);
    if (!isMap(found)) {
      this.tell("invalid-value", `${what} must be a map`, this.place(found, around));
      return undefined;
    }
    const pairs = (found as YAMLMap).items as readonly Pair[];
    const merged = pairs.filter(isMerge).flatMap(({ value }) => this.#merged(value, what, around, known));
    const members = new Map<string, Member>();
    for (const pair of pairs.filter((one) => !isMerge(one))) {
      const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
      const key = this.place(pair.key, around);
      if (members.has(name))
        this.tell("same-key-twice", `\`${name}\` is here twice: the last one counts`, key, "keep one", "warning");
      if (known.includes(name)) members.set(name, { key, value: this.#aliases(pair.value) });
      else
        this.tell(
          "unknown-field",
          `${what} has no \`${name}\`: an API server passes over it`,
          key,
          guess(name, known),
          "warning",
        );
    }
    // What is written counts, wherever `<<` stands.
    for (const [name, member] of merged) if (!members.has(name)) members.set(name, member);
    return members;
  }

  /** Of `<<: *one` or `<<: [*one, *two]`, the first before the second. */
  #merged(
    node: unknown,
    what: string,
    around: Place,
    known: readonly string[],
  ): readonly (readonly [string, Member])[] {
    const found = this.#aliases(node);
    const all = isSeq(found) ? found.items.toReversed() : [found];
    return all.flatMap((one) => [...(this.map(one, what, around, known) ?? [])]).toReversed();
  }

  /** A list's items; none where it is absent or empty. */
  list(member: Member | undefined, name: string): readonly unknown[] {
    if (member === undefined || isNothing(member.value)) return [];
    if (isSeq(member.value)) return member.value.items.map((item) => this.#aliases(item));
    this.tell("invalid-value", `\`${name}\` must be a list`, this.place(member.value, member.key), "write it as `[…]`");
    return [];
  }

  /** A list of texts. */
  words(member: Member | undefined, name: string): readonly Word[] {
    return this.list(member, name).flatMap((item) => {
      const place = this.place(item, member!.key);
      if (isScalar(item) && typeof item.value === "string") return [{ text: item.value, place }];
      if (isNothing(item)) {
        this.tell("empty-text", "nothing is written here, which is the empty text", place, 'write `""`', "warning");
        return [{ text: "", place }];
      }
      this.tell("invalid-value", `\`${name}\` holds texts`, place, "put it in quotes");
      return [];
    });
  }

  /** A list of texts of which some are known. */
  choices<T extends string>(member: Member | undefined, name: string, known: readonly T[]): readonly T[] {
    return this.words(member, name).flatMap((word) => this.choice(word, name, known) ?? []);
  }

  choice<T extends string>({ text, place }: Word, name: string, known: readonly T[]): T | undefined {
    const found = known.find((one) => one === text);
    if (found === undefined)
      this.tell("invalid-value", `\`${name}\` must be one of ${known.join(", ")}`, place, guess(text, known));
    return found;
  }

  text(member: Member | undefined, name: string, around: Place): Word | undefined {
    if (member === undefined || isNothing(member.value)) {
      this.tell("missing-field", `\`${name}\` is missing`, member?.key ?? around);
      return undefined;
    }
    const place = this.place(member.value, member.key);
    if (isScalar(member.value) && typeof member.value.value === "string") return { text: member.value.value, place };
    this.tell("invalid-value", `\`${name}\` must be text`, place);
    return undefined;
  }

  /** Undefined where it is not told. */
  flag(member: Member | undefined, name: string): boolean | undefined {
    if (member === undefined || isNothing(member.value)) return undefined;
    if (isScalar(member.value) && typeof member.value.value === "boolean") return member.value.value;
    this.tell("invalid-value", `\`${name}\` must be true or false`, this.place(member.value, member.key));
    return undefined;
  }

  /** What is underlined: of a map or a list its first line. */
  place(node: unknown, around: Place): Place {
    const range = (node as Node | null | undefined)?.range;
    if (!range || range[1] <= range[0]) return around;
    return { source: this.source, from: range[0], to: range[1] };
  }
}

const isMerge = ({ key }: Pair): boolean => isScalar(key) && typeof key.value === "symbol";

/** What the API server's YAML (go-yaml 2) knows: no times and no numbers to the base of 60, but octals as `0o17`. */
const customTags = (tags: Tags): Tags => [
  ...tags.filter(
    (tag) => typeof tag === "string" || !("format" in tag && tag.format === "TIME" ? true : tag.tag === timestamp),
  ),
  { tag: "tag:yaml.org,2002:int", default: true, test: /^[-+]?0o[0-7_]+$/, resolve: (text: string) => Number(text) },
];
const timestamp = "tag:yaml.org,2002:timestamp";

export const isNothing = (node: unknown): boolean =>
  node === null || node === undefined || (isScalar(node) && node.value === null);

const guess = (word: string, known: readonly string[]): string => {
  const found = nearest(word, known);
  return found === undefined ? `there are: ${known.join(", ")}` : `did you mean \`${found}\`?`;
};

const lower = (text: string): string => text.replace(/\.$/, "").replace(/^./, (letter) => letter.toLowerCase());

/** Changes of a rules file's text that leave all else as it is; each is read again and given up where it came out otherwise. */
import type { WrittenValue } from "./exception-yaml.ts";
import type { KnownException } from "./known-exceptions.ts";
import {
  type RuleFile,
  readRuleFile,
  valueAt,
  type YamlMapping,
  type YamlNode,
  type YamlSequence,
} from "./rulefile.ts";

interface OwnFile {
  readonly name: string;
  readonly text: string;
}

/** An exception of a rule that stands in the file. */
export interface FoundException extends KnownException {
  /** Each as JSON. */
  readonly plainValues: readonly string[];
}

export function foundExceptions(
  { name, text }: OwnFile,
  rule: string,
): { readonly exceptions: readonly FoundException[] } | { readonly problem: string } {
  const file = readRuleFile(name, text);
  if (file.problem) return { problem: file.problem.own };
  const stray = file.documents.find(({ kind }) => kind !== "sequence" && kind !== "null");
  if (stray) return { problem: "it is no list of rules" };
  return {
    exceptions: exceptionsIn(file, rule).map(({ exception }) => {
      const fields = valueAt(exception, "fields");
      const listed = fields?.kind === "sequence";
      const names = textsOf(fields);
      const comps = textsOf(valueAt(exception, "comps"));
      const plainValues = itemsOf(valueAt(exception, "values")).map((value) => JSON.stringify(plainOf(value)));
      return {
        name: textsOf(valueAt(exception, "name"))[0] ?? "",
        fields: names,
        comps: comps.length > 0 ? comps : names.map(() => (listed ? "=" : "in")),
        listed,
        values: plainValues.length,
        plainValues,
      };
    }),
  };
}

/** The text with values put behind those that the exception has; undefined where the file has no such place. */
export function insertedValues(
  own: OwnFile,
  rule: string,
  name: string,
  values: readonly WrittenValue[],
): string | undefined {
  const file = readRuleFile(own.name, own.text);
  for (const { exception, path } of exceptionsIn(file, rule)) {
    if (textsOf(valueAt(exception, "name"))[0] !== name) continue;
    const list = valueAt(exception, "values");
    if (list?.kind !== "sequence") continue;
    const expected = documentsOf(file);
    const target = [...path, "values"].reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], expected);
    (target as unknown[]).push(...values.map(({ plain }) => plain));
    const text = withItems(
      file,
      list,
      values.map(({ yaml }) => yaml),
    );
    if (comesTo(own, text, expected)) return text;
  }
  return undefined;
}

/** The text with an item more: among the rule's own exceptions where an item adds some, else at the end. */
export function appendedItem(own: OwnFile, rule: string, item: string): string | undefined {
  const file = readRuleFile(own.name, own.text);
  const [added] = readRuleFile(own.name, item).documents;
  if (added?.kind !== "sequence" || added.items[0]?.kind !== "mapping") return undefined;
  const exceptions = valueAt(added.items[0], "exceptions");
  if (exceptions?.kind === "sequence") {
    const inside = withException(own, file, rule, item, exceptions);
    if (inside !== undefined) return inside;
  }
  const plain = plainOf(added.items[0]);
  const before = own.text === "" || own.text.endsWith("\n") ? own.text : `${own.text}\n`;
  const last = file.documents.at(-1);
  const indent = last?.kind === "sequence" ? columnOf(file.text, last.from) : 0;
  const lines = asLinesOf(own.text, indented(item, indent));
  const expected = documentsOf(file);
  const grown =
    last?.kind === "sequence"
      ? expected.with(-1, [...(expected.at(-1) as unknown[]), plain])
      : [...expected.slice(0, -1), [plain]];
  const gap = before.trim() === "" ? "" : asLinesOf(own.text, "\n");
  for (const text of [before + gap + lines, before + lines]) if (comesTo(own, text, grown)) return text;
  const apart = `${before}${asLinesOf(own.text, `---\n${item}`)}`;
  return comesTo(own, apart, [...expected, [plain]]) ? apart : undefined;
}

/** The exception put behind those that an appending item of the rule has. */
function withException(
  own: OwnFile,
  file: RuleFile,
  rule: string,
  item: string,
  { items: [exception] }: YamlSequence,
): string | undefined {
  if (exception === undefined) return undefined;
  for (const { mapping, path } of itemsFor(file, rule)) {
    const override = valueAt(mapping, "override");
    const appends = override?.kind === "mapping" && textsOf(valueAt(override, "exceptions"))[0] === "append";
    const list = valueAt(mapping, "exceptions");
    if (!appends || list?.kind !== "sequence" || file.text[list.from] === "[") continue;
    const expected = documentsOf(file);
    const target = [...path, "exceptions"].reduce<unknown>(
      (at, step) => (at as Record<string, unknown>)[step],
      expected,
    );
    (target as unknown[]).push(plainOf(exception));
    // As it stands in the item: six blanks before its keys, four before its dash.
    const yaml = item.slice(exception.from, exception.to).trimEnd().replaceAll("\n      ", "\n  ");
    const text = withItems(file, list, [yaml]);
    if (comesTo(own, text, expected)) return text;
  }
  return undefined;
}

/** The text with items behind the last of a list, in the list's own style. */
function withItems(file: RuleFile, list: YamlSequence, items: readonly string[]): string {
  const { text } = file;
  const last = list.items.at(-1);
  const put = (at: number, what: string) => text.slice(0, at) + what + text.slice(at);
  if (text[list.from] === "[") {
    const at = last?.to ?? list.from + 1;
    return put(at, `${last ? ", " : ""}${items.join(", ")}`);
  }
  const blanks = " ".repeat(columnOf(text, list.from));
  const lines = items.map((item) => `${blanks}- ${item.replaceAll("\n", `\n${blanks}`)}`).join("\n");
  const to = last?.to ?? list.to;
  if (text[to - 1] === "\n") return put(to, asLinesOf(text, `${lines}\n`));
  const end = text.indexOf("\n", to);
  const at = end < 0 ? text.length : text[end - 1] === "\r" ? end - 1 : end;
  return put(at, asLinesOf(text, `\n${lines}`));
}

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf("\n", at - 1) + 1);
const indented = (item: string, by: number): string => item.replace(/^(?=.)/gm, " ".repeat(by));
const asLinesOf = (text: string, lines: string): string =>
  text.includes("\r\n") ? lines.replaceAll("\n", "\r\n") : lines;

/** Whether the text reads as what is expected, and as nothing else. */
function comesTo({ name }: OwnFile, text: string, expected: readonly unknown[]): boolean {
  const file = readRuleFile(name, text);
  return !file.problem && JSON.stringify(documentsOf(file)) === JSON.stringify(expected);
}

type Path = readonly (string | number)[];

/** The items that define or change a rule. */
function itemsFor({ documents }: RuleFile, rule: string): readonly { mapping: YamlMapping; path: Path }[] {
  return documents.flatMap((document, at) =>
    itemsOf(document).flatMap((item, index) =>
      item.kind === "mapping" && textsOf(valueAt(item, "rule"))[0] === rule
        ? [{ mapping: item, path: [at, index] }]
        : [],
    ),
  );
}

function exceptionsIn(file: RuleFile, rule: string): readonly { exception: YamlMapping; path: Path }[] {
  return itemsFor(file, rule).flatMap(({ mapping, path }) =>
    itemsOf(valueAt(mapping, "exceptions")).flatMap((item, index) =>
      item.kind === "mapping" ? [{ exception: item, path: [...path, "exceptions", index] }] : [],
    ),
  );
}

const itemsOf = (node: YamlNode | undefined): readonly YamlNode[] => (node?.kind === "sequence" ? node.items : []);

const textsOf = (node: YamlNode | undefined): readonly string[] =>
  node?.kind === "scalar" ? [node.text] : itemsOf(node).flatMap(textsOf);

/** What is read, without its places. Keys that come twice keep what comes first, as rules are read. */
function plainOf(node: YamlNode): unknown {
  if (node.kind === "null") return null;
  if (node.kind === "scalar") return node.text;
  if (node.kind === "sequence") return node.items.map(plainOf);
  const plain: Record<string, unknown> = {};
  for (const { key, value } of node.entries) {
    const name = key.kind === "scalar" ? key.text : JSON.stringify(plainOf(key));
    if (!Object.hasOwn(plain, name)) plain[name] = plainOf(value);
  }
  return plain;
}

const documentsOf = ({ documents }: RuleFile): unknown[] => documents.map(plainOf);

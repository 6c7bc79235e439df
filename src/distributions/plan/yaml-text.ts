/** Changes a YAML text where it must change, and nowhere else: comments, order, anchors and indentation stay. */
import { isAlias, isMap, isScalar, isSeq, type Pair, parseDocument, stringify, type YAMLMap, type YAMLSeq } from "yaml";
import { Refused } from "./contract.ts";

/** A key, or for a list the item whose member has this value: `{ name: "kube-apiserver" }`. */
export type Key = string | { readonly [member: string]: string };
export type Path = readonly Key[];

type Collection = YAMLMap | YAMLSeq;

/** The value at a path as plain data; undefined where there is none. */
export function readYaml(text: string, path: Path): unknown {
  const document = parse(text);
  let node: unknown = document.contents;
  for (const key of path) node = childOf(isAlias(node) ? node.resolve(document) : node, key);
  if (isAlias(node)) node = node.resolve(document);
  return node === undefined || node === null ? undefined : (node as Collection).toJS(document);
}

/** The text with the value at the path: put in, or in place of what is there. What is missing above it is made. */
export const setYaml = (text: string, path: Path, value: unknown): string =>
  byLines(text, (lines) => set(lines, path, value));

/** A text with a machine's line ends is changed as one without, and gets them back. */
function byLines(text: string, change: (text: string) => string): string {
  if (!text.includes("\r\n") || /(^|[^\r])\n/.test(text)) return change(text);
  return change(text.replaceAll("\r\n", "\n")).replaceAll("\n", "\r\n");
}

function set(text: string, path: Path, value: unknown): string {
  const document = parse(text);
  let node: unknown = document.contents;
  if (node === null || (isScalar(node) && node.value === null))
    return `${text === "" || text.endsWith("\n") ? text : `${text}\n`}${block(nested(path, value) as object)}`;
  for (const [at, key] of path.entries()) {
    const child = childOf(node, key);
    const rest = path.slice(at + 1);
    if (child === undefined) return insert(text, node, key, nested(rest, value), path);
    const empty = isScalar(child) && child.value === null && rest.length > 0;
    if (rest.length === 0 || empty) return replace(text, node as Collection, key, nested(rest, value));
    if (isAlias(child))
      throw new Refused(
        `\`${shown(path)}\` stands behind the alias \`*${child.source}\``,
        "write the value out: a change there would change all places that share it",
      );
    node = child;
  }
  return text;
}

/** The pair of a map at a path as it is written, key and value; undefined where there is none. */
export function rawYaml(text: string, path: Path): string | undefined {
  const place = pairAt(text, path);
  return place && text.slice(place.from, place.to);
}

/** The text with another writing of that pair, as `rawYaml` gave it; as it is where there is none. */
export function setRaw(text: string, path: Path, raw: string): string {
  const place = pairAt(text, path);
  return place === undefined ? text : splice(text, place.from, place.to, raw);
}

function pairAt(text: string, path: Path): { readonly from: number; readonly to: number } | undefined {
  const parent = nodeAt(text, path.slice(0, -1));
  const key = path.at(-1);
  if (!isMap(parent) || key === undefined) return undefined;
  const pair = parent.items[indexOf(parent, key)];
  if (pair === undefined) return undefined;
  const to = parent.flow ? rangeOf(pair.value ?? pair.key)[1] : contentEnd(text, pair);
  return { from: startOf(pair), to };
}

/** The text with one more item in the list at the path. */
export const addItem = (text: string, path: Path, item: unknown): string =>
  byLines(text, (lines) => add(lines, path, item));

function add(text: string, path: Path, item: unknown): string {
  const list = nodeAt(text, path);
  if (list === undefined || (isScalar(list) && list.value === null)) return set(text, path, [item]);
  if (!isSeq(list)) throw new Refused(`\`${shown(path)}\` is not a list`, "see what the file means there");
  if (list.flow) return flowInsert(text, list, JSON.stringify(item));
  const last = list.items.at(-1);
  return splice(text, endOf(text, last), endOf(text, last), `\n${indented(block([item]), columnOf(list))}`);
}

/**
 * The text without what is at the path, and without the collections above that nothing is left in. Those written within
 * brackets stay, empty, unless it was us who wrote them so: then their key is quoted.
 */
export const removeYaml = (text: string, path: Path): string => byLines(text, (lines) => remove(lines, path));

function remove(text: string, path: Path): string {
  const parent = nodeAt(text, path.slice(0, -1)) as Collection | undefined;
  const key = path.at(-1);
  if (parent === undefined || key === undefined || childOf(parent, key) === undefined) return text;
  const index = indexOf(parent, key);
  if (parent.items.length === 1 && path.length > 1) {
    const [open, close] = rangeOf(parent);
    return parent.flow && !isQuotedKey(text, path.slice(0, -1))
      ? splice(text, open + 1, close - 1, "")
      : remove(text, path.slice(0, -1));
  }
  const item = parent.items[index];
  if (parent.flow) return flowRemove(text, parent, index);
  const from = isMap(parent) ? startOf(item as Pair) : dashOf(parent, index);
  const to = endOf(text, isMap(parent) ? (item as Pair) : item);
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  // The first member of a list's item stands behind its dash: the next one moves up to it.
  if (text.slice(lineStart, from).trim() !== "") {
    const next = startOf(parent.items[index + 1] as Pair);
    return splice(text, from, next, "");
  }
  // At the end of a text whose last line is open, the line before it becomes the last.
  if (to === text.length) return splice(text, Math.max(lineStart - 1, 0), to, "");
  return splice(text, lineStart, to + 1, "");
}

/** Whether the collection at the path stands in brackets itself, behind a key as we write it there. */
function isQuotedKey(text: string, path: Path): boolean {
  const parent = nodeAt(text, path.slice(0, -1));
  const key = path.at(-1);
  if (!isMap(parent) || !parent.flow || key === undefined) return false;
  const pair = parent.items[indexOf(parent, key)];
  return pair !== undefined && text[startOf(pair)] === '"';
}

function parse(text: string) {
  const document = parseDocument(text, { keepSourceTokens: true });
  const [error] = document.errors;
  if (error !== undefined)
    throw new Refused(
      `the YAML cannot be read: ${error.message.split("\n")[0]}`,
      "mend it first: what cannot be read cannot be changed with care",
    );
  return document;
}

function nodeAt(text: string, path: Path): unknown {
  return path.reduce<unknown>((node, key) => childOf(node, key), parse(text).contents ?? undefined);
}

function childOf(node: unknown, key: Key): unknown {
  const index = isMap(node) || isSeq(node) ? indexOf(node, key) : -1;
  if (index < 0) return undefined;
  const item = (node as Collection).items[index];
  return isMap(node) ? ((item as Pair).value ?? undefined) : item;
}

function indexOf(node: Collection, key: Key): number {
  if (isMap(node))
    return node.items.findIndex((pair) => isScalar(pair.key) && typeof key === "string" && pair.key.value === key);
  if (typeof key === "string") return node.items.findIndex((item) => isScalar(item) && item.value === key);
  const wanted = Object.entries(key);
  return node.items.findIndex((item) => isMap(item) && wanted.every(([member, value]) => item.get(member) === value));
}

function insert(text: string, node: unknown, key: Key, value: unknown, path: Path): string {
  if (isSeq(node) && typeof key === "object")
    return add(text, path.slice(0, path.indexOf(key)), { ...key, ...(value as object) });
  if (!isMap(node) || typeof key !== "string")
    throw new Refused(
      `\`${shown(path)}\` has no place: what is above it is not a map`,
      "see what the file means there",
    );
  if (node.flow) return flowInsert(text, node, `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const last = node.items.at(-1) as Pair;
  const end = endOf(text, last);
  return splice(text, end, end, `\n${indented(block({ [key]: value }), columnOf(node))}`);
}

function replace(text: string, parent: Collection, key: Key, value: unknown): string {
  const index = indexOf(parent, key);
  const item = parent.items[index];
  if (parent.flow) {
    const node = isMap(parent) ? (item as Pair).value : item;
    const [from, to] = rangeOf(node);
    return splice(text, from, to, JSON.stringify(value));
  }
  if (isMap(parent)) {
    const from = startOf(item as Pair);
    const rendered = indented(block({ [key as string]: value }), columnOf(parent)).trimStart();
    return splice(text, from, contentEnd(text, item as Pair), rendered);
  }
  const from = dashOf(parent, index);
  return splice(text, from, contentEnd(text, item), indented(block([value]), columnOf(parent)).trimStart());
}

function flowInsert(text: string, node: Collection, piece: string): string {
  const close = rangeOf(node)[1] - 1;
  return splice(text, close, close, node.items.length === 0 ? piece : `, ${piece}`);
}

function flowRemove(text: string, parent: Collection, index: number): string {
  const bounds = (item: unknown): [number, number] =>
    isMap(parent)
      ? [startOf(item as Pair), rangeOf((item as Pair).value ?? (item as Pair).key)[1]]
      : [rangeOf(item)[0], rangeOf(item)[1]];
  const [from, to] = bounds(parent.items[index]);
  if (index > 0) return splice(text, bounds(parent.items[index - 1])[1], to, "");
  return splice(text, from, bounds(parent.items[index + 1])[0], "");
}

const rangeOf = (node: unknown): readonly [number, number] => {
  const range = (node as { range?: [number, number, number] | null }).range;
  if (range === undefined || range === null) throw new Error("a parsed node without a place");
  return [range[0], range[1]];
};

const startOf = (pair: Pair): number => rangeOf(pair.key)[0];

/** Where the dash of a list's item stands. */
function dashOf(list: Collection, index: number): number {
  const token = list.srcToken as { items: { start: { type: string; offset: number }[] }[] } | undefined;
  const dash = token?.items[index]?.start.find(({ type }) => type === "seq-item-ind");
  if (dash === undefined) throw new Error("a list's item without a dash");
  return dash.offset;
}

/** Characters before a block collection's keys or dashes. */
function columnOf(node: Collection): number {
  const token = node.srcToken as { indent?: number } | undefined;
  return Math.max(0, token?.indent ?? 0);
}

/** Behind the last character of a pair or an item, without the comment behind it. */
function contentEnd(text: string, item: unknown): number {
  const pair = item as Pair;
  const node = pair !== null && typeof pair === "object" && "key" in pair ? (pair.value ?? pair.key) : item;
  const last = deepest(node);
  // An empty value stands in no characters: the key's colon is the last of it.
  const isBlock = isScalar(last) && (last.type === "BLOCK_LITERAL" || last.type === "BLOCK_FOLDED");
  if (isBlock) return blockEnd(text, rangeOf(last)[0]);
  let end = Math.max(rangeOf(node)[1], rangeOf(last)[1]);
  if (isScalar(node) && node.value === null && rangeOf(node)[0] === rangeOf(node)[1]) {
    const colon = text.indexOf(":", rangeOf(pair.key)[1]);
    if (colon >= 0) end = colon + 1;
  }
  while (end > 0 && /\s/.test(text[end - 1] as string)) end--;
  return end;
}

/** Behind the last line of a block scalar: comments behind it, further out than its text, are not of it. */
function blockEnd(text: string, from: number): number {
  const head = text.indexOf("\n", from);
  if (head < 0) return text.length;
  let [end, indent] = [head, 0];
  for (let at = head + 1; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const to = newline < 0 ? text.length : newline;
    const line = text.slice(at, to);
    const column = line.length - line.trimStart().length;
    if (line.trim() !== "") {
      if (indent === 0) indent = column;
      if (column < indent || column === 0) break;
      end = to;
    }
    at = to + 1;
  }
  return end;
}

/** The end of that line, with its comment. */
function endOf(text: string, item: unknown): number {
  const end = contentEnd(text, item);
  const newline = text.indexOf("\n", end);
  const lineEnd = newline < 0 ? text.length : newline;
  return text[lineEnd - 1] === "\r" ? lineEnd - 1 : lineEnd;
}

/** The last leaf: a block collection's own range may hold comments that belong to what follows. */
function deepest(node: unknown): unknown {
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) {
    const last = node.items.at(-1);
    return deepest(isMap(node) ? ((last as Pair).value ?? (last as Pair).key) : last);
  }
  return node;
}

const splice = (text: string, from: number, to: number, piece: string): string =>
  `${text.slice(0, from)}${piece}${text.slice(to)}`;

const block = (value: object): string => stringify(value, { indentSeq: false, lineWidth: 0 });

const indented = (text: string, column: number): string =>
  text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => (line === "" ? line : " ".repeat(column) + line))
    .join("\n");

function nested(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, key) => (typeof key === "string" ? { [key]: inner } : [{ ...key, ...(inner as object) }]),
    value,
  );
}

const shown = (path: Path): string =>
  path.map((key) => (typeof key === "string" ? key : `[${Object.values(key)[0]}]`)).join(".");

/** A rules file as YAML sees it: documents of plain nodes, each with its place, read as yaml-cpp reads them (reference 01 §1.1). */
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  Parser,
  type Scalar,
  type YAMLParseError,
} from "yaml";
import { type Limits, limits as usualLimits } from "./limits.ts";
import { type FalcoPosition, type Marks, marks } from "./marks.ts";
import { alignment, type ScalarStyle } from "./scalar-places.ts";

export interface RuleFile {
  /** As the user named it; shown in messages. */
  readonly name: string;
  /** Without a byte order mark. Every offset below is into this, in UTF-16 units. */
  readonly text: string;
  readonly documents: readonly YamlNode[];
  /** The first thing that keeps the file from being YAML; then there are no documents. */
  readonly problem?: YamlProblem;
  /** Where an offset is, as Falco counts. */
  readonly position: (offset: number) => FalcoPosition;
}

export interface YamlProblem {
  /** In yaml-cpp's form, if not always in its words. */
  readonly message: string;
  /** In our own words. */
  readonly own: string;
  readonly from: number;
  readonly to: number;
}

export type YamlNode = YamlNull | YamlScalar | YamlSequence | YamlMapping;

interface Placed {
  /** Where yaml-cpp says the node is: at its anchor or tag if it has one. */
  readonly mark: number;
  /** The node's own text, without anchor or tag. */
  readonly from: number;
  readonly to: number;
  /** Nodes in it, itself included, aliases counted as what they stand for. */
  readonly weight: number;
}
export interface YamlNull extends Placed {
  readonly kind: "null";
}
export interface YamlScalar extends Placed {
  readonly kind: "scalar";
  readonly text: string;
  /** Neither quoted, nor a block, nor tagged: what a schema may take for a number. */
  readonly plain: boolean;
  /** The offset in the file of each unit of `text`, and of its end. */
  readonly places: () => ArrayLike<number>;
}
export interface YamlSequence extends Placed {
  readonly kind: "sequence";
  readonly items: readonly YamlNode[];
}
export interface YamlMapping extends Placed {
  readonly kind: "mapping";
  /** In the file's order; the same key may come twice. */
  readonly entries: readonly YamlEntry[];
}
export interface YamlEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** The value of a key: the first, where it is there twice. */
export function valueAt(mapping: YamlMapping, key: string): YamlNode | undefined {
  return mapping.entries.find((entry) => entry.key.kind === "scalar" && entry.key.text === key)?.value;
}

export function readRuleFile(name: string, content: string, limits: Limits = usualLimits): RuleFile {
  const text = content.startsWith("\uFEFF") ? content.slice(1) : content;
  const places = marks(text);
  const file = { name, text, position: places.position };
  if (text.length > limits.fileLength)
    return { ...file, documents: [], problem: tooMuch(0, `is longer than ${limits.fileLength} characters`) };
  let source = text;
  for (let again = 0; ; again++) {
    const tokens = [...new Parser().parse(source)];
    const shape = shapeOf(tokens, limits);
    if ("problem" in shape) return { ...file, documents: [], problem: shape.problem };
    const documents: YamlNode[] = [];
    const options = { schema: "failsafe", merge: false, uniqueKeys: false, logLevel: "silent" } as const;
    let error: YAMLParseError | undefined;
    for (const document of new Composer<ParsedNode>(options).compose(tokens)) {
      [error] = document.errors;
      if (error) break;
      const read = nodesOf(document, text, shape.properties, limits, places);
      if ("problem" in read) return { ...file, documents: [], problem: read.problem };
      documents.push(read.root);
    }
    if (!error) return { ...file, documents };
    const readAgain = again < mostUnfolded && text.length <= longestUnfolded;
    const next = readAgain && unindented.test(error.message) ? unfolded(source, shape.flows) : source;
    if (next === source) return { ...file, documents: [], problem: yamlProblem(error, text, places) };
    source = next;
  }
}

/** Each time shows the collections up to the next that is not indented, so there has to be a bound. */
const mostUnfolded = 4;
/** Nor is a longer text read again: the library is slow on what it finds wrong. */
const longestUnfolded = 131_072;
const unindented = /^Flow (?:sequence|map) in block collection/;

/**
 * yaml-cpp doesn't mind how the lines between brackets are indented, and our library does. The text with each collection
 * that begins at one of these offsets on one line; every character keeps its offset.
 */
function unfolded(text: string, flows: readonly number[]): string {
  const parts: string[] = [];
  let copied = 0;
  let unclosed = 0;
  for (const from of flows) {
    if (from < copied) continue;
    const to = flowEnd(text, from);
    // One that has no end was looked for through the whole file.
    if (to === undefined && ++unclosed > mostUnfolded) break;
    if (to === undefined) continue;
    const inside = text
      .slice(from, to)
      .replace(flowPart, (part) => (/^["']/.test(part) ? part : " ".repeat(part.length)));
    parts.push(text.slice(copied, from), inside);
    copied = to;
  }
  return parts.length === 0 ? text : parts.join("") + text.slice(copied);
}

/** A quoted text, a comment, a line end. A quote inside a word is a letter like any other. */
const flowPart = /(?<=[[{,:\s])(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*')|(?<=\s)#[^\r\n]*|[\r\n]/g;

/** Behind the bracket that closes the one at an offset. */
function flowEnd(text: string, from: number): number | undefined {
  const part = new RegExp(`${flowPart.source}|[[\\]{}]`, "g");
  part.lastIndex = from;
  let depth = 0;
  for (let found = part.exec(text); found; found = part.exec(text)) {
    if (found[0] === "[" || found[0] === "{") depth++;
    else if ((found[0] === "]" || found[0] === "}") && --depth === 0) return part.lastIndex;
  }
  return undefined;
}

const tooMuch = (at: number, what: string): YamlProblem => ({
  message: `yaml-cpp: error at line 1, column 1: the file ${what}`,
  own: `the file ${what}`,
  from: at,
  to: at,
});

/** Where the anchors and tags are, and the collections in brackets, in order, once the nesting is known to be safe to go down. */
function shapeOf(
  tokens: readonly object[],
  limits: Limits,
): { properties: number[]; flows: number[] } | { problem: YamlProblem } {
  const properties: number[] = [];
  const flows: number[] = [];
  let level: object[] = [...tokens];
  // Breadth first, so that depth costs no stack. A collection is two steps down: its items, and what they hold.
  for (let depth = 0; level.length > 0; depth++) {
    const next: object[] = [];
    for (const token of level) {
      if ("type" in token && (token.type === "anchor" || token.type === "tag") && "offset" in token)
        properties.push(Number(token.offset));
      if ("type" in token && token.type === "flow-collection" && "offset" in token) flows.push(Number(token.offset));
      if (depth > 2 * limits.yamlDepth + 2)
        return {
          problem: tooMuch(
            "offset" in token ? Number(token.offset) : 0,
            `nests deeper than ${limits.yamlDepth} levels`,
          ),
        };
      for (const key of ["items", "start", "key", "sep", "value", "props"] as const) {
        const inside: unknown = key in token ? token[key as keyof typeof token] : undefined;
        if (Array.isArray(inside)) for (const one of inside) next.push(one);
        else if (typeof inside === "object" && inside !== null) next.push(inside);
      }
    }
    level = next;
  }
  return { properties: properties.sort((a, b) => a - b), flows: flows.sort((a, b) => a - b) };
}

function yamlProblem(error: YAMLParseError, text: string, places: Marks): YamlProblem {
  let [from, to] = error.pos.map((at) => Math.min(at, text.length)) as [number, number];
  let own = (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, from + 1))?.[0] ?? "";
  if (indent.includes("\t")) {
    from = lineStart + indent.indexOf("\t");
    to = from + 1;
    own = "illegal tab when looking for indentation";
    return problemAt(own, from, to, places);
  }
  const theirs = theirWords.find(({ when }) => when.test(own));
  if (!theirs) return problemAt(own, from, Math.max(to, from), places);
  const at = from + (theirs.at?.exec(text.slice(from))?.[0].length ?? 0);
  return { ...problemAt(theirs.words, at, Math.max(to, at), places), own: own.charAt(0).toLowerCase() + own.slice(1) };
}

/** What yaml-cpp says where our library says something else, and how far behind our place its own is. */
const theirWords: readonly { readonly when: RegExp; readonly words: string; readonly at?: RegExp }[] = [
  // A second value in what is one already: yaml-cpp stands before its colon.
  {
    when: /^(?:Nested mappings are not allowed|Implicit keys need to be on a single line|The : indicator must)/,
    words: "illegal map value",
    at: /^(?:"(?:[^"\\]|\\[\s\S])*"[ \t]*|'(?:[^']|'')*'[ \t]*|[\s\S]*?)(?=:(?:\s|$))/,
  },
  { when: /^Sequence item without - indicator/, words: "end of sequence not found", at: /^ */ },
  { when: /^Missing closing ["']quote/, words: "illegal EOF in scalar" },
  { when: /^Flow sequence in block collection/, words: "end of sequence flow not found" },
  { when: /^Flow map in block collection/, words: "end of map flow not found" },
  { when: /^Plain value cannot start with/, words: "unknown token" },
  { when: /^Invalid escape sequence/, words: "unknown escape character", at: /^[\s\S]{2}/ },
];

function problemAt(words: string, from: number, to: number, places: Marks): YamlProblem {
  const { line, column } = places.position(from);
  return {
    message: `yaml-cpp: error at line ${line + 1}, column ${column + 1}: ${words}`,
    own: words.charAt(0).toLowerCase() + words.slice(1),
    from,
    to,
  };
}

/** The library's nodes as ours. Aliases become the node they stand for, itself and not a copy. */
function nodesOf(
  document: Document.Parsed<ParsedNode>,
  text: string,
  properties: readonly number[],
  limits: Limits,
  places: Marks,
): { root: YamlNode } | { problem: YamlProblem } {
  const anchors = new Map<string, YamlNode | undefined>();
  let problem: YamlProblem | undefined;

  const missing = (at: number): YamlNull => ({ kind: "null", mark: at, from: at, to: at, weight: 1 });

  function node(of: Node | null | undefined, fallback: number): YamlNode {
    if (!of?.range) return missing(nextToken(text, fallback));
    const [from, to] = of.range;
    if (isAlias(of)) {
      const target = anchors.get(of.source);
      if (target) return target;
      const words = anchors.has(of.source)
        ? `the alias *${of.source} stands inside what it names`
        : `the referenced anchor is not defined: ${of.source}`;
      problem ??= problemAt(words, from, to, places);
      return missing(from);
    }
    const anchor = "anchor" in of ? of.anchor : undefined;
    if (anchor) anchors.set(anchor, undefined);
    const own = (anchor ? 1 : 0) + (of.tag !== undefined ? 1 : 0);
    const made = isScalar(of) ? scalar(of, from, to, own) : collection(of, from, to, own);
    if (anchor) anchors.set(anchor, made);
    if (made.weight > limits.yamlNodes) {
      const many = `stands for more than ${limits.yamlNodes} nodes once its aliases are written out`;
      problem ??= tooMuch(from, many);
    }
    return made;
  }

  function scalar(of: Scalar, from: number, to: number, own: number): YamlNode {
    const value = typeof of.value === "string" ? of.value : "";
    const mark = own > 0 ? markBefore(properties, from, own) : from;
    const plain = of.type === "PLAIN" && of.tag === undefined;
    if (plain && isNullText(value)) {
      const at = value === "" && own === 0 ? nextToken(text, from) : mark;
      return { kind: "null", mark: at, from, to: Math.max(from, to), weight: 1 };
    }
    let known: ArrayLike<number> | undefined;
    return {
      kind: "scalar",
      text: value,
      plain,
      mark,
      from,
      to,
      weight: 1,
      places: () => {
        known ??= alignment(text, from, to, value, styleOf(of));
        return known;
      },
    };
  }

  function collection(of: Node, from: number, to: number, own: number): YamlNode {
    let weight = 1;
    if (isSeq(of)) {
      const items: YamlNode[] = [];
      let last = from;
      for (const item of of.items) {
        const made = node(isPair(item) ? undefined : (item as Node), last);
        items.push(made);
        weight += made.weight;
        last = made.to;
      }
      return { kind: "sequence", items, mark: own > 0 ? markBefore(properties, from, own) : from, from, to, weight };
    }
    const entries: YamlEntry[] = [];
    let mark = from;
    for (const [index, pair] of (isMap(of) ? of.items : []).entries()) {
      const key = node(pair.key as Node | null, from);
      const value = node(pair.value as Node | null, key.to);
      // A block map begins where its first key does, at that key's own anchor or tag.
      if (index === 0 && key.from === from) mark = key.mark;
      entries.push({ key, value });
      weight += key.weight + value.weight;
    }
    return { kind: "mapping", entries, mark: own > 0 ? markBefore(properties, mark, own) : mark, from, to, weight };
  }

  const root = node(document.contents, 0);
  return problem ? { problem } : { root };
}

/** The place of the first of the `count` anchors and tags that stand before an offset. */
function markBefore(properties: readonly number[], offset: number, count: number): number {
  let low = 0;
  let high = properties.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((properties[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return properties[low - count] ?? offset;
}

const isNullText = (text: string): boolean =>
  text === "" || text === "~" || text === "null" || text === "Null" || text === "NULL";

/** yaml-cpp says that a node which isn't there is where the next token begins: blanks and comments are none. */
function nextToken(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const next = text[at];
    if (next === " " || next === "\t" || next === "\n" || next === "\r" || next === ":") at++;
    else if (next === "#") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else break;
  }
  return at;
}

function styleOf(of: Scalar): ScalarStyle {
  if (of.type === "QUOTE_DOUBLE") return "double";
  if (of.type === "QUOTE_SINGLE") return "single";
  return of.type === "BLOCK_FOLDED" || of.type === "BLOCK_LITERAL" ? "block" : "plain";
}

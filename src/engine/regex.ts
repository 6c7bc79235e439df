/** The operator `regex`: RE2's POSIX syntax, read and refused as RE2 does, run in linear time over whole values. */
import { RE2JS } from "re2js";

export type Regex =
  | { readonly ok: true; readonly matches: (value: string) => boolean }
  | { readonly ok: false; readonly message: string };

/**
 * What tests whole values against a pattern; else Falco's message, RE2's words in it. The pattern is written
 * anew in the syntax re2js knows, so that nothing of that syntax which RE2-POSIX lacks can get through.
 */
export function regex(pattern: string): Regex {
  const read = readPattern(pattern);
  if ("problem" in read) return { ok: false, message: `invalid regex pattern: ${read.problem}` };
  return { ok: true, matches: matcher(read) };
}

/** A part of a pattern. */
interface Node {
  /** As re2js writes it. */
  readonly text: string;
  /** How many instructions it comes to, roughly. */
  readonly size: number;
  /** The largest product of counts nested in it. */
  readonly product: number;
  /** What it matches, where that is one text. */
  readonly literal?: string;
}

/** RE2's own bound on the product of nested counts. */
const maxProduct = 1000;
/** RE2 stops at 8 MB, some 170,000 instructions; ours cost more to run. */
const maxSize = 20_000;

/** Any run of characters without LF. */
const anyRun = "(?:[^\\x{a}])*";

/** Texts, and texts with `.*` at an end, need no machine, so long as no LF can stand where the dot is. */
function matcher({ whole, parts }: { whole: Node; parts: readonly Node[] }): (value: string) => boolean {
  let compiled: RE2JS | undefined;
  const run = (value: string) => {
    compiled ??= RE2JS.compile(whole.text);
    return compiled.testExact(value.toWellFormed());
  };
  const opens = parts[0]?.text === anyRun;
  const closes = parts.length > 1 && parts.at(-1)?.text === anyRun;
  const middle = parts.slice(opens ? 1 : 0, closes ? -1 : undefined);
  const known = middle.findIndex((part) => part.literal === undefined);
  const text = middle
    .slice(0, known < 0 ? undefined : known)
    .map((part) => part.literal)
    .join("");
  // Bytes that are no UTF-8 match as U+FFFD; the machine's copy of the value has it, the value itself has not.
  if (text.includes("\ufffd") || !text.isWellFormed()) return run;
  if (known >= 0) return opens || text === "" ? run : (value) => value.startsWith(text) && run(value);
  if (!opens && !closes) return (value) => value === text;
  const holds = opens
    ? closes
      ? (value: string) => value.includes(text)
      : (value: string) => value.endsWith(text)
    : (value: string) => value.startsWith(text);
  return (value) => holds(value) && (!value.includes("\n") || run(value));
}

/** Alternatives of one group, each a sequence. */
interface Group {
  readonly alternatives: Node[][];
}

type Pattern = { readonly whole: Node; readonly parts: readonly Node[] };

function readPattern(pattern: string): Pattern | { readonly problem: string } {
  const groups: Group[] = [{ alternatives: [[]] }];
  const sequence = () => groups.at(-1)!.alternatives.at(-1)!;
  for (let at = 0; at < pattern.length; ) {
    const from = at;
    const char = pattern[at]!;
    if (char === "(") {
      groups.push({ alternatives: [[]] });
      at++;
    } else if (char === ")") {
      if (groups.length === 1) return { problem: `unexpected ): ${pattern}` };
      const inner = joined(groups.pop()!);
      sequence().push(inner);
      at++;
    } else if (char === "|") {
      groups.at(-1)!.alternatives.push([]);
      at++;
    } else if (char === "^" || char === "$") {
      sequence().push({ text: `(?m:${char})`, size: 1, product: 1 });
      at++;
    } else if (char === ".") {
      sequence().push({ text: "[^\\x{a}]", size: 1, product: 1 });
      at++;
    } else if (char === "[") {
      const set = readSet(pattern, at);
      if ("problem" in set) return set;
      sequence().push(set.node);
      at = set.end;
    } else {
      const count = readCount(pattern, at);
      if (count) {
        at = count.end;
        const repeated = repeat(sequence().pop(), count, pattern.slice(from, at));
        if ("problem" in repeated) return repeated;
        sequence().push(repeated);
      } else {
        const read = char === "\\" ? readEscape(pattern, at) : readRune(pattern, at);
        if ("problem" in read) return read;
        sequence().push({
          text: hex(read.rune),
          size: 1,
          product: 1,
          literal: String.fromCodePoint(read.rune),
        });
        at = read.end;
      }
    }
  }
  if (groups.length > 1) return { problem: `missing ): ${pattern}` };
  const whole = joined(groups[0]!);
  if (whole.size > maxSize) return { problem: "pattern too large - compile failed" };
  const { alternatives } = groups[0]!;
  return { whole, parts: alternatives.length === 1 ? alternatives[0]! : [whole] };
}

function joined({ alternatives }: Group): Node {
  const nodes = alternatives.flat();
  const only = alternatives.length === 1 ? alternatives[0]!.map((node) => node.literal) : [undefined];
  return {
    text: `(?:${alternatives.map((sequence) => sequence.map((node) => node.text).join("")).join("|")})`,
    size: nodes.reduce((size, node) => size + node.size, alternatives.length),
    product: nodes.reduce((product, node) => Math.max(product, node.product), 1),
    literal: only.every((text) => text !== undefined) ? only.join("") : undefined,
  };
}

interface Count {
  readonly min: number;
  /** Infinity: without bound. */
  readonly max: number;
  readonly braces: boolean;
  readonly end: number;
}

/** A repetition, if one stands here. Braces that hold no count are literal, and so is a count with a leading zero. */
function readCount(pattern: string, at: number): Count | undefined {
  const simple = { "*": [0, Infinity], "+": [1, Infinity], "?": [0, 1] }[pattern[at]!];
  if (simple) return { min: simple[0]!, max: simple[1]!, braces: false, end: at + 1 };
  const braces = /^\{(0|[1-9][0-9]{0,8})(,(0|[1-9][0-9]{0,8})?)?\}/.exec(pattern.slice(at));
  if (!braces) return;
  const min = Number(braces[1]);
  const max = braces[2] === undefined ? min : braces[3] === undefined ? Infinity : Number(braces[3]);
  return { min, max, braces: true, end: at + braces[0].length };
}

function repeat(node: Node | undefined, { min, max, braces }: Count, written: string): Node | { problem: string } {
  const largest = max === Infinity ? min : max;
  const oversized = `invalid repetition size: ${written}`;
  if (braces && (max < min || largest > maxProduct)) return { problem: oversized };
  if (!node) return { problem: `no argument for repetition operator: ${written}` };
  const product = braces ? node.product * Math.max(largest, 1) : node.product;
  if (braces && (min > 1 || largest > 1) && product > maxProduct) return { problem: oversized };
  const size = node.size * Math.max(1, max === Infinity ? min + (braces ? 1 : 0) : max) + 1;
  // What goes beyond the bound needs no exact number, and must not grow without end.
  return { text: `(?:${node.text})${written}`, size: Math.min(size, maxSize * 1000), product };
}

type Rune = { readonly rune: number; readonly end: number } | { readonly problem: string };

function readRune(pattern: string, at: number): Rune {
  const rune = pattern.codePointAt(at);
  if (rune === undefined || (rune >= 0xd800 && rune <= 0xdfff)) return { problem: "invalid UTF-8" };
  return { rune, end: at + (rune > 0xffff ? 2 : 1) };
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

function readEscape(pattern: string, at: number): Rune {
  const rest = pattern.slice(at + 1);
  if (rest === "") return { problem: "trailing \\" };
  const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
  if (octal) return { rune: Number.parseInt(octal[0], 8), end: at + 1 + octal[0].length };
  const digits = /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/.exec(rest);
  const code = digits ? Number.parseInt(digits[1] ?? digits[2]!, 16) : Infinity;
  if (digits && code <= 0x10ffff) return { rune: code, end: at + 1 + digits[0].length };
  const next = readRune(pattern, at + 1);
  if ("problem" in next) return next;
  const control = controls[rest[0]!];
  if (control !== undefined) return { rune: control, end: next.end };
  // Any ASCII that is neither letter nor digit stands for itself.
  if (next.rune < 128 && !/[0-9A-Za-z]/.test(rest[0]!)) return next;
  return {
    problem: `invalid escape sequence: ${pattern.slice(at, rest[0] === "x" ? brokenHexEnd(pattern, at) : next.end)}`,
  };
}

/** How far RE2 had read when it saw that this is no number. */
function brokenHexEnd(pattern: string, at: number): number {
  const start = at + 2;
  if (pattern[start] !== "{") return Math.min(start + 2, pattern.length);
  let end = start + 1;
  let code = 0;
  while (end < pattern.length && /[0-9a-fA-F]/.test(pattern[end]!)) {
    code = code * 16 + Number.parseInt(pattern[end++]!, 16);
    if (code > 0x10ffff) return end;
  }
  return Math.min(end + 1, pattern.length);
}

/** A set in brackets. Named classes are ASCII; a negated set accepts LF. */
function readSet(pattern: string, from: number): { node: Node; end: number } | { problem: string } {
  const missing = { problem: `missing ]: ${pattern.slice(from)}` };
  const negated = pattern[from + 1] === "^";
  let at = from + (negated ? 2 : 1);
  let ranges = "";
  for (let first = true; first || pattern[at] !== "]"; first = false) {
    if (at >= pattern.length) return missing;
    if (pattern[at] === "-" && !first && pattern[at + 1] !== "]") {
      const next = readRune(pattern, at + 1);
      if ("problem" in next) return next;
      return { problem: `invalid character class range: ${pattern.slice(at, next.end)}` };
    }
    const named = /^\[:[\s\S]*?:\]/.exec(pattern.slice(at))?.[0];
    if (named) {
      const range = classes[named];
      if (range === undefined) return { problem: `invalid character class range: ${named}` };
      ranges += range;
      at += named.length;
      continue;
    }
    const low = readMember(pattern, at);
    if ("problem" in low) return low;
    const isRange = pattern[low.end] === "-" && low.end + 1 < pattern.length && pattern[low.end + 1] !== "]";
    const high = isRange ? readMember(pattern, low.end + 1) : low;
    if ("problem" in high) return high;
    if (high.rune < low.rune) return { problem: `invalid character class range: ${pattern.slice(at, high.end)}` };
    ranges += `${hex(low.rune)}-${hex(high.rune)}`;
    at = high.end;
  }
  return { node: { text: `[${negated ? "^" : ""}${ranges}]`, size: 1, product: 1 }, end: at + 1 };
}

function readMember(pattern: string, at: number): Rune {
  return pattern[at] === "\\" ? readEscape(pattern, at) : readRune(pattern, at);
}

function hex(rune: number): string {
  return `\\x{${rune.toString(16)}}`;
}

const names = "alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit".split(" ");
/** RE2's, with their negations: re2js knows the same ones by the same names. */
const classes: Readonly<Record<string, string>> = Object.fromEntries(
  names.flatMap((name) => [`[:${name}:]`, `[:^${name}:]`]).map((name) => [name, name]),
);

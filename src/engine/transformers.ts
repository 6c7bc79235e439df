/** Every transformer, told once: what it takes, what it makes of it, and by example (reference 01 §4.12). */
import type { FieldType, Scalar, Value } from "../fields/field.ts";
import { byteLength, fromBytes } from "../text/bytes.ts";
import { byteString, isAscii, respelt, textOfBytes } from "./byte-string.ts";
import type { Dialect } from "./contract.ts";
import { getopt, getoptValue, type Options, readOptions } from "./getopt.ts";
import { type Example, lowered } from "./operators.ts";
import type { TransformerName } from "./syntax.ts";
import { isList, printScalar } from "./values.ts";

/** What is known of a value before there is one. */
export interface Shape {
  readonly type: FieldType;
  readonly list: boolean;
}

/** An argument of a call: its shape, and its value where the rule itself gives it. */
export interface Given extends Shape {
  readonly constant?: Value;
  /** How many digits its numbers print with, at least. */
  readonly digits?: number;
  /** The call that makes it, if one does. */
  readonly call?: TransformerName;
  /** Whether it is a list written out in the rule, whose elements are texts already. */
  readonly written?: boolean;
}

/** Makes one value of one. Undefined for a value that has no such counterpart: the result is then absent. */
export interface SimpleTransformer {
  readonly doc: string;
  /** The shape of the result; undefined for what it does not take. */
  readonly shape: (of: Shape) => Shape | undefined;
  readonly apply: (value: Value) => Value | undefined;
  readonly examples: readonly Example[];
}
/** Makes one value of several, which are all there. */
export interface CombiningTransformer {
  readonly doc: string;
  /** What it comes to, `argument` being what stands in brackets behind it; else Falco's message. */
  readonly plan: (given: readonly Given[], argument: string | undefined, dialect: Dialect) => Combination | string;
  readonly examples: readonly Example[];
}
export interface Combination extends Shape {
  readonly apply: (values: readonly Value[]) => Value | undefined;
}

// The planner gives a transformer only what its shape allows; this says so to the type system.
const onTexts = (change: (text: string) => string | undefined) => (value: Value) => {
  if (!isList(value)) return change(value as string);
  const changed: string[] = [];
  for (const element of value) {
    const text = change(element as string);
    if (text === undefined) return;
    changed.push(text);
  }
  return changed;
};

function texts(
  doc: string,
  change: (text: string) => string | undefined,
  examples: readonly Example[],
): SimpleTransformer {
  return { doc, shape: (of) => (of.type === "string" ? of : undefined), apply: onTexts(change), examples };
}

function raised(text: string): string {
  return isAscii(text) ? text.toUpperCase() : text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

export const simpleTransformers: Readonly<Partial<Record<TransformerName, SimpleTransformer>>> = {
  val: {
    doc: "The field itself, where a bare name would be plain text: right of an operator.",
    shape: (of) => of,
    apply: (value) => value,
    examples: [
      ["t.str = val(t.str2)", { "t.str": "a", "t.str2": "a" }, true],
      ["t.str != val(t.str2)", { "t.str": "a" }, false],
    ],
  },
  tolower: texts("With ASCII letters made small.", lowered, [
    ["tolower(t.str) = abc", { "t.str": "aBC" }, true],
    ["tolower(t.strs) in (a, b)", { "t.strs": ["A", "b"] }, true],
  ]),
  toupper: texts("With ASCII letters made capital.", raised, [["toupper(t.str) = ABC", { "t.str": "aBc" }, true]]),
  basename: texts("What follows the last slash.", (text) => text.slice(text.lastIndexOf("/") + 1), [
    ["basename(t.str) = c", { "t.str": "/a/b/c" }, true],
    ["basename(t.str) = ''", { "t.str": "/a/" }, true],
  ]),
  b64: texts("Decoded from base64, padded or not; absent where it is none.", decodeBase64, [
    ["b64(t.str) = hello", { "t.str": "aGVsbG8=" }, true],
    ["b64(t.str) exists", { "t.str": "!!!" }, false],
  ]),
  len: {
    doc: "How many bytes a text has, or elements a list.",
    shape: ({ type, list }) => (list || type === "string" ? { type: "uint64", list: false } : undefined),
    apply: (value) => BigInt(isList(value) ? value.length : byteLength(value as string)),
    examples: [
      ["len(t.str) = 2", { "t.str": "é" }, true],
      ["len(t.strs) > 1", { "t.strs": ["a", "b"] }, true],
      ["len(t.strs) = 0", {}, false],
    ],
  },
};

export const combiningTransformers: Readonly<Partial<Record<TransformerName, CombiningTransformer>>> = {
  join: {
    doc: "The elements of a list as one text, with a separator between them.",
    plan: planJoin,
    examples: [
      ["join(',', t.strs) = 'a,b'", { "t.strs": ["a", "b"] }, true],
      ["join(',', (t.num, 5, 'x')) = '7,5,x'", { "t.num": 7 }, true],
      ["join(',', (t.str, 'x')) exists", {}, false],
    ],
  },
  concat: {
    doc: "Several texts as one.",
    plan(given, argument) {
      if (given.length < 2) return "concat() requires at least 2 arguments";
      if (!given.every(({ type, list }) => type === "string" && !list)) return "concat() arguments must be strings";
      if (argument !== undefined) return noArgument("concat");
      return { type: "string", list: false, apply: (values) => respelt(values.join("")) };
    },
    examples: [["concat(t.str, '-', 'b') = a-b", { "t.str": "a" }, true]],
  },
  getopt: {
    doc: "The options of a command line; behind it in brackets, one option whose value is wanted.",
    plan: planGetopt,
    examples: [
      ["getopt(t.strs, 'nt:') intersects (hello)", { "t.strs": ["-nt", "hello"] }, true],
      ["getopt(t.strs, 'nt:')[t] = hello", { "t.strs": ["-n", "-t", "hello"] }, true],
      ["getopt(t.strs, 'nt:')[t] exists", { "t.strs": ["-n"] }, false],
    ],
  },
};

function noArgument(name: string): string {
  return `transformer '${name}' does not support field arguments`;
}

function planJoin(given: readonly Given[], argument: string | undefined, dialect: Dialect): Combination | string {
  const [separator, list] = given;
  if (given.length !== 2 || !separator || !list) return "join() requires exactly 2 arguments: separator and list";
  if (separator.list) return "join() first argument (separator) must be a single value, not a list";
  if (!list.list || (dialect.falcoCompat && list.call === "getopt")) return "join() second argument must be a list";
  if (argument !== undefined) return noArgument("join");
  const print =
    dialect.falcoCompat && !list.written
      ? (element: Scalar) => (typeof element === "bigint" ? rawBytes(element) : printScalar(list.type, element))
      : (element: Scalar) => printScalar(list.type, element, list.digits);
  return {
    type: "string",
    list: false,
    apply: ([between, elements]) => {
      const glue = printScalar(separator.type, between as Scalar, separator.digits);
      return respelt((elements as readonly Scalar[]).map(print).join(glue));
    },
  };
}

/** Falco joins a list of numbers as C strings of their bytes in memory: up to the first zero. */
function rawBytes(number: bigint): string {
  let bytes = "";
  for (let rest = number; (rest & 255n) !== 0n; rest >>= 8n) bytes += String.fromCharCode(Number(rest & 255n));
  return textOfBytes(bytes);
}

function planGetopt(given: readonly Given[], argument: string | undefined): Combination | string {
  const [words, optstring] = given;
  if (given.length !== 2 || !words || !optstring)
    return "getopt() requires exactly 2 arguments: args list and optstring";
  if (!words.list) return "getopt() first argument must be a list";
  if (optstring.list) return "getopt() second argument (optstring) must be a single value";
  if (words.type !== "string" || optstring.type !== "string") return "getopt() arguments must be strings";
  const wanted = argument === undefined ? undefined : byteString(argument);
  if (wanted !== undefined && wanted.length !== 1) return "getopt() field argument must be a single option character";
  // Letters are bytes, so all that follows is done on bytes.
  const read = (text: Value): Options => readOptions(byteString(text as string));
  const known = optstring.constant === undefined ? undefined : read(optstring.constant);
  const taken = (line: Value) => (line as readonly string[]).map(byteString);
  if (wanted === undefined) {
    return {
      type: "string",
      list: true,
      apply: ([line, options]) => getopt(taken(line!), known ?? read(options!)).map(textOfBytes),
    };
  }
  return {
    type: "string",
    list: false,
    apply: ([line, options]) => {
      const value = getoptValue(taken(line!), known ?? read(options!), wanted);
      return value === undefined ? undefined : textOfBytes(value);
    },
  };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const sextets: ReadonlyMap<string, number> = new Map([...alphabet].map((letter, value) => [letter, value]));

/** Up to two `=` at the end are dropped, needed or not; bits left over must be zero. */
function decodeBase64(text: string): string | undefined {
  const bare = text.replace(/={1,2}$/, "");
  if (bare.length % 4 === 1 || (bare === "" && text !== "")) return;
  const bytes = new Uint8Array(Math.floor((bare.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < bare.length; i++) {
    const sextet = sextets.get(bare[i]!);
    if (sextet === undefined) return;
    bits = ((bits << 6) | sextet) & 0xfff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? fromBytes(bytes) : undefined;
}

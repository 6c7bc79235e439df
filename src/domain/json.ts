/** A strict JSON reader that keeps the source: one pass lays a tape of offsets, and values are made when asked for. */
import type { JsonValue } from "./json-value.ts";

/**
 * Values nest at most this deep, a scalar counting as a level of its own. An API server lets 10,000 through, but no
 * object of Kubernetes comes near a hundred, and everything downstream may walk a value by recursion without fear.
 */
export const maxDepth = 1000;

export interface JsonOptions {
  readonly maxDepth?: number;
  /**
   * Reads as fastjson does, the parser of Falco's plugins: control characters stand in strings, unknown escapes and
   * lone surrogates stay as written, and a number is whatever consists of the characters of numbers.
   */
  readonly lax?: boolean;
}

export type JsonOutcome =
  | { readonly ok: true; readonly value: JsonValue }
  /** `at` is a UTF-16 offset. */
  | { readonly ok: false; readonly at: number; readonly message: string };

/** Reads one JSON text (RFC 8259), blanks around it allowed. */
export function parseJson(text: string, options: JsonOptions = {}): JsonOutcome {
  const lax = options.lax ?? false;
  const fault = scan(text, options.maxDepth ?? maxDepth, lax);
  if (fault !== undefined) return { ok: false, ...fault };
  return { ok: true, value: new Node({ text, tape: scratch.slice(0, used * width), lax, blanks }, 0) };
}

/** What the value at an entry is, by its first character. */
const kinds: Readonly<Record<string, JsonValue["kind"]>> = {
  "{": "object",
  "[": "array",
  '"': "string",
  t: "boolean",
  f: "boolean",
  n: "null",
};

interface Source {
  readonly text: string;
  /**
   * Three words an entry: where it begins, doubled, plus one for a string with escapes; where it ends; the entry after
   * it and all it holds. An object's entries are its names and values in turn.
   */
  readonly tape: Uint32Array;
  readonly lax: boolean;
  /** Blanks stand between tokens somewhere, so a slice of the text need not be compact. */
  readonly blanks: boolean;
}

const width = 3;

class Node implements JsonValue {
  readonly kind: JsonValue["kind"];
  readonly #source: Source;
  readonly #entry: number;

  constructor(source: Source, entry: number) {
    this.#source = source;
    this.#entry = entry;
    const first = source.text.charAt(beginOf(source, entry));
    // `nan` is a number to fastjson, and the only one that begins like null.
    this.kind = kinds[first] === "null" && !isNull(source, entry) ? "number" : (kinds[first] ?? "number");
  }

  member(name: string): JsonValue | undefined {
    if (this.kind !== "object") return undefined;
    const source = this.#source;
    const end = nextOf(source, this.#entry);
    // fastjson looks for the name as written first, and undoes escapes only when that fails.
    const passes = source.lax ? 2 : 1;
    for (let pass = 1; pass <= passes; pass++) {
      for (let key = this.#entry + 1; key < end; key = nextOf(source, key + 1)) {
        if (isNamed(source, key, name, pass === passes)) return new Node(source, key + 1);
      }
    }
    return undefined;
  }

  *members(): Iterable<readonly [string, JsonValue]> {
    if (this.kind !== "object") return;
    const source = this.#source;
    const end = nextOf(source, this.#entry);
    for (let key = this.#entry + 1; key < end; key = nextOf(source, key + 1)) {
      yield [stringAt(source, key), new Node(source, key + 1)];
    }
  }

  element(index: number): JsonValue | undefined {
    if (this.kind !== "array" || !(index >= 0)) return undefined;
    const end = nextOf(this.#source, this.#entry);
    let entry = this.#entry + 1;
    for (let at = 0; at < index && entry < end; at++) entry = nextOf(this.#source, entry);
    return entry < end ? new Node(this.#source, entry) : undefined;
  }

  elements(): readonly JsonValue[] {
    if (this.kind !== "array") return [];
    const end = nextOf(this.#source, this.#entry);
    const all: JsonValue[] = [];
    for (let entry = this.#entry + 1; entry < end; entry = nextOf(this.#source, entry)) {
      all.push(new Node(this.#source, entry));
    }
    return all;
  }

  text(): string {
    return this.kind === "string" ? stringAt(this.#source, this.#entry) : this.compact();
  }

  compact(): string {
    const slice = this.#source.text.slice(beginOf(this.#source, this.#entry), endOf(this.#source, this.#entry));
    const nests = this.kind === "object" || this.kind === "array";
    return nests && this.#source.blanks ? withoutBlanks(slice) : slice;
  }

  plain(): unknown {
    switch (this.kind) {
      case "object": {
        const object = Object.create(null) as Record<string, unknown>;
        for (const [name, value] of this.members()) if (!(name in object)) object[name] = value.plain();
        return object;
      }
      case "array":
        return this.elements().map((element) => element.plain());
      case "string":
        return this.text();
      case "number":
        return Number(this.compact());
      case "boolean":
        return this.compact() === "true";
      case "null":
        return null;
    }
  }
}

function beginOf({ tape }: Source, entry: number): number {
  return tape[entry * width]! >>> 1;
}

function endOf({ tape }: Source, entry: number): number {
  return tape[entry * width + 1]!;
}

function nextOf({ tape }: Source, entry: number): number {
  return tape[entry * width + 2]!;
}

function isEscaped({ tape }: Source, entry: number): boolean {
  return (tape[entry * width]! & 1) === 1;
}

function isNull(source: Source, entry: number): boolean {
  return source.text.startsWith("null", beginOf(source, entry));
}

function isNamed(source: Source, key: number, name: string, undoEscapes: boolean): boolean {
  if (undoEscapes && isEscaped(source, key)) return stringAt(source, key) === name;
  const begin = beginOf(source, key) + 1;
  return endOf(source, key) - 1 - begin === name.length && source.text.startsWith(name, begin);
}

function stringAt(source: Source, entry: number): string {
  const inner = source.text.slice(beginOf(source, entry) + 1, endOf(source, entry) - 1);
  if (!isEscaped(source, entry)) return inner;
  return source.lax ? withoutEscapesLax(inner) : withoutEscapes(inner);
}

const letters: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Long texts hold JSON mostly, with an escape at each quote. */
const longText = 64;

function withoutEscapes(inner: string): string {
  if (inner.length > longText && inner.isWellFormed()) return (JSON.parse(`"${inner}"`) as string).toWellFormed();
  return inner.replace(/(?:\\u[0-9a-fA-F]{4})+|\\[^u]/g, (sequence) => {
    if (sequence[1] !== "u") return letters[sequence[1]!] ?? sequence[1]!;
    let units = "";
    for (let at = 2; at < sequence.length; at += 6) {
      units += String.fromCharCode(Number.parseInt(sequence.slice(at, at + 4), 16));
    }
    return units.toWellFormed();
  });
}

// What fastjson cannot decode it leaves as it stands, and half a surrogate pair is such a thing; two halves that do
// not fit together become one U+FFFD.
function withoutEscapesLax(inner: string): string {
  return inner.replace(
    /\\u(?:([dD][89a-fA-F][0-9a-fA-F]{2})(?:\\u([0-9a-fA-F]{4}))?|([0-9a-fA-F]{4}))|\\([\s\S])/g,
    (sequence, first?: string, second?: string, unit?: string, letter?: string) => {
      if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
      if (letter !== undefined) return letters[letter] ?? ('"\\/'.includes(letter) ? letter : sequence);
      if (first === undefined || second === undefined) return sequence;
      const pair = String.fromCharCode(Number.parseInt(first, 16), Number.parseInt(second, 16));
      return pair.isWellFormed() && pair.codePointAt(0)! > 0xffff ? pair : "\ufffd";
    },
  );
}

function withoutBlanks(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/gs, (_, string?: string) => string ?? "");
}

interface Fault {
  readonly at: number;
  readonly message: string;
}

// One scan at a time, and nothing of it outlives the copy that `parseJson` takes: so all share one tape, which grows
// to the largest event seen and no further.
let scratch = new Uint32Array(3 * 1024);
let used = 0;
let blanks = false;

function put(begin: number, end: number): number {
  if ((used + 1) * width > scratch.length) {
    const larger = new Uint32Array(scratch.length * 2);
    larger.set(scratch);
    scratch = larger;
  }
  const word = used * width;
  scratch[word] = begin;
  scratch[word + 1] = end;
  scratch[word + 2] = used + 1;
  return used++;
}

function scan(text: string, deepest: number, lax: boolean): Fault | undefined {
  used = 0;
  blanks = false;
  const open: number[] = [];
  let at = skip(text, 0);
  for (;;) {
    if (open.length >= deepest) return { at, message: `nested more than ${deepest} levels deep` };
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) {
      open.push(put(at * 2, 0));
      const inside = skip(text, at + 1);
      if (text.charCodeAt(inside) === code + 2) {
        at = inside;
      } else if (code === 0x5b) {
        at = inside;
        continue;
      } else {
        const value = name(text, inside, lax);
        if (typeof value !== "number") return value;
        at = value;
        continue;
      }
    } else {
      const end = code === 0x22 ? string(text, at, lax) : scalar(text, at, code, lax);
      if (typeof end !== "number") return end;
      at = end;
    }
    // A value has ended, or a container is about to: close all that close here, up to the next value.
    for (;;) {
      at = skip(text, at);
      const container = open[open.length - 1];
      if (container === undefined) {
        return at === text.length ? undefined : unexpected(text, at, "the end of the text");
      }
      const isObject = text.charCodeAt(scratch[container * width]! >>> 1) === 0x7b;
      const next = text.charCodeAt(at);
      if (next === (isObject ? 0x7d : 0x5d)) {
        open.pop();
        at++;
        scratch[container * width + 1] = at;
        scratch[container * width + 2] = used;
      } else if (next === 0x2c) {
        at = skip(text, at + 1);
        if (isObject) {
          const value = name(text, at, lax);
          if (typeof value !== "number") return value;
          at = value;
        }
        break;
      } else {
        return unexpected(text, at, isObject ? "`,` or `}`" : "`,` or `]`");
      }
    }
  }
}

/** Reads a member's name and its colon; answers where the value begins. */
function name(text: string, at: number, lax: boolean): number | Fault {
  if (text.charCodeAt(at) !== 0x22) return unexpected(text, at, "a member's name");
  const end = string(text, at, lax);
  if (typeof end !== "number") return end;
  const colon = skip(text, end);
  return text.charCodeAt(colon) === 0x3a ? skip(text, colon + 1) : unexpected(text, colon, "`:`");
}

function skip(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      if (at !== from) blanks = true;
      return at;
    }
    at++;
  }
}

const shortEscapes = '"\\/bfnrt';

function string(text: string, from: number, lax: boolean): number | Fault {
  let escaped = 0;
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      put(from * 2 + escaped, at + 1);
      return at + 1;
    }
    if (code === 0x5c) {
      escaped = 1;
      at++;
      if (lax || (at < text.length && shortEscapes.includes(text.charAt(at)))) continue;
      if (!isUnicodeEscape(text, at))
        return { at: at - 1, message: "a string holds an escape that JSON does not know" };
      at += 4;
    } else if (code < 0x20 && !lax) {
      return { at, message: "a string holds a bare control character" };
    }
  }
  return { at: text.length, message: "a string has no end" };
}

function isUnicodeEscape(text: string, at: number): boolean {
  if (text.charAt(at) !== "u" || at + 5 > text.length) return false;
  for (let digit = at + 1; digit < at + 5; digit++) {
    const code = text.charCodeAt(digit) | 0x20;
    if (!(code >= 0x30 && code <= 0x39) && !(code >= 0x61 && code <= 0x66)) return false;
  }
  return true;
}

const strictNumber = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const laxNumber = /[-+]?(?:inf|nan)|[-+.eE0-9]+/iy;

function scalar(text: string, at: number, code: number, lax: boolean): number | Fault {
  const word = code === 0x74 ? "true" : code === 0x66 ? "false" : code === 0x6e ? "null" : undefined;
  if (word !== undefined && text.startsWith(word, at)) return entry(at, at + word.length);
  const pattern = lax ? laxNumber : strictNumber;
  pattern.lastIndex = at;
  return pattern.test(text) ? entry(at, pattern.lastIndex) : unexpected(text, at, "a value");
}

function entry(begin: number, end: number): number {
  put(begin * 2, end);
  return end;
}

function unexpected(text: string, at: number, wanted: string): Fault {
  if (at >= text.length) return { at, message: `the text ends where ${wanted} should be` };
  const found = JSON.stringify(String.fromCodePoint(text.codePointAt(at)!).toWellFormed()).slice(1, -1);
  return { at, message: `found \`${found}\` where ${wanted} should be` };
}

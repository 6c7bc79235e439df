/** A JSON value as bytes that a scan has proved sound: read where it stands, member by member, when asked. */
import { isCompact } from "../compact.ts";
import { parseJson } from "../json.ts";
import type { JsonValue } from "../json-value.ts";
import { mayHoldLoosely, mayHoldMarks } from "../secret-marks.ts";
import { textOf } from "../utf8.ts";
import type { Ends } from "./scanned.ts";

const kinds: readonly JsonValue["kind"][] = Array.from({ length: 128 }, (_, code) => {
  switch (String.fromCharCode(code)) {
    case "{":
      return "object";
    case "[":
      return "array";
    case '"':
      return "string";
    case "t":
    case "f":
      return "boolean";
    case "n":
      return "null";
    default:
      return "number";
  }
});

export class ByteValue implements JsonValue {
  readonly kind: JsonValue["kind"];
  readonly #bytes: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  readonly #ends: Ends | undefined;
  /** Members that were asked for. */
  #known: Map<string, ByteValue | undefined> | undefined;

  /** `ends`: of the payload that `bytes` are. */
  constructor(bytes: Uint8Array, from: number, to: number, ends?: Ends) {
    this.#bytes = bytes;
    this.#ends = ends;
    this.#from = from;
    this.#to = to;
    this.kind = kinds[bytes[from]!]!;
  }

  member(name: string): JsonValue | undefined {
    if (this.kind !== "object") return undefined;
    this.#known ??= new Map();
    const known = this.#known.get(name);
    if (known !== undefined || this.#known.has(name)) return known;
    const found = this.#find(name);
    this.#known.set(name, found);
    return found;
  }

  /** The first member of the name, as for the plain reader. */
  #find(name: string): ByteValue | undefined {
    const bytes = this.#bytes;
    // No text of an event holds half of a surrogate pair.
    if (!name.isWellFormed()) return undefined;
    const ascii = isShortAscii(name) ? name : undefined;
    const encoded = ascii === undefined ? new TextEncoder().encode(name) : undefined;
    let at = afterBlanks(bytes, this.#from + 1);
    while (bytes[at] === 0x22) {
      const end = stringEnd(bytes, at);
      const value = afterBlanks(bytes, afterBlanks(bytes, end) + 1);
      const to = valueEnd(bytes, value, this.#ends);
      if (isNamed(bytes, at + 1, end - 1, name, ascii, encoded)) return new ByteValue(bytes, value, to, this.#ends);
      at = afterBlanks(bytes, to);
      if (bytes[at] === 0x2c) at = afterBlanks(bytes, at + 1);
    }
    return undefined;
  }

  *members(): Iterable<readonly [string, JsonValue]> {
    if (this.kind !== "object") return;
    const bytes = this.#bytes;
    let at = afterBlanks(bytes, this.#from + 1);
    while (bytes[at] === 0x22) {
      const end = stringEnd(bytes, at);
      const value = afterBlanks(bytes, afterBlanks(bytes, end) + 1);
      const to = valueEnd(bytes, value, this.#ends);
      yield [stringText(bytes, at, end), new ByteValue(bytes, value, to, this.#ends)];
      at = afterBlanks(bytes, to);
      if (bytes[at] === 0x2c) at = afterBlanks(bytes, at + 1);
    }
  }

  element(index: number): JsonValue | undefined {
    return this.kind === "array" && index >= 0 ? this.elements()[index] : undefined;
  }

  elements(): readonly JsonValue[] {
    if (this.kind !== "array") return [];
    const bytes = this.#bytes;
    const all: JsonValue[] = [];
    let at = afterBlanks(bytes, this.#from + 1);
    while (bytes[at] !== 0x5d) {
      const to = valueEnd(bytes, at, this.#ends);
      all.push(new ByteValue(bytes, at, to, this.#ends));
      at = afterBlanks(bytes, to);
      if (bytes[at] === 0x2c) at = afterBlanks(bytes, at + 1);
    }
    return all;
  }

  text(): string {
    return this.kind === "string" ? stringText(this.#bytes, this.#from, this.#to) : this.compact();
  }

  compact(): string {
    const nests = this.kind === "object" || this.kind === "array";
    if (nests && this.#ends === undefined && !isCompact(this.#bytes, this.#from, this.#to))
      return this.#read().compact();
    return sliceText(this.#bytes, this.#from, this.#to);
  }

  /** Whether marks of secrets stand in it; undefined where only its text tells. */
  isMarked(): boolean | undefined {
    const [bytes, from, to] = [this.#bytes, this.#from, this.#to];
    if (this.#ends !== undefined) return this.#ends.isMarked(bytes, from, to);
    return mayHoldMarks(bytes, from, to) ? undefined : false;
  }

  /** Whether it surely holds nothing that is sealed where it stands, be it by a name that is no mark. */
  get isHarmless(): boolean {
    // What nests too deeply is sealed whatever it holds.
    if (this.#ends === undefined || this.isMarked() !== false) return false;
    return !mayHoldLoosely(this.#bytes, this.#from, this.#to);
  }

  plain(): unknown {
    return this.#read().plain();
  }

  #read(): JsonValue {
    return readSound(this.#bytes, this.#from, this.#to);
  }
}

/** The plain reader's value of bytes that a scan has proved sound. */
export function readSound(bytes: Uint8Array, from: number, to: number): JsonValue {
  const read = parseJson(textOf(bytes.subarray(from, to)));
  if (!read.ok) throw new Error(`the scan took for JSON what is none: ${read.message}`);
  return read.value;
}

function isNamed(
  bytes: Uint8Array,
  from: number,
  to: number,
  name: string,
  ascii: string | undefined,
  encoded: Uint8Array | undefined,
): boolean {
  const length = to - from;
  if (ascii !== undefined && length === ascii.length) {
    let at = 0;
    while (at < length && bytes[from + at] === ascii.charCodeAt(at)) at++;
    if (at === length) return !ascii.includes("\\");
  } else if (encoded !== undefined && length === encoded.length) {
    let at = 0;
    while (at < length && bytes[from + at] === encoded[at]) at++;
    if (at === length) return !name.includes("\\");
  }
  return hasEscape(bytes, from, to) && stringText(bytes, from - 1, to + 1) === name;
}

/** The string whose quotes stand at both ends. */
function stringText(bytes: Uint8Array, from: number, to: number): string {
  return hasEscape(bytes, from, to) ? readSound(bytes, from, to).text() : sliceText(bytes, from + 1, to - 1);
}

/** Letter by letter each letter beyond so many is an object of its own. */
const fewLetters = 12;

/** Many texts are a few ASCII letters, for which a decoder costs more than it does. */
function sliceText(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > fewLetters) return textOf(bytes.subarray(from, to));
  let text = "";
  for (let at = from; at < to; at++) {
    const code = bytes[at]!;
    if (code > 127) return textOf(bytes.subarray(from, to));
    text += String.fromCharCode(code);
  }
  return text;
}

function isShortAscii(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) > 127) return false;
  return true;
}

function hasEscape(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === 0x5c) return true;
  return false;
}

function afterBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at]! <= 0x20) at++;
  return at;
}

/** After the string that begins here. */
function stringEnd(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  for (;;) {
    const code = bytes[at]!;
    if (code === 0x22) return at + 1;
    at += code === 0x5c ? 2 : 1;
  }
}

function valueEnd(bytes: Uint8Array, from: number, ends: Ends | undefined): number {
  const first = bytes[from]!;
  if (first === 0x22) return stringEnd(bytes, from);
  let at = from;
  if (first !== 0x7b && first !== 0x5b) {
    // A scalar within an object or array, which therefore ends.
    while (!isDelimiter(bytes[at]!)) at++;
    return at;
  }
  const known = ends?.endOf(from) ?? 0;
  if (known > 0) return known;
  let depth = 0;
  for (;;) {
    const code = bytes[at]!;
    if (code === 0x22) {
      at = stringEnd(bytes, at);
      continue;
    }
    at++;
    const lower = code | 0x20;
    if (lower === 0x7b) depth++;
    else if (lower === 0x7d && --depth === 0) return at;
  }
}

const isDelimiter = (code: number) => code <= 0x20 || code === 0x2c || code === 0x7d || code === 0x5d;

/** The characters of a condition: blanks, names, numbers, quoted and bare text, each the longest match where we stand (reference 01 §3.1). */
import { fromBytes, toBytes } from "../text/bytes.ts";
import type { Span } from "./syntax.ts";

/** What was wrong, in Falco's words, and where the parser stood. Thrown and caught within the parser, never seen outside. */
export class SyntaxProblem extends Error {
  readonly code: string;
  readonly offset: number;
  readonly span: Span;
  constructor(code: string, message: string, offset: number, span: Span) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.span = span;
  }
}

const patterns = {
  name: /[a-zA-Z]+[a-zA-Z0-9_]*/y,
  fieldName: /[a-zA-Z]+[a-zA-Z0-9_]*(?:\.[a-zA-Z]+[a-zA-Z0-9_]*)+/y,
  // All white space ends these two, vertical tab and form feed too; blanks between tokens are fewer.
  bareArgument: /[^[\]"' \t\n\v\f\r]+/y,
  bareValue: /[^()"'=, \t\n\v\f\r]+/y,
  hexNumber: /0[xX][0-9a-fA-F]+/y,
  number: /[+-]?[0-9]+\.?[0-9]*(?:[eE][+-][0-9]+)?/y,
  notAndBlanks: /not[ \t\n\v\f\r]+/y,
} as const;

const simpleEscapes: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "/": "/",
  // Falco loses the blank and keeps the backslash.
  " ": "\\",
};

/** A place in a text that moves on as tokens are taken. What does not fit moves nothing. */
export class Scanner {
  readonly text: string;
  at: number;
  /** The last token taken, unescaped, without quotes: Falco's messages name it. */
  last = "";

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** Takes blanks; whether there were any. */
  blanks(): boolean {
    const from = this.at;
    while (isBlank(this.text.charCodeAt(this.at))) this.at++;
    return this.at > from;
  }

  /** Takes one blank. */
  blank(): boolean {
    if (!isBlank(this.text.charCodeAt(this.at))) return false;
    this.at++;
    return true;
  }

  /** Takes exactly this text, as a prefix: no word need end behind it. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    this.last = text;
    return true;
  }

  /** Takes the longest match of a pattern; undefined where there is none. */
  match(kind: keyof typeof patterns): string | undefined {
    const pattern = patterns[kind];
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    this.last = found;
    return found;
  }

  /** Takes a quoted string and answers what it says; undefined where none begins, or where it has no end. */
  quoted(): string | undefined {
    const from = this.at;
    const quote = this.text[from];
    if (quote !== '"' && quote !== "'") return undefined;
    let to = from + 1;
    // It ends at the first same quote whose previous byte is no backslash, escaped or not.
    while (this.text[to] !== quote || this.text[to - 1] === "\\") {
      if (to >= this.text.length || this.text[to] === "\0") return undefined;
      to++;
    }
    this.at = to + 1;
    const value = unescaped(this.text.slice(from + 1, to), quote, { from, to: to + 1 });
    this.last = value;
    return value;
  }
}

export function isBlank(unit: number): boolean {
  return unit === 32 || (unit >= 8 && unit <= 10) || unit === 13;
}

function unescaped(raw: string, quote: string, span: Span): string {
  if (!raw.includes("\\")) return raw;
  const refuse = (message: string) => new SyntaxProblem("bad-escape", message, span.to, span);
  let out = "";
  let bytes = false;
  for (let at = 0; at < raw.length; at++) {
    const unit = raw[at]!;
    if (unit !== "\\") {
      out += unit;
      continue;
    }
    const letter = raw[++at] ?? "";
    const simple = simpleEscapes[letter];
    if (simple !== undefined) out += simple;
    else if (letter === '"' || letter === "'") {
      if (letter !== quote) throw refuse(`invalid \\${letter} escape in ${quote}-quoted string`);
      out += letter;
    } else if (letter === "x") {
      const digits = raw.slice(at + 1, at + 3);
      if (digits.length < 2) throw refuse("truncated hex char escape sequence");
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw refuse(`invalid hex char escape sequence: ${digits}`);
      const byte = Number.parseInt(digits, 16);
      out += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
      bytes ||= byte >= 0x80;
      at += 2;
    } else throw refuse(`unsupported string escape sequence: \\${letter}`);
  }
  // Bytes written one by one may spell a character together.
  return bytes ? fromBytes(toBytes(out)) : out;
}

/** Cuts a stream of bytes into items that can be decoded one by one, holding no more than one of them in memory. */

export interface Item {
  readonly bytes: Uint8Array;
  /** The line of the stream it begins on, from 1. */
  readonly line: number;
  /** Set when it was longer than the bound: these are its first bytes, the rest was passed over. */
  readonly tooLong?: boolean;
}

export interface Splitter {
  /** The items that end in this piece of the stream. */
  push(piece: Uint8Array): readonly Item[];
  /** What is left at the stream's end. */
  end(): readonly Item[];
}

/** An item longer than this is passed over: four times the largest body that an API server sends. */
export const maxItemBytes = 256 * 1024 * 1024;

/** Deeper than this nothing is read, and what surrounds a byte is not remembered. */
const maxDepth = 10_000;

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

const isBlank = (code: number): boolean => code === 0x20 || code === newline || code === 0x0d || code === 0x09;

/** Bytes that are kept until an item is whole. */
class Pending {
  #buffer = new Uint8Array(0);
  length = 0;
  readonly bound: number;

  constructor(bound: number) {
    this.bound = bound;
  }

  /** What does not fit is passed over. */
  add(piece: Uint8Array): void {
    const fits = piece.subarray(0, Math.max(0, this.bound - this.length));
    if (this.length + fits.length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(this.length + fits.length, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.length));
      this.#buffer = larger;
    }
    this.#buffer.set(fits, this.length);
    this.length += fits.length;
  }

  take(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.length);
    this.#buffer = new Uint8Array(0);
    this.length = 0;
    return bytes;
  }
}

/** One item a line, blank ones left out: what a file is to Falco's plugin. */
export class LineSplitter implements Splitter {
  readonly #pending: Pending;
  #line = 1;
  #dropped = 0;

  constructor(bound = maxItemBytes) {
    this.#pending = new Pending(bound);
  }

  push(piece: Uint8Array): readonly Item[] {
    const items: Item[] = [];
    let from = 0;
    for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline, from)) {
      items.push(...this.#lineEnded(piece.subarray(from, at)));
      this.#line++;
      from = at + 1;
    }
    this.#add(piece.subarray(from));
    return items;
  }

  end(): readonly Item[] {
    return this.#lineEnded(new Uint8Array(0));
  }

  #add(piece: Uint8Array): void {
    const before = this.#pending.length;
    this.#pending.add(piece);
    this.#dropped += piece.length - (this.#pending.length - before);
  }

  #lineEnded(rest: Uint8Array): readonly Item[] {
    let bytes = rest;
    if (this.#pending.length > 0) {
      this.#add(rest);
      bytes = this.#pending.take();
    }
    const tooLong = this.#dropped > 0;
    this.#dropped = 0;
    if (bytes.at(-1) === 0x0d) bytes = bytes.subarray(0, -1);
    if (bytes.length === 0) return [];
    return [{ bytes, line: this.#line, ...(tooLong && { tooLong }) }];
  }
}

/**
 * The objects at the top of the stream, in whatever arrays, lines or commas around them, pretty-printed or not. What
 * is neither is an item up to its line's end, for the decoder to refuse. An object that breaks off ends where the next one
 * begins: within a string a line cannot end, and after a value nothing but a comma or a bracket can follow.
 */
export class ObjectSplitter implements Splitter {
  readonly #pending: Pending;
  #line = 1;
  #itemLine = 1;
  /** What surrounds the current byte within an item: braces and brackets that are open. */
  #open: number[] = [];
  #state: "between" | "object" | "string" | "escape" | "junk" = "between";
  /** The last byte that was no blank, and whether only a line's end stands between it and here. */
  #last = 0;
  #atLineStart = false;
  #size = 0;
  /** Arrays that are open around items. */
  #arrays = 0;

  constructor(bound = maxItemBytes) {
    this.#pending = new Pending(bound);
  }

  /** Nothing has begun here that is not ended, so that what follows may be read by somebody else. */
  get isResting(): boolean {
    return this.#state === "between" && this.#arrays === 0;
  }

  /** The line that follows. */
  get line(): number {
    return this.#line;
  }

  /** So many lines were read by somebody else. */
  pass(lines: number): void {
    this.#line += lines;
  }

  push(piece: Uint8Array): readonly Item[] {
    const items: Item[] = [];
    let from = 0;
    const finish = (to: number) => {
      items.push(...this.#finished(piece.subarray(from, to)));
      from = to;
    };
    for (let at = 0; at < piece.length; at++) {
      const code = piece[at]!;
      switch (this.#state) {
        case "string": {
          // Most bytes of an audit log stand in strings: run through them.
          let next = at;
          while (next < piece.length && !endsRun(piece[next]!)) next++;
          at = next;
          if (next === piece.length) break;
          if (piece[next] === quote) this.#state = "object";
          else if (piece[next] === backslash) this.#state = "escape";
          else {
            finish(next);
            this.#line++;
          }
          break;
        }
        case "escape":
          this.#state = "string";
          if (code === newline) {
            finish(at);
            this.#line++;
          }
          break;
        case "object":
          if (code === newline) {
            this.#line++;
            this.#atLineStart = true;
          } else if (isBlank(code)) this.#atLineStart = false;
          else {
            if (code === quote) this.#state = "string";
            else if (code === openBrace || code === openBracket) {
              if (this.#atLineStart && code === openBrace && !this.#mayNest()) {
                finish(at);
                this.#begin();
                break;
              }
              this.#open.push(code);
              if (this.#open.length > maxDepth) this.#state = "junk";
            } else if (code === closeBrace || code === closeBracket) this.#open.pop();
            this.#last = code;
            this.#atLineStart = false;
            if (this.#open.length === 0) finish(at + 1);
          }
          break;
        case "between":
          if (code === newline) this.#line++;
          else if (code === openBracket) this.#arrays++;
          else if (code === closeBracket) this.#arrays = Math.max(0, this.#arrays - 1);
          if (isBlank(code) || code === openBracket || code === closeBracket || code === comma || code === 0x1e) {
            from = at + 1;
            break;
          }
          from = at;
          if (code === openBrace) this.#begin();
          else {
            this.#itemLine = this.#line;
            this.#state = "junk";
          }
          break;
        case "junk":
          if (code === newline) {
            finish(at);
            this.#line++;
          } else if (this.#arrays > 0 && (code === comma || code === closeBracket)) {
            finish(at);
            at--;
          }
      }
    }
    if (this.#state !== "between") this.#keep(piece.subarray(from));
    return items;
  }

  end(): readonly Item[] {
    return this.#state === "between" ? [] : this.#finished(new Uint8Array(0));
  }

  #begin(): void {
    this.#itemLine = this.#line;
    this.#state = "object";
    this.#open = [openBrace];
    this.#last = openBrace;
    this.#atLineStart = false;
  }

  /** Whether an object may begin here in well-formed JSON, at the beginning of a line. */
  #mayNest(): boolean {
    return this.#open.at(-1) === openBracket && (this.#last === openBracket || this.#last === comma);
  }

  #keep(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#pending.add(bytes);
  }

  #finished(rest: Uint8Array): readonly Item[] {
    let bytes = rest;
    if (this.#size > 0) {
      this.#keep(rest);
      bytes = this.#pending.take();
    }
    const tooLong = Math.max(this.#size, bytes.length) > this.#pending.bound;
    this.#size = 0;
    this.#state = "between";
    this.#open = [];
    if (bytes.every((code) => isBlank(code) || isMark(code))) return [];
    return [{ bytes, line: this.#itemLine, ...(tooLong && { tooLong }) }];
  }
}

const endsRun = (code: number): boolean => code === quote || code === backslash || code === newline;

/** A byte of a byte order mark, which some tools put before each file. */
const isMark = (code: number): boolean => code === 0xef || code === 0xbb || code === 0xbf;

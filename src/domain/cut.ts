/** Cuts a payload into its items by structure alone, on bytes, so that each is decoded and read by itself. */

/** A stretch of the payload that looks like one item. */
export interface Piece {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** It stood in the `items` of an EventList. */
  readonly listed: boolean;
  /** Set when the stretch has no structure of JSON. */
  readonly fault?: string;
}

/** Whether a stretch of the payload is one JSON text. */
type IsJson = (from: number, to: number) => boolean;

// A scan that runs to the end of the payload in vain may be repeated this often before only single lines are tried:
// without a bound, a payload of open braces would cost the square of its size.
const maxVainScans = 64;

/**
 * The items of a payload in any envelope: events and lists one after the other or one a line, arrays in arrays,
 * and the elements of a list at the top. What is broken is one piece with a fault, and the next item goes on.
 */
export function* cut(bytes: Uint8Array, isJson: IsJson): Generator<Piece> {
  const scan = new Scan(bytes);
  let at = 0;
  for (;;) {
    at = scan.skipBetween(at);
    if (at >= bytes.length) return;
    const first = bytes[at];
    if (first !== openBrace && first !== openBracket) {
      const to = scan.lineEnd(at);
      yield { from: at, to, listed: false, fault: "no JSON object or array begins here" };
      at = to;
      continue;
    }
    const whole = scan.whole(at, isJson);
    yield* whole.pieces;
    at = whole.to;
  }
}

/** The elements of the EventList that this stretch is; undefined if it is none. */
export function cutList(bytes: Uint8Array): readonly Piece[] | undefined {
  const scan = new Scan(bytes);
  const list = scan.object(scan.skipBlanks(0, bytes.length), bytes.length);
  return list.kind === "EventList" ? list.pieces : undefined;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const quote = 0x22;
const comma = 0x2c;
const newline = 0x0a;

interface Stretch {
  /** After it; -1 when it does not end. */
  readonly to: number;
  readonly pieces: readonly Piece[];
  /** Where what could not be cut begins. */
  readonly brokenAt: number;
  readonly kind?: string;
}

class Scan {
  readonly #bytes: Uint8Array;
  #vain = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** One object or array of the top level, or the broken stretch up to where the next may begin. */
  whole(at: number, isJson: IsJson): { readonly to: number; readonly pieces: readonly Piece[] } {
    const line = this.lineEnd(at);
    const end = this.#bytes.length;
    let found = this.#value(at, line);
    if (found.to < 0 && line < end && this.#vain < maxVainScans) {
      // It may be spread over lines. Then it must be sound, lest a line that lost its end swallow those below it.
      const spread = this.#value(at, end);
      if (spread.to >= 0 && isJson(at, spread.to)) return spread;
      this.#vain++;
      if (spread.to < 0 && this.#nextItem(at) === end) found = spread;
    }
    if (found.to >= 0) return found;
    const to = this.#nextItem(at);
    const rest = found.pieces.length > 0 ? found.brokenAt : at;
    const broken = this.#trimmed(rest, to, "it breaks off");
    return { to, pieces: broken === undefined ? found.pieces : [...found.pieces, broken] };
  }

  #value(at: number, end: number): Stretch {
    return this.#bytes[at] === openBrace ? this.object(at, end) : this.#array(at, end, false);
  }

  /** An object; the elements of its `items` when it is an EventList, else itself. */
  object(from: number, end: number): Stretch {
    const bytes = this.#bytes;
    let kind: string | undefined;
    let items: Stretch | undefined;
    const broken = (at: number): Stretch => ({
      to: -1,
      pieces: kind === "EventList" ? (items?.pieces ?? []) : [],
      brokenAt: items === undefined || items.to >= 0 ? at : items.brokenAt,
      kind,
    });
    if (bytes[from] !== openBrace) return broken(from);
    let at = this.skipBlanks(from + 1, end);
    while (bytes[at] !== closeBrace) {
      const nameEnd = bytes[at] === quote ? this.#stringEnd(at, end) : -1;
      const colon = nameEnd < 0 ? -1 : this.skipBlanks(nameEnd, end);
      if (colon < 0 || colon >= end || bytes[colon] !== 0x3a) return broken(at);
      const value = this.skipBlanks(colon + 1, end);
      let valueEnd: number;
      if (items === undefined && bytes[value] === openBracket && this.#spells(at, nameEnd, '"items"')) {
        items = this.#array(value, end, true);
        valueEnd = items.to;
      } else {
        valueEnd = this.#valueEnd(value, end);
        if (kind === undefined && valueEnd >= 0 && this.#spells(at, nameEnd, '"kind"')) {
          kind = this.#spells(value, valueEnd, '"EventList"') ? "EventList" : "other";
        }
      }
      if (valueEnd < 0) return broken(value);
      at = this.skipBlanks(valueEnd, end);
      if (at >= end) return broken(at);
      if (bytes[at] === comma) at = this.skipBlanks(at + 1, end);
      else if (bytes[at] !== closeBrace) return broken(at);
    }
    if (at >= end) return broken(at);
    const isList = kind === "EventList" && items !== undefined;
    const pieces = isList ? items!.pieces : [{ from, to: at + 1, listed: false }];
    return { to: at + 1, pieces, brokenAt: at, kind };
  }

  /** An array's elements, those of the arrays in it too, however deep. */
  #array(from: number, end: number, listed: boolean): Stretch {
    const bytes = this.#bytes;
    const pieces: Piece[] = [];
    let depth = 0;
    let at = from;
    for (;;) {
      at = this.skipBlanks(at, end);
      if (at >= end) return { to: -1, pieces, brokenAt: at };
      const code = bytes[at];
      if (code === openBracket) {
        depth++;
        at++;
      } else if (code === closeBracket) {
        depth--;
        at++;
        if (depth === 0) return { to: at, pieces, brokenAt: at };
      } else if (code === comma) {
        at++;
      } else {
        const to = this.#valueEnd(at, end);
        if (to > at) {
          pieces.push({ from: at, to, listed });
          at = to;
          continue;
        }
        const next = this.#vain < maxVainScans ? this.#nextElement(at + 1, end) : -1;
        if (next < 0) return { to: -1, pieces, brokenAt: at };
        this.#vain++;
        pieces.push({ from: at, to: next, listed, fault: "it breaks off" });
        at = next;
      }
    }
  }

  /** After the value that begins here, by its braces and quotes; -1 when it does not end. */
  #valueEnd(from: number, end: number): number {
    const bytes = this.#bytes;
    const first = bytes[from];
    if (first === quote) return this.#stringEnd(from, end);
    let at = from;
    if (first !== openBrace && first !== openBracket) {
      while (at < end && !isDelimiter(bytes[at]!)) at++;
      return at > from ? at : -1;
    }
    let depth = 0;
    while (at < end) {
      const code = bytes[at];
      if (code === quote) {
        at = this.#stringEnd(at, end);
        if (at < 0) return -1;
        continue;
      }
      at++;
      if (code === openBrace || code === openBracket) depth++;
      else if ((code === closeBrace || code === closeBracket) && --depth === 0) return at;
    }
    return -1;
  }

  /** After the string that begins here; -1 when it has no end on its line: JSON has no bare newline in a string. */
  #stringEnd(from: number, end: number): number {
    const bytes = this.#bytes;
    for (let at = from + 1; at < end; at++) {
      const code = bytes[at];
      if (code === quote) return at + 1;
      if (code === 0x5c) at++;
      else if (code === newline) return -1;
    }
    return -1;
  }

  #spells(from: number, to: number, word: string): boolean {
    return to - from === word.length && this.#startsWith(from, word);
  }

  #startsWith(from: number, word: string): boolean {
    for (let at = 0; at < word.length; at++) if (this.#bytes[from + at] !== word.charCodeAt(at)) return false;
    return true;
  }

  /** The start of the next line that begins with a brace or bracket; the payload's end if there is none. */
  #nextItem(from: number): number {
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(newline, from); at >= 0; at = bytes.indexOf(newline, at + 1)) {
      if (bytes[at + 1] === openBrace || bytes[at + 1] === openBracket) return at + 1;
    }
    return bytes.length;
  }

  /** Where an element that is an audit event begins, as API servers write it, after a comma; -1 if there is none. */
  #nextElement(from: number, end: number): number {
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(comma, from); at >= 0 && at < end; at = bytes.indexOf(comma, at + 1)) {
      const next = this.skipBlanks(at + 1, end);
      if (this.#startsWith(next, eventMark) || this.#startsWith(next, '{"level":"')) return next;
    }
    return -1;
  }

  #trimmed(from: number, to: number, fault: string): Piece | undefined {
    let end = to;
    while (end > from && isBlank(this.#bytes[end - 1]!)) end--;
    return end > from ? { from, to: end, listed: false, fault } : undefined;
  }

  lineEnd(from: number): number {
    const end = this.#bytes.indexOf(newline, from);
    return end < 0 ? this.#bytes.length : end;
  }

  skipBlanks(from: number, end: number): number {
    let at = from;
    while (at < end && isBlank(this.#bytes[at]!)) at++;
    return at;
  }

  /** Past what may stand between two values: blanks, record separators (RFC 7464), byte order marks, commas. */
  skipBetween(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (;;) {
      const code = bytes[at];
      if (code === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
      else if (code !== undefined && (isBlank(code) || code === 0x1e || code === comma)) at++;
      else return at;
    }
  }
}

/** How an API server's log begins each event. */
export const eventMark = '{"kind":"Event","apiVersion":"audit.k8s.io/';

function isBlank(code: number): boolean {
  return code === 0x20 || code === newline || code === 0x0d || code === 0x09;
}

function isDelimiter(code: number): boolean {
  return code === comma || code === closeBrace || code === closeBracket || code === openBrace || isBlank(code);
}

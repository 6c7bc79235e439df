/** Lists: put into one another, and into the text of conditions before it is parsed (reference 01 §1.14). */
import type { ListInfo } from "./collect.ts";
import type { Findings } from "./findings.ts";
import { problems } from "./problems.ts";
import { cut, joined, madeFor, type Piece, type Place, placeOf, type Written } from "./written.ts";

/** A list with the lists among its items put in. */
export interface ExpandedList {
  readonly name: string;
  readonly info: ListInfo;
  /** As put into conditions: quoted where there is a space. */
  readonly items: readonly Piece[];
  used: boolean;
}

const placeOfPiece = ({ origin }: Piece): Place => ("scalar" in origin ? placeOf(origin.file, origin.scalar) : origin);

const quoted = (item: Piece): readonly Piece[] => {
  if (!item.text.includes(" ") || item.text.startsWith('"') || item.text.startsWith("'")) return [item];
  const place = placeOfPiece(item);
  return [madeFor(place, '"'), item, madeFor(place, '"')];
};

/**
 * Falco puts in one level only: of a list in a list in a list the innermost name stays as text. We put in all levels,
 * unless asked for Falco's own answer, and warn.
 */
export function expandedLists(
  lists: ReadonlyMap<string, ListInfo>,
  falcoCompat: boolean,
  maxItems: number,
  found: Findings,
): ExpandedList[] {
  const own = new Map<ListInfo, readonly Piece[]>();
  const used = new Set<string>();
  let total = 0;
  const inner = (item: Piece, of: ListInfo): ListInfo | undefined => {
    const named = lists.get(item.text);
    return named && named.index < of.visibility ? named : undefined;
  };
  /** All levels, each list once; one that is on its way already stays as text. */
  function deep(list: ListInfo, path: ReadonlySet<ListInfo>): readonly Piece[] {
    const known = own.get(list);
    if (known) return known;
    const on = new Set([...path, list]);
    const items: Piece[] = [];
    for (const item of list.items) {
      const named = inner(item, list);
      if (total > maxItems) break;
      if (named && !on.has(named) && on.size < 100) for (const one of deep(named, on)) items.push(one);
      else items.push(item);
    }
    total += items.length;
    if (path.size === 0 || items.every((item) => !inner(item, list))) own.set(list, items);
    return items;
  }
  const expanded = [...lists.values()].map((info): ExpandedList => {
    const items: Piece[] = [];
    for (const item of info.items) {
      const named = inner(item, info);
      if (!named) {
        items.push(item);
        continue;
      }
      used.add(named.name);
      const innermost = named.items.find((one) => named !== info && inner(one, named) && lists.get(one.text) !== named);
      if (innermost) found.add(problems.nestedList(placeOfPiece(item), innermost.text, falcoCompat));
      if (total > maxItems) break;
      const put = falcoCompat || named === info ? named.items : deep(named, new Set([info]));
      total += put.length;
      for (const one of put) items.push(one);
    }
    return { name: info.name, info, items: items.flatMap(quotedOnce), used: false };
  });
  for (const list of expanded) list.used = used.has(list.name);
  return expanded;
}

/** Keeps an item one piece in three: the marks around it are no items of their own. */
const quotedOnce = (item: Piece): Piece[] => {
  const parts = quoted(item);
  if (parts.length === 1) return [item];
  return [{ text: joined(parts).text, origin: placeOfPiece(item) }];
};

const blanks = " \t\n\r";
const isDelimiter = (unit: string | undefined): boolean => unit === undefined || ` \t\n\r(),=`.includes(unit);

/**
 * A condition with every list put in, in order. Undefined where it would grow beyond `maxLength`.
 *
 * The text behind a replacement is searched on from its second character where the list stood at the very
 * beginning, as Falco's offsets have it.
 */
export function withLists(condition: Written, lists: readonly ExpandedList[], maxLength: number): Written | undefined {
  let current = condition;
  let words = wordsOf(current.text);
  for (const list of lists) {
    // A name that has no delimiters in it stands between delimiters only as a word.
    const canBeWord = !/[ \t\n\r(),=]/.test(list.name);
    if (canBeWord && !words.has(list.name)) continue;
    const next = withList(current, list, maxLength);
    if (next === undefined) return undefined;
    if (next !== current) {
      list.used = true;
      current = next;
      words = wordsOf(current.text);
    }
  }
  return current;
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.split(/[ \t\n\r(),=]+/));

function withList(condition: Written, list: ExpandedList, maxLength: number): Written | undefined {
  const { name } = list;
  const { text } = condition;
  const output = new Output();
  const input = new Input(condition);
  const substitute = joined(separated(list));
  let copied = 0;
  let search = 0;
  let replaced = false;
  for (;;) {
    const start = text.indexOf(name, search);
    if (start < 0) break;
    const end = start + name.length;
    // What is before may be the blank put behind the last replacement.
    const before = start > copied || !replaced ? text[start - 1] : " ";
    if (!isDelimiter(before) || !isDelimiter(text[end])) {
      search = start + 1;
      continue;
    }
    for (const piece of input.upTo(start)) output.push(piece);
    output.trimBlanks();
    let rest = end;
    while (rest < text.length && blanks.includes(text[rest] as string)) rest++;
    if (substitute.text === "" && !output.trimComma() && text[rest] === ",") rest++;
    const place = input.place() ?? list.info.place;
    input.skipTo(rest);
    const atStart = output.length === 0;
    if (!atStart) output.push(madeFor(place, " "));
    for (const piece of substitute.pieces) output.push(piece);
    output.push(madeFor(place, " "));
    if (output.length + text.length - rest > maxLength) return undefined;
    replaced = true;
    copied = rest;
    search = atStart ? rest + 1 : rest;
  }
  if (!replaced) return condition;
  for (const piece of input.upTo(text.length)) output.push(piece);
  return joined(output.pieces);
}

/** The items with `, ` between, as Falco joins them: none before there is any text. */
function separated(list: ExpandedList): readonly Piece[] {
  const pieces: Piece[] = [];
  let any = false;
  for (const item of list.items) {
    if (any) pieces.push(madeFor(list.info.place, ", "));
    any ||= item.text !== "";
    pieces.push(item);
  }
  return pieces;
}

/** A text being read from its beginning to its end, once, however many pieces it has. */
class Input {
  readonly #pieces: readonly Piece[];
  #index = 0;
  /** How much of the current piece is behind us, and of all of them. */
  #within = 0;
  #at = 0;

  constructor({ pieces }: Written) {
    this.#pieces = pieces;
  }

  /** Where what comes next was written. */
  place(): Place | undefined {
    const piece = this.#pieces[this.#index];
    return piece && placeOfPiece(piece);
  }

  *upTo(offset: number): Generator<Piece> {
    for (;;) {
      const piece = this.#pieces[this.#index];
      if (!piece) return;
      const end = Math.min(piece.text.length, this.#within + offset - this.#at);
      if (end > this.#within) {
        yield this.#within === 0 && end === piece.text.length ? piece : cut(piece, this.#within, end);
        this.#at += end - this.#within;
        this.#within = end;
      }
      if (this.#within < piece.text.length) return;
      this.#index++;
      this.#within = 0;
    }
  }

  skipTo(offset: number): void {
    for (const _ of this.upTo(offset));
  }
}

/** Pieces being put together, whose end can be cut off again. */
class Output {
  readonly pieces: Piece[] = [];
  length = 0;

  push(piece: Piece): void {
    if (piece.text === "") return;
    this.pieces.push(piece);
    this.length += piece.text.length;
  }

  trimBlanks(): void {
    while (this.#last() !== undefined && blanks.includes(this.#last() as string)) this.#drop();
  }

  trimComma(): boolean {
    const is = this.#last() === ",";
    if (is) this.#drop();
    return is;
  }

  #last(): string | undefined {
    return this.pieces.at(-1)?.text.at(-1);
  }

  #drop(): void {
    const piece = this.pieces.pop();
    if (!piece) return;
    this.length--;
    if (piece.text.length > 1) this.pieces.push(cut(piece, 0, piece.text.length - 1));
  }
}

/** A filter as it is asked of stretches of rows: which rows of each it accepts. */
import { type ActivityFilter, activityFacets, noValue } from "../../../domain/asked.ts";
import { uriOf } from "../../../domain/uri-form.ts";
import { column } from "../rows.ts";
import { bound } from "../where.ts";
import type { CountedColumn } from "./columns.ts";
import type { Joined } from "./parts.ts";
import type { Rows, Seen } from "./rows.ts";
import { Accepted, type Values } from "./values.ts";

/** A moment in nanoseconds, as rows hold it. */
export interface Moment {
  readonly micros: number;
  readonly nanos: number;
}

export const momentOfNanos = (nanos: bigint): Moment => {
  const below = ((nanos % 1000n) + 1000n) % 1000n;
  return { micros: Number((nanos - below) / 1000n), nanos: Number(below) };
};

interface Condition {
  readonly column: CountedColumn;
  readonly accepted: Accepted;
}

/** The rows of a stretch that are accepted: those from `from` on and before `to`, and of these the ones with a 1. */
export interface Selection {
  readonly from: number;
  readonly to: number;
  readonly mask: Uint8Array | undefined;
}

type AllValues = { readonly [C in CountedColumn]: Values };

/** What is searched beside addresses. */
const searched: readonly CountedColumn[] = [
  ...(["user", "impersonatedUser", "verb", "resource", "namespace", "name", "userAgent"] as const),
];

export class Question {
  readonly #conditions: readonly Condition[];
  readonly #from: Moment | undefined;
  readonly #to: Moment | undefined;
  readonly #search: Search | undefined;

  /** Throws `RangeError` on a time that is none. */
  constructor(filter: ActivityFilter, values: AllValues) {
    const { from, to, text, not = {} } = filter;
    this.#from = from === undefined ? undefined : momentOfNanos(bound(from, "from"));
    this.#to = to === undefined ? undefined : momentOfNanos(bound(to, "to"));
    this.#search = text === undefined || text === "" ? undefined : new Search(column(text.toLowerCase()) ?? "", values);
    this.#conditions = activityFacets.flatMap((facet) => {
      const [accepted, refused] = [filter[facet], not[facet]];
      const found: Condition[] = [];
      if (accepted !== undefined)
        found.push({ column: facet, accepted: new Accepted(values[facet], oneOf(facet, accepted)) });
      if (refused !== undefined && refused.length > 0) {
        const isRefused = oneOf(facet, refused);
        found.push({ column: facet, accepted: new Accepted(values[facet], (value) => !isRefused(value)) });
      }
      return found;
    });
  }

  get from(): Moment | undefined {
    return this.#from;
  }
  get to(): Moment | undefined {
    return this.#to;
  }

  /** Whether it asks about values of that column. */
  asksAbout(facet: CountedColumn): boolean {
    return this.#conditions.some(({ column }) => column === facet);
  }

  /** Undefined where no row is accepted. `but` names a column whose values are not asked about. */
  select(seen: Seen, but?: CountedColumn): Selection | undefined {
    const { rows } = seen;
    if (seen.count === 0 || rows.isRemoved) return undefined;
    if (this.#from !== undefined && seen.most < this.#from.micros) return undefined;
    if (this.#to !== undefined && seen.least > this.#to.micros) return undefined;
    const range = this.#range(seen);
    if (range.from >= range.to) return undefined;
    let { mask } = range;
    for (const { column: asked, accepted } of this.#conditions) {
      if (asked === but) continue;
      const wanted = wantedOf(rows.values(asked), accepted);
      if (wanted === "none") return undefined;
      if (wanted === "all") continue;
      mask = narrowed(mask, range, seen.count, rows.ids(asked), wanted);
    }
    if (this.#search !== undefined) {
      const found = this.#search.narrow(mask, range, seen);
      if (found === "none") return undefined;
      mask = found;
    }
    return { from: range.from, to: range.to, mask: withoutGone(mask, seen) };
  }

  #range(seen: Seen): Selection {
    const { rows, count } = seen;
    const [from, to] = [this.#from, this.#to];
    const isWithin = (from === undefined || seen.least > from.micros) && (to === undefined || seen.most < to.micros);
    if (isWithin) return { from: 0, to: count, mask: undefined };
    const [moments, nanos] = [rows.numbers("moment"), rows.numbers("nanos")];
    const isBefore = (row: number, limit: Moment) =>
      moments[row]! < limit.micros || (moments[row] === limit.micros && nanos[row]! < limit.nanos);
    if (rows.isSorted)
      return {
        from: from === undefined ? 0 : firstNot(count, (row) => isBefore(row, from)),
        to: to === undefined ? count : firstNot(count, (row) => isBefore(row, to)),
        mask: undefined,
      };
    const mask = new Uint8Array(count);
    for (let row = 0; row < count; row++)
      mask[row] = (from === undefined || !isBefore(row, from)) && (to === undefined || isBefore(row, to)) ? 1 : 0;
    return { from: 0, to: count, mask };
  }
}

/** The first row of a sorted stretch that it does not hold of. */
export function firstNot(count: number, holds: (row: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function oneOf(facet: CountedColumn, accepted: readonly string[]): (text: string | null) => boolean {
  const wanted = new Set(accepted.map((value) => column(value) ?? ""));
  const withNone = wanted.delete(noValue);
  return (text) => {
    if (text === null || text === "") return withNone || (text !== null && wanted.has(text));
    if (wanted.has(text)) return true;
    if (facet !== "resource") return false;
    const slash = text.indexOf("/");
    return slash >= 0 && wanted.has(text.slice(0, slash));
  };
}

type Wanted = Uint8Array | "all" | "none";

/** Which texts of a stretch are accepted. */
function wantedOf(values: Uint32Array, accepted: Accepted): Wanted {
  const flags = accepted.flags();
  const wanted = new Uint8Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at++) count += wanted[at] = flags[values[at]!]!;
  return count === 0 ? "none" : count === values.length ? "all" : wanted;
}

function narrowed(
  mask: Uint8Array | undefined,
  { from, to }: Selection,
  count: number,
  ids: ArrayLike<number>,
  wanted: Uint8Array,
): Uint8Array {
  if (mask === undefined) {
    const made = new Uint8Array(count);
    for (let row = from; row < to; row++) made[row] = wanted[ids[row]!]!;
    return made;
  }
  for (let row = from; row < to; row++) mask[row]! &= wanted[ids[row]!]!;
  return mask;
}

function withoutGone(mask: Uint8Array | undefined, { rows, count, write }: Seen): Uint8Array | undefined {
  if (rows.gone.size === 0) return mask;
  let made = mask;
  for (const [row, at] of rows.gone) {
    if (at > write || row >= count) continue;
    made ??= new Uint8Array(count).fill(1);
    made[row] = 0;
  }
  return made;
}

/** A substring, letter case aside, of what people read of a row. */
class Search {
  readonly #text: string;
  readonly #columns: readonly Condition[];
  /** The longest piece between the marks of an address: what reaches over a mark holds it somewhere. */
  readonly #piece: string | undefined;
  readonly #pieces: readonly Condition[];

  constructor(text: string, values: AllValues) {
    const columns = (wanted: string, names: readonly CountedColumn[]) =>
      names.map((name) => ({
        column: name,
        accepted: new Accepted(values[name], (value) => value?.toLowerCase().includes(wanted) ?? false),
      }));
    this.#text = text;
    this.#columns = columns(text, searched);
    this.#piece = /[/?]/.test(text) ? text.split(/[/?]/).reduce((a, b) => (b.length > a.length ? b : a)) : undefined;
    this.#pieces = this.#piece === undefined ? [] : columns(this.#piece, ["namespace", "name"]);
  }

  narrow(mask: Uint8Array | undefined, range: Selection, seen: Seen): Uint8Array | undefined | "none" {
    const { rows, count } = seen;
    const found = new Uint8Array(count);
    let isAny = false;
    for (const { column: asked, accepted } of this.#columns) {
      const wanted = wantedOf(rows.values(asked), accepted);
      if (wanted === "none") continue;
      isAny = true;
      join(found, range, rows.ids(asked), wanted);
    }
    const forms = wantedTexts(rows.lowered("uri"), this.#text);
    if (forms !== undefined) {
      isAny = true;
      join(found, range, rows.ids("uri"), forms);
    }
    if (this.#piece !== undefined && this.#across(found, mask, range, rows, this.#piece)) isAny = true;
    if (!isAny) return "none";
    if (mask === undefined) return found;
    for (let row = range.from; row < range.to; row++) mask[row]! &= found[row]!;
    return mask;
  }

  /** What reaches from an address's own text into the names within it. */
  #across(found: Uint8Array, mask: Uint8Array | undefined, range: Selection, rows: Rows, piece: string): boolean {
    const maybe = new Uint8Array(found.length);
    for (const { column: asked, accepted } of this.#pieces) {
      const wanted = wantedOf(rows.values(asked), accepted);
      if (wanted === "all" || wanted instanceof Uint8Array) join(maybe, range, rows.ids(asked), wanted);
    }
    const forms = wantedTexts(rows.lowered("uri"), piece);
    if (forms !== undefined) join(maybe, range, rows.ids("uri"), forms);
    let isAny = false;
    for (let row = range.from; row < range.to; row++) {
      if (maybe[row] === 0 || found[row] === 1 || mask?.[row] === 0) continue;
      const form = rows.text("uri", row);
      if (form === null) continue;
      const uri = uriOf(form, rows.text("namespace", row), rows.text("name", row)).toLowerCase();
      if (!uri.includes(this.#text)) continue;
      found[row] = 1;
      isAny = true;
    }
    return isAny;
  }
}

function join(found: Uint8Array, { from, to }: Selection, ids: ArrayLike<number>, wanted: Wanted): void {
  if (wanted === "all") found.fill(1, from, to);
  else if (wanted !== "none") for (let row = from; row < to; row++) found[row]! |= wanted[ids[row]!]!;
}

/** Which of the texts hold that; undefined where none does. */
function wantedTexts(joined: Joined, text: string): Uint8Array | undefined {
  let wanted: Uint8Array | undefined;
  const { text: all, ends } = joined;
  let entry = 0;
  for (let at = all.indexOf(text); at >= 0; ) {
    while (ends[entry]! <= at) entry++;
    if (at + text.length <= ends[entry]!) {
      wanted ??= new Uint8Array(ends.length);
      wanted[entry] = 1;
      at = all.indexOf(text, ends[entry]!);
    } else at = all.indexOf(text, at + 1);
  }
  return wanted;
}

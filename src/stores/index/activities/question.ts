/** A filter as it is asked of stretches of rows: which rows of each it accepts. */
import { hash } from "node:crypto";
import { type ActivityFilter, activityFacets } from "../../../domain/asked.ts";
import { uriOf } from "../../../domain/uri-form.ts";
import { column } from "../rows.ts";
import { bound } from "../where.ts";
import { type Accepted, containing, noneOf, oneOf } from "./accepted.ts";
import type { CountedColumn } from "./columns.ts";
import { wantedTexts } from "./joined-search.ts";
import type { Rows, Seen } from "./rows.ts";
import type { Values } from "./values.ts";

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
  /** The same for questions that accept the same rows, times aside. */
  readonly #name: string;

  /** Throws `RangeError` on a time that is none. */
  constructor(filter: ActivityFilter, values: AllValues) {
    const { from, to, text, not = {} } = filter;
    this.#from = from === undefined ? undefined : momentOfNanos(bound(from, "from"));
    this.#to = to === undefined ? undefined : momentOfNanos(bound(to, "to"));
    this.#search = text === undefined || text === "" ? undefined : new Search(column(text.toLowerCase()) ?? "", values);
    this.#conditions = activityFacets.flatMap((facet) => {
      const [accepted, refused] = [filter[facet], not[facet]];
      const found: Condition[] = [];
      if (accepted !== undefined) found.push({ column: facet, accepted: oneOf(facet, accepted, values[facet]) });
      if (refused !== undefined && refused.length > 0)
        found.push({ column: facet, accepted: noneOf(facet, refused, values[facet]) });
      return found;
    });
    const asked = activityFacets.map((facet) => [filter[facet], not[facet]]);
    this.#name = hash("sha256", JSON.stringify([text, asked]), "base64url");
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
    const accepted = this.#accepted(seen, but);
    if (accepted === "none") return undefined;
    const mask = accepted === "all" ? range.mask : both(range.mask, accepted);
    return { from: range.from, to: range.to, mask: withoutGone(mask, seen) };
  }

  /** Which rows of all are accepted, whenever they were: a page, its count, its bars and its facets ask for the same ones. */
  #accepted({ rows, count }: Seen, but: CountedColumn | undefined): Wanted {
    const conditions = this.#conditions.filter(({ column: asked }) => asked !== but);
    if (conditions.length === 0 && this.#search === undefined) return "all";
    return rows.remember(`${this.#name} ${but ?? ""}`, () => {
      const value = acceptedOf(rows, count, conditions, this.#search);
      return { value, bytes: typeof value === "string" ? 100 : value.length };
    });
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

type Wanted = Uint8Array | "all" | "none";

/** Which texts of a stretch are accepted. */
function wantedOf(values: Uint32Array, accepted: Accepted): Wanted {
  const flags = accepted.flags();
  const wanted = new Uint8Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at++) count += wanted[at] = flags[values[at]!]!;
  return count === 0 ? "none" : count === values.length ? "all" : wanted;
}

function acceptedOf(rows: Rows, count: number, conditions: readonly Condition[], search: Search | undefined): Wanted {
  let mask: Uint8Array | undefined;
  for (const { column: asked, accepted } of conditions) {
    const wanted = wantedOf(rows.values(asked), accepted);
    if (wanted === "none") return "none";
    if (wanted === "all") continue;
    mask = narrowed(mask, count, rows.ids(asked), wanted);
  }
  if (search === undefined) return mask ?? "all";
  const found = search.rowsOf(rows, count, mask);
  return found === "none" || mask === undefined ? found : both(mask, found);
}

function narrowed(mask: Uint8Array | undefined, count: number, ids: ArrayLike<number>, wanted: Uint8Array): Uint8Array {
  const made = mask ?? new Uint8Array(count);
  if (mask === undefined) for (let row = 0; row < count; row++) made[row] = wanted[ids[row]!]!;
  else for (let row = 0; row < count; row++) made[row]! &= wanted[ids[row]!]!;
  return made;
}

function both(mask: Uint8Array | undefined, other: Uint8Array): Uint8Array {
  if (mask === undefined) return other;
  const made = new Uint8Array(other.length);
  for (let row = 0; row < made.length; row++) made[row] = mask[row]! & other[row]!;
  return made;
}

/** The mask is others' too, so it is copied before anything is taken from it. */
function withoutGone(mask: Uint8Array | undefined, { rows, count, write }: Seen): Uint8Array | undefined {
  if (rows.gone.size === 0) return mask;
  let made: Uint8Array | undefined;
  for (const [row, at] of rows.gone) {
    if (at > write || row >= count) continue;
    made ??= mask?.slice() ?? new Uint8Array(count).fill(1);
    made[row] = 0;
  }
  return made ?? mask;
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
      names.map((name) => ({ column: name, accepted: containing(wanted, values[name]) }));
    this.#text = text;
    this.#columns = columns(text, searched);
    this.#piece = /[/?]/.test(text) ? text.split(/[/?]/).reduce((a, b) => (b.length > a.length ? b : a)) : undefined;
    this.#pieces = this.#piece === undefined ? [] : columns(this.#piece, ["namespace", "name"]);
  }

  /** The rows that hold it; those that `mask` leaves out need not be looked at. */
  rowsOf(rows: Rows, count: number, mask: Uint8Array | undefined): Uint8Array | "none" {
    const found = new Uint8Array(count);
    let isAny = false;
    for (const { column: asked, accepted } of this.#columns) {
      const wanted = wantedOf(rows.values(asked), accepted);
      if (wanted === "none") continue;
      isAny = true;
      join(found, rows.ids(asked), wanted);
    }
    const forms = wantedTexts(rows.lowered("uri"), this.#text);
    if (forms !== undefined) {
      isAny = true;
      join(found, rows.ids("uri"), forms);
    }
    if (this.#piece !== undefined && this.#across(found, mask, rows, this.#piece)) isAny = true;
    return isAny ? found : "none";
  }

  /** What reaches from an address's own text into the names within it. */
  #across(found: Uint8Array, mask: Uint8Array | undefined, rows: Rows, piece: string): boolean {
    const maybe = new Uint8Array(found.length);
    for (const { column: asked, accepted } of this.#pieces) {
      const wanted = wantedOf(rows.values(asked), accepted);
      if (wanted === "all" || wanted instanceof Uint8Array) join(maybe, rows.ids(asked), wanted);
    }
    const forms = wantedTexts(rows.lowered("uri"), piece);
    if (forms !== undefined) join(maybe, rows.ids("uri"), forms);
    let isAny = false;
    for (let row = 0; row < found.length; row++) {
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

function join(found: Uint8Array, ids: ArrayLike<number>, wanted: Wanted): void {
  if (wanted === "all") found.fill(1);
  else if (wanted !== "none") for (let row = 0; row < found.length; row++) found[row]! |= wanted[ids[row]!]!;
}

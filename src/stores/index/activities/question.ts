/** A filter as it is asked of stretches of rows: which rows of each it accepts. */
import { hash } from "node:crypto";
import { type ActivityFilter, activityFacets } from "../../../domain/asked.ts";
import { uriOf } from "../../../domain/uri-form.ts";
import { column } from "../rows.ts";
import { bound } from "../where.ts";
import type { CountedColumn } from "./columns.ts";
import { textsHolding } from "./joined-search.ts";
import type { Moment, Rows, Seen } from "./rows.ts";
import { type Accepting, accepting, Selection } from "./selection.ts";
import { holding, noneOf, oneOf, type Wanted, type WantedOf } from "./wanted.ts";

export const momentOfNanos = (nanos: bigint): Moment => {
  const below = ((nanos % 1000n) + 1000n) % 1000n;
  return { micros: Number((nanos - below) / 1000n), nanos: Number(below) };
};

interface Condition {
  readonly column: CountedColumn;
  readonly wantedOf: WantedOf;
}

/** What is searched: what people read of a row. */
const searched = ["user", "impersonatedUser", "verb", "resource", "namespace", "name", "userAgent", "uri"] as const;

export class Question {
  readonly #conditions: readonly Condition[];
  readonly #from: Moment | undefined;
  readonly #to: Moment | undefined;
  readonly #search: Search | undefined;
  /** The same for questions that accept the same rows, times aside. */
  readonly #name: string;

  /** Throws `RangeError` on a time that is none. */
  constructor(filter: ActivityFilter) {
    const { from, to, text, not = {} } = filter;
    this.#from = from === undefined ? undefined : momentOfNanos(bound(from, "from"));
    this.#to = to === undefined ? undefined : momentOfNanos(bound(to, "to"));
    this.#search = text === undefined || text === "" ? undefined : new Search(column(text.toLowerCase()) ?? "");
    this.#conditions = activityFacets.flatMap((facet) => {
      const [accepted, refused] = [filter[facet], not[facet]];
      const found: Condition[] = [];
      if (accepted !== undefined) found.push({ column: facet, wantedOf: oneOf(facet, accepted) });
      if (refused !== undefined && refused.length > 0) found.push({ column: facet, wantedOf: noneOf(facet, refused) });
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
    const accepted = this.#accepted(seen, but);
    return accepted === undefined ? undefined : this.#within(seen, accepted)?.without(seen);
  }

  /** Which rows of all are accepted, whenever they were: a page, its count, its bars and its facets ask for the same ones. */
  #accepted({ rows, count }: Seen, but: CountedColumn | undefined): Accepting | undefined {
    const conditions = this.#conditions.filter(({ column: asked }) => asked !== but);
    if (conditions.length === 0 && this.#search === undefined) return "all";
    return rows.remember(`${this.#name} ${but ?? ""}`, () => {
      const wanted = acceptedOf(rows, count, conditions, this.#search);
      const value = typeof wanted === "string" ? (wanted === "all" ? wanted : undefined) : accepting(wanted);
      return { value, bytes: typeof value === "object" ? value.byteLength : 100 };
    });
  }

  /** Those of them that are within the times asked for. */
  #within(seen: Seen, accepted: Accepting): Selection | undefined {
    const { rows, count } = seen;
    const [from, to] = [this.#from, this.#to];
    const isWithin = (from === undefined || seen.least > from.micros) && (to === undefined || seen.most < to.micros);
    if (isWithin) return Selection.of(0, count, accepted);
    if (rows.isSorted)
      return Selection.of(
        from === undefined ? 0 : rows.firstFrom(from),
        to === undefined ? count : rows.firstFrom(to),
        accepted,
      );
    const mask = new Uint8Array(count);
    if (accepted === "all") mask.fill(1);
    else if (accepted instanceof Uint8Array) mask.set(accepted.subarray(0, count));
    else for (const row of accepted) mask[row] = 1;
    const [moments, nanos] = [rows.numbers("moment"), rows.numbers("nanos")];
    const isBefore = (row: number, { micros, nanos: below }: Moment) =>
      moments[row]! < micros || (moments[row] === micros && nanos[row]! < below);
    for (let row = 0; row < count; row++)
      if ((from !== undefined && isBefore(row, from)) || (to !== undefined && !isBefore(row, to))) mask[row] = 0;
    return Selection.of(0, count, mask);
  }
}

function acceptedOf(rows: Rows, count: number, conditions: readonly Condition[], search: Search | undefined): Wanted {
  let mask: Uint8Array | undefined;
  for (const { column: asked, wantedOf } of conditions) {
    const wanted = wantedOf(rows.joined(asked));
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

/** A substring, letter case aside, of what people read of a row. */
class Search {
  readonly #text: string;
  readonly #holds: WantedOf;
  /** The longest piece between the marks of an address: what reaches over a mark holds it somewhere. */
  readonly #piece: string | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#holds = holding(text);
    this.#piece = /[/?]/.test(text) ? text.split(/[/?]/).reduce((a, b) => (b.length > a.length ? b : a)) : undefined;
  }

  /** The rows that hold it; those that `mask` leaves out need not be looked at. */
  rowsOf(rows: Rows, count: number, mask: Uint8Array | undefined): Uint8Array | "none" {
    const found = new Uint8Array(count);
    let isAny = false;
    for (const asked of searched) {
      const wanted = this.#holds(rows.lowered(asked));
      if (wanted === "none") continue;
      isAny = true;
      join(found, rows.ids(asked), wanted);
    }
    if (this.#piece !== undefined && this.#across(found, mask, rows, this.#piece)) isAny = true;
    return isAny ? found : "none";
  }

  /** What reaches from an address's own text into the names within it. */
  #across(found: Uint8Array, mask: Uint8Array | undefined, rows: Rows, piece: string): boolean {
    const maybe = new Uint8Array(found.length);
    for (const asked of ["namespace", "name", "uri"] as const) {
      const wanted = textsHolding(rows.lowered(asked), piece);
      if (wanted !== undefined) join(maybe, rows.ids(asked), wanted);
    }
    let isAny = false;
    for (let row = maybe.indexOf(1); row >= 0; row = maybe.indexOf(1, row + 1)) {
      if (found[row] === 1 || mask?.[row] === 0) continue;
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

/** The rows of a stretch that a question accepts. */
import type { CountedColumn } from "./columns.ts";
import { ones } from "./ones.ts";
import type { Rows, Seen } from "./rows.ts";

/** Of a stretch, fewer than one row in so many are told one by one, which takes no more room than a mask. */
const fewOf = 4;

/** Which rows of all: a 1 for each that is accepted, or their numbers in rising order, or all of them. */
export type Accepting = Uint8Array | Uint32Array | "all";

export class Selection {
  /** From this row on and before `to`, */
  readonly from: number;
  readonly to: number;
  /** those with a 1, */
  readonly mask: Uint8Array | undefined;
  /** or just these, which rise. */
  readonly few: Uint32Array | undefined;
  readonly #gone: Uint32Array | undefined;

  private constructor(
    from: number,
    to: number,
    mask: Uint8Array | undefined,
    few: Uint32Array | undefined,
    gone?: Uint32Array,
  ) {
    this.from = from;
    this.to = to;
    this.mask = mask;
    this.few = few;
    this.#gone = gone;
  }

  /** Those of the rows from `from` on and before `to`; undefined where there is none for certain. */
  static of(from: number, to: number, accepting: Accepting): Selection | undefined {
    if (from >= to) return undefined;
    if (accepting === "all") return new Selection(from, to, undefined, undefined);
    if (accepting instanceof Uint8Array) return new Selection(from, to, accepting, undefined);
    const few = accepting.subarray(firstAtLeast(accepting, from), firstAtLeast(accepting, to));
    return few.length === 0 ? undefined : new Selection(from, to, undefined, few);
  }

  /** Without the rows that are gone as a stretch is seen. Masks are others' too, so they are copied first. */
  without(seen: Seen): Selection {
    const { rows, count, write } = seen;
    if (rows.gone.size === 0) return this;
    const gone = rows.gone.seenBy(write, count);
    if (gone.length === 0) return this;
    if (this.few !== undefined) {
      let at = 0;
      const left = this.few.filter((row) => {
        while (gone[at]! < row) at++;
        return gone[at] !== row;
      });
      return new Selection(this.from, this.to, undefined, left);
    }
    const mask = this.mask?.slice() ?? new Uint8Array(count).fill(1);
    for (const row of gone) mask[row] = 0;
    return new Selection(this.from, this.to, mask, undefined, this.isAllOf(seen) ? gone : undefined);
  }

  /** The rows that are gone, if it is every other row of a stretch; undefined where it is fewer. */
  allBut(seen: Seen): Uint32Array | undefined {
    return this.isAllOf(seen) ? new Uint32Array(0) : this.#gone;
  }

  /** Whether it is every row of a stretch. */
  isAllOf({ count }: Seen): boolean {
    return this.mask === undefined && this.few === undefined && this.from === 0 && this.to === count;
  }

  get count(): number {
    if (this.few !== undefined) return this.few.length;
    return this.mask === undefined ? this.to - this.from : ones(this.mask, this.from, this.to);
  }

  /** How many of its rows from one on and before another have each text of a column. */
  tallies(rows: Rows, column: CountedColumn, from = this.from, to = this.to): Uint32Array {
    const tallies = new Uint32Array(rows.texts(column));
    const { mask, few } = this;
    const [first, end] = [Math.max(from, this.from), Math.min(to, this.to)];
    if (first >= end) return tallies;
    if (few !== undefined) {
      const ids = rows.ids(column);
      for (let at = firstAtLeast(few, first); at < few.length && few[at]! < end; at++) tallies[ids[few[at]!]!]! += 1;
      return tallies;
    }
    const rare = rows.rare(column);
    if (rare !== undefined) {
      // Nearly all rows have one text: the others are counted, and the rest is that one's.
      let left = mask === undefined ? end - first : ones(mask, first, end);
      const { rows: others, ids } = rare;
      for (let at = firstAtLeast(others, first); at < others.length && others[at]! < end; at++) {
        const one = mask === undefined ? 1 : mask[others[at]!]!;
        tallies[ids[at]!]! += one;
        left -= one;
      }
      tallies[rare.common]! += left;
      return tallies;
    }
    const ids = rows.ids(column);
    if (mask === undefined) for (let row = first; row < end; row++) tallies[ids[row]!]! += 1;
    else for (let row = first; row < end; row++) tallies[ids[row]!]! += mask[row]!;
    return tallies;
  }

  /** Their numbers, which rise. */
  rows(): Uint32Array {
    if (this.few !== undefined) return this.few;
    const rows = new Uint32Array(this.count);
    let at = 0;
    for (let row = this.from; row < this.to; row++)
      if (this.mask === undefined || this.mask[row] === 1) rows[at++] = row;
    return rows;
  }

  first(): number | undefined {
    if (this.few !== undefined) return this.few[0];
    const row = this.mask === undefined ? this.from : this.mask.indexOf(1, this.from);
    return row < 0 || row >= this.to ? undefined : row;
  }

  last(): number | undefined {
    return this.backwards().next().value ?? undefined;
  }

  /** From before a row, or from the end, for who needs but the last of them. */
  *backwards(before = this.to): Generator<number, void> {
    const { few, mask, from } = this;
    if (few !== undefined) for (let at = firstAtLeast(few, before) - 1; at >= 0; at--) yield few[at]!;
    else
      for (let row = Math.min(before, this.to) - 1; row >= from; row--)
        if (mask === undefined || mask[row] === 1) yield row;
  }
}

/** The rows with a 1 as they are best asked about; undefined where there is none. */
export function accepting(mask: Uint8Array): Accepting | undefined {
  const count = ones(mask, 0, mask.length);
  if (count === 0) return undefined;
  if (count * fewOf > mask.length) return mask;
  const few = new Uint32Array(count);
  let at = 0;
  for (let row = mask.indexOf(1); row >= 0; row = mask.indexOf(1, row + 1)) few[at++] = row;
  return few;
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

const firstAtLeast = (rows: Uint32Array, row: number): number => firstNot(rows.length, (at) => rows[at]! < row);

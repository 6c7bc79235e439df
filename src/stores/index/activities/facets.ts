/** How often each value of a column stands in the rows that are accepted. */
import { type FacetValue, type FacetWish, noValue } from "../../../domain/asked.ts";
import { containing } from "./accepted.ts";
import type { CountedColumn } from "./columns.ts";
import type { Question, Selection } from "./question.ts";
import type { Breathe, Seen } from "./rows.ts";
import type { Values } from "./values.ts";

export async function facets(
  all: readonly Seen[],
  question: Question,
  wishes: readonly FacetWish[],
  values: { readonly [C in CountedColumn]: Values },
  breathe: Breathe,
): Promise<Readonly<Record<string, readonly FacetValue[]>>> {
  const counted = wishes.map((wish) => ({ ...wish, facet: wish.facet as CountedColumn, counts: new Counts() }));
  for (const seen of all) {
    await breathe();
    const common = question.select(seen);
    for (const { facet, counts } of counted) {
      const selection = question.asksAbout(facet) ? question.select(seen, facet) : common;
      if (selection !== undefined) counts.add(seen, facet, selection);
    }
  }
  return Object.fromEntries(
    counted.map(({ facet, counts, limit, search }) => [facet, counts.most(values[facet], limit, search)]),
  );
}

/** How many rows have each value, by its number. */
class Counts {
  #counts = new Float64Array(256);

  add({ rows, count }: Seen, facet: CountedColumn, { from, to, mask }: Selection): void {
    const values = rows.values(facet);
    const all = mask === undefined && from === 0 && to === count ? rows.tallies(facet) : undefined;
    const tallies = all ?? talliesOf(rows.ids(facet), values.length, { from, to, mask });
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!;
      if (value >= this.#counts.length) this.#grow(value + 1);
      this.#counts[value]! += tallies[at]!;
    }
  }

  #grow(length: number): void {
    const larger = new Float64Array(length * 2);
    larger.set(this.#counts);
    this.#counts = larger;
  }

  /** The most frequent first, equal ones by their text, what has none last. */
  most(values: Values, limit: number, search: string | undefined): FacetValue[] {
    const wanted = search ? containing(search.toLowerCase(), values).flags() : undefined;
    // An empty text is no value either.
    const empty = values.find("");
    if (empty !== undefined && empty < this.#counts.length) {
      this.#counts[0]! += this.#counts[empty]!;
      this.#counts[empty] = 0;
    }
    let best: { readonly text: string | null; readonly count: number }[] = [];
    const order = (a: (typeof best)[0], b: (typeof best)[0]) =>
      b.count - a.count ||
      Number(a.text === null) - Number(b.text === null) ||
      ((a.text ?? "") < (b.text ?? "") ? -1 : 1);
    const most = Math.max(1, Math.floor(limit));
    let least = 1;
    for (let value = 0; value < Math.min(values.count, this.#counts.length); value++) {
      const count = this.#counts[value]!;
      if (count < least || wanted?.[value] === 0) continue;
      best.push({ text: values.text(value), count });
      if (best.length < 2 * most) continue;
      best = best.sort(order).slice(0, most);
      least = best[most - 1]!.count;
    }
    return best
      .sort(order)
      .slice(0, most)
      .map(({ text, count }) => ({ value: text ?? noValue, count }));
  }
}

/** How many rows have each text of a stretch. */
export function talliesOf(ids: ArrayLike<number>, texts: number, { from, to, mask }: Selection): Uint32Array {
  const tallies = new Uint32Array(texts);
  if (mask === undefined) for (let row = from; row < to; row++) tallies[ids[row]!]! += 1;
  else for (let row = from; row < to; row++) tallies[ids[row]!]! += mask[row]!;
  return tallies;
}

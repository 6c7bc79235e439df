/** How many rows have each value of a column, by the value's number, as far as it is known. */
import { type FacetValue, noValue } from "../../../domain/asked.ts";
import type { Frequent } from "./frequent.ts";
import type { Values } from "./values.ts";

interface Counted {
  readonly text: string | null;
  readonly count: number;
}

export class Counts {
  readonly #values: Values;
  #counts = new Float64Array(256);
  /** What lists of the most frequent left out at most: of each value, where it was on the list; and of all lists. */
  #covered = new Float64Array(256);
  #leftOut = 0;

  constructor(values: Values) {
    this.#values = values;
  }

  /** Numbers of values, and how many rows have each: 0 says nothing of its number. */
  add(values: Uint32Array, tallies: Uint32Array): void {
    this.#hold();
    for (let at = 0; at < tallies.length; at++) {
      const tally = tallies[at]!;
      if (tally > 0) this.#counts[values[at]!]! += tally;
    }
  }

  /** `gone` tells how many rows of each text are to be left out, by the number of the text within the block. */
  addFrequent({ ids, values, tallies, rest }: Frequent, gone?: Uint32Array): void {
    this.#hold();
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!;
      this.#counts[value]! += tallies[at]! - (gone?.[ids[at]!] ?? 0);
      this.#covered[value]! += rest;
    }
    this.#leftOut += rest;
  }

  /**
   * The most frequent first, equal ones by their text, what has none last. Undefined where lists of the most frequent do
   * not tell them for certain.
   */
  most(limit: number): FacetValue[] | undefined {
    this.#hold();
    // An empty text is no value either.
    const empty = this.#values.find("");
    if (empty !== undefined) {
      this.#counts[0]! += this.#counts[empty]!;
      this.#counts[empty] = 0;
    }
    const most = Math.max(1, Math.floor(limit));
    const best = this.#best(most);
    if (this.#leftOut > 0 && !this.#isCertain(best, most)) return undefined;
    return best.map(({ text, count }) => ({ value: text ?? noValue, count }));
  }

  #best(most: number): Counted[] {
    let best: Counted[] = [];
    let least = 1;
    for (let value = 0; value < this.#values.count; value++) {
      const count = this.#counts[value]!;
      if (count < least) continue;
      best.push({ text: this.#values.text(value), count });
      if (best.length < 2 * most) continue;
      best = best.sort(order).slice(0, most);
      least = best[most - 1]!.count;
    }
    return best.sort(order).slice(0, most);
  }

  /** Whether no other value can have as many rows as the last of the best, and all of theirs were counted. */
  #isCertain(best: readonly Counted[], most: number): boolean {
    const last = best.length < most ? 0 : best[most - 1]!.count;
    if (last <= this.#leftOut) return false;
    const isBest = new Set(best.map(({ text }) => (text === null ? 0 : this.#values.find(text))));
    for (let value = 0; value < this.#values.count; value++) {
      const missing = this.#leftOut - this.#covered[value]!;
      if (missing > 0 && (isBest.has(value) || this.#counts[value]! + missing >= last)) return false;
    }
    return true;
  }

  /** A place for every value that has a number by now. */
  #hold(): void {
    const { count } = this.#values;
    if (count <= this.#counts.length) return;
    for (const name of ["counts", "covered"] as const) {
      const former = name === "counts" ? this.#counts : this.#covered;
      const larger = new Float64Array(count * 2);
      larger.set(former);
      if (name === "counts") this.#counts = larger;
      else this.#covered = larger;
    }
  }
}

function order(a: Counted, b: Counted): number {
  const byText = (a.text ?? "") < (b.text ?? "") ? -1 : 1;
  return b.count - a.count || Number(a.text === null) - Number(b.text === null) || byText;
}

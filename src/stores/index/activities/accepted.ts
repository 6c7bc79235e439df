/** Which values of a column a filter accepts; each value is looked at once. */
import { noValue } from "../../../domain/asked.ts";
import { column } from "../rows.ts";
import type { CountedColumn } from "./columns.ts";
import { wantedTexts } from "./joined-search.ts";
import type { Values } from "./values.ts";

/** Marks values of a filter, from a number on and before another, with 1; they are 0. */
type Mark = (flags: Uint8Array, from: number, to: number) => void;

export class Accepted {
  readonly #values: Values;
  readonly #mark: Mark;
  #flags = new Uint8Array(1024);
  #done = 0;

  constructor(values: Values, mark: Mark) {
    this.#values = values;
    this.#mark = mark;
  }

  /** One for each value known by now. */
  flags(): Uint8Array {
    const { count } = this.#values;
    if (this.#flags.length < count) {
      const larger = new Uint8Array(count * 2);
      larger.set(this.#flags);
      this.#flags = larger;
    }
    if (this.#done < count) this.#mark(this.#flags, this.#done, count);
    this.#done = count;
    return this.#flags;
  }
}

/** Those that are one of `accepted`. */
export function oneOf(facet: CountedColumn, accepted: readonly string[], values: Values): Accepted {
  const wanted = new Set(accepted.map((value) => column(value) ?? ""));
  const withNone = wanted.delete(noValue);
  if (withNone) wanted.add("");
  const awaited = new Set(wanted);
  return new Accepted(values, (flags, from, to) => {
    if (from === 0 && withNone) flags[0] = 1;
    if (facet === "resource") {
      // A resource accepts its subresources too, and there are few of both.
      for (let value = Math.max(from, 1); value < to; value++) {
        const text = values.text(value)!;
        const slash = text.indexOf("/");
        flags[value] = wanted.has(text) || (slash >= 0 && wanted.has(text.slice(0, slash))) ? 1 : 0;
      }
      return;
    }
    for (const text of awaited) {
      const value = values.find(text);
      if (value === undefined) continue;
      flags[value] = 1;
      awaited.delete(text);
    }
  });
}

/** All others. */
export function noneOf(facet: CountedColumn, refused: readonly string[], values: Values): Accepted {
  const isRefused = oneOf(facet, refused, values);
  return new Accepted(values, (flags, from, to) => {
    const refusedOnes = isRefused.flags();
    for (let value = from; value < to; value++) flags[value] = 1 - refusedOnes[value]!;
  });
}

/** As many as are looked through together: their places are counted one by one where one of them is no ASCII. */
const together = 4096;

/** Those that hold a text in small letters, letter case aside. */
export function containing(wanted: string, values: Values): Accepted {
  return new Accepted(values, (flags, from, to) => {
    for (let begin = Math.max(from, 1); begin < to; begin += together) {
      const found = wantedTexts(values.lowered(begin, Math.min(begin + together, to)), wanted);
      if (found !== undefined) flags.set(found, begin);
    }
  });
}

/**
 * The most frequent texts of a column of a block, told beside it: a first look at all rows reads these, and what is most
 * frequent in all blocks together is known from them for certain, unless many texts stand about equally often.
 */
import type { CountedColumn } from "./columns.ts";
import type { Values } from "./values.ts";

export interface Frequent {
  /** The numbers of the texts within the block, */
  readonly ids: Uint32Array;
  /** and among all values. */
  readonly values: Uint32Array;
  readonly tallies: Uint32Array;
  /** No text beside these stands in more rows. */
  readonly rest: number;
}

interface Told {
  readonly ids: readonly number[];
  readonly texts: readonly string[];
  /** The first is of rows without a value. */
  readonly tallies: readonly number[];
  readonly rest: number;
}

export const frequentPart = (column: CountedColumn): string => `${column} frequent`;

/**
 * The most frequent of texts, of which the first stands for none, by how many rows have each; undefined where there are
 * no more than `most`.
 */
export function frequentToBytes(texts: readonly string[], tallies: Float64Array, most: number): Buffer | undefined {
  if (texts.length <= most) return undefined;
  const order = Uint32Array.from(texts, (_, at) => at).sort((a, b) => tallies[b]! - tallies[a]!);
  // None, and an empty text, which is told as none.
  const always = [0, ...(texts.indexOf("", 1) > 0 ? [texts.indexOf("", 1)] : [])];
  const others = order.filter((at) => !always.includes(at));
  const told = [...always, ...others.subarray(0, most)];
  const left = others[most];
  const said: Told = {
    ids: told,
    texts: told.map((at) => texts[at]!),
    tallies: told.map((at) => tallies[at]!),
    rest: left === undefined ? 0 : tallies[left]!,
  };
  return Buffer.from(JSON.stringify(said));
}

export function frequentFromBytes(bytes: Buffer, values: Values): Frequent {
  const { ids, texts, tallies, rest } = JSON.parse(bytes.toString()) as Told;
  return {
    ids: Uint32Array.from(ids),
    values: Uint32Array.from(texts, (text, at) => (at === 0 ? 0 : values.numberOf(text))),
    tallies: Uint32Array.from(tallies),
    rest,
  };
}

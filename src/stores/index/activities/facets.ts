/** How often each value of a column stands in the rows that are accepted. */
import type { FacetValue, FacetWish } from "../../../domain/asked.ts";
import type { CountedColumn } from "./columns.ts";
import { Counts } from "./counts.ts";
import type { Question } from "./question.ts";
import type { Breathe, Rows, Seen } from "./rows.ts";
import type { Selection } from "./selection.ts";
import type { Values } from "./values.ts";
import { holding, type WantedOf } from "./wanted.ts";

interface Wish {
  readonly facet: CountedColumn;
  readonly limit: number;
  /** Which texts are counted alone. */
  readonly search: WantedOf | undefined;
}

export async function facets(
  all: readonly Seen[],
  question: Question,
  wishes: readonly FacetWish[],
  values: { readonly [C in CountedColumn]: Values },
  breathe: Breathe,
): Promise<Readonly<Record<string, readonly FacetValue[]>>> {
  const asked = wishes.map(
    ({ facet, limit, search }): Wish => ({
      facet: facet as CountedColumn,
      limit,
      search: search ? holding(search.toLowerCase()) : undefined,
    }),
  );
  const found = await counted(all, question, asked, values, breathe, true);
  const open = asked.filter((_, at) => found[at] === undefined);
  const whole = await counted(all, question, open, values, breathe, false);
  return Object.fromEntries(
    asked.map((wish, at) => [wish.facet, found[at] ?? whole[open.indexOf(wish)] ?? []] as const),
  );
}

/** Of each wish the values; undefined where lists of the most frequent, if they may be asked, do not tell them. */
async function counted(
  all: readonly Seen[],
  question: Question,
  wishes: readonly Wish[],
  values: { readonly [C in CountedColumn]: Values },
  breathe: Breathe,
  fromLists: boolean,
): Promise<(FacetValue[] | undefined)[]> {
  const counts = wishes.map((wish) => ({ wish, counts: new Counts(values[wish.facet]) }));
  if (wishes.length === 0) return [];
  for (const seen of all) {
    await breathe();
    const common = question.select(seen);
    for (const { wish, counts: own } of counts) {
      const selection = question.asksAbout(wish.facet) ? question.select(seen, wish.facet) : common;
      if (selection !== undefined) add(own, seen, wish, selection, fromLists);
    }
  }
  return counts.map(({ wish, counts: own }) => own.most(wish.limit));
}

function add(counts: Counts, seen: Seen, { facet, search }: Wish, selection: Selection, fromLists: boolean): void {
  const { rows } = seen;
  const gone = selection.allBut(seen);
  const goneTallies = gone === undefined || gone.length === 0 ? undefined : talliesOf(rows, facet, gone);
  const frequent = fromLists && gone !== undefined && search === undefined ? rows.frequent(facet) : undefined;
  if (frequent !== undefined) {
    counts.addFrequent(frequent, goneTallies);
    return;
  }
  const all = gone === undefined ? undefined : rows.tallies(facet);
  let tallies = all === undefined ? selection.tallies(rows, facet) : less(all, goneTallies);
  if (search !== undefined) {
    const wanted = search(rows.lowered(facet));
    if (wanted === "none") return;
    if (wanted !== "all") tallies = tallies.map((tally, at) => tally * wanted[at]!);
  }
  counts.add(rows.valuesOf(facet, tallies), tallies);
}

function talliesOf(rows: Rows, column: CountedColumn, some: Uint32Array): Uint32Array {
  const [tallies, ids] = [new Uint32Array(rows.texts(column)), rows.ids(column)];
  for (let at = 0; at < some.length; at++) tallies[ids[some[at]!]!]! += 1;
  return tallies;
}

const less = (all: Uint32Array, some: Uint32Array | undefined): Uint32Array =>
  some === undefined ? all : all.map((tally, text) => tally - some[text]!);

/** The bars of a histogram: how many rows that are accepted fall into each stretch of time. */
import { type Histogram, noValue } from "../../../domain/asked.ts";
import { timeText } from "../../../domain/time.ts";
import { stretches } from "../stretches.ts";
import type { Question } from "./question.ts";
import type { Breathe, Seen } from "./rows.ts";
import type { Selection } from "./selection.ts";
import type { Values } from "./values.ts";

/** By outcome. `from` and `to` are the filter's, in nanoseconds. */
export async function histogram(
  all: readonly Seen[],
  question: Question,
  range: { readonly from: bigint | undefined; readonly to: bigint | undefined },
  most: number,
  outcomes: Values,
  breathe: Breathe,
): Promise<Histogram> {
  const [from, to] = await bounds(all, question, range, breathe);
  if (from === undefined || to === undefined) return { from: "", to: "", stepMillis: 0, series: [] };
  const { from: began, step, count } = stretches(from, to, most);
  const bars = new Bars(Number(began / 1000n), Number(step) / 1000, count, outcomes);
  for (const seen of all) {
    await breathe();
    const selection = question.select(seen);
    if (selection === undefined) continue;
    if (seen.rows.isSorted) bars.addSorted(seen, selection);
    else bars.add(seen, selection);
  }
  return {
    from: timeText(began),
    to: timeText(began + step * BigInt(count)),
    stepMillis: Number(step / 1_000_000n),
    series: [...bars.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, counts]) => ({ key, counts })),
  };
}

class Bars {
  /** By outcome. */
  readonly counts = new Map<string, number[]>();
  readonly #begin: number;
  readonly #length: number;
  readonly #count: number;
  readonly #outcomes: Values;

  /** So many of one length from a moment on, in microseconds. */
  constructor(begin: number, length: number, count: number, outcomes: Values) {
    this.#begin = begin;
    this.#length = length;
    this.#count = count;
    this.#outcomes = outcomes;
  }

  /** Rows of one bar stand together: most stretches of a long time lie within one, others have a few borders. */
  addSorted(seen: Seen, selection: Selection): void {
    const { rows, least, most } = seen;
    const last = Math.min(this.#barOf(most), this.#count - 1);
    let bar = Math.max(this.#barOf(least), 0);
    let from = bar === this.#barOf(least) ? 0 : rows.firstFrom({ micros: this.#beginOf(bar), nanos: 0 });
    for (; bar <= last; bar++) {
      const isToEnd = bar === this.#barOf(most);
      const to = isToEnd ? seen.count : rows.firstFrom({ micros: this.#beginOf(bar + 1), nanos: 0 });
      if (to > from) this.#addRows(bar, seen, selection, from, to);
      from = to;
    }
  }

  add(seen: Seen, selection: Selection): void {
    const ids = seen.rows.ids("outcome");
    const moments = seen.rows.numbers("moment");
    const texts = seen.rows.texts("outcome");
    const tallies = new Uint32Array(this.#count * texts);
    for (const row of selection.rows()) {
      const bar = this.#barOf(moments[row]!);
      if (bar >= 0 && bar < this.#count) tallies[bar * texts + ids[row]!]! += 1;
    }
    for (let bar = 0; bar < this.#count; bar++)
      this.#addTallies(bar, seen, tallies.subarray(bar * texts, (bar + 1) * texts));
  }

  #addRows(bar: number, seen: Seen, selection: Selection, from: number, to: number): void {
    const { rows, count } = seen;
    const all = selection.isAllOf(seen) ? rows.tallies("outcome") : undefined;
    const within = (first: number, end: number) => selection.tallies(rows, "outcome", first, end);
    // Of all rows, those beside are taken off where they are fewer.
    if (all === undefined || 2 * (to - from) < count) this.#addTallies(bar, seen, within(from, to));
    else {
      const [before, behind] = [within(0, from), within(to, count)];
      const left = all.map((tally, text) => tally - before[text]! - behind[text]!);
      this.#addTallies(bar, seen, left);
    }
  }

  #addTallies(bar: number, { rows }: Seen, tallies: Uint32Array): void {
    const values = rows.valuesOf("outcome", tallies);
    for (let text = 0; text < tallies.length; text++) {
      if (tallies[text] === 0) continue;
      const key = this.#outcomes.text(values[text]!) ?? noValue;
      const own = this.counts.get(key) ?? Array.from({ length: this.#count }, () => 0);
      this.counts.set(key, own);
      own[bar]! += tallies[text]!;
    }
  }

  #barOf(micros: number): number {
    return Math.floor((micros - this.#begin) / this.#length);
  }

  /** The first whole microsecond of a bar. */
  #beginOf(bar: number): number {
    let micros = Math.ceil(this.#begin + bar * this.#length);
    while (this.#barOf(micros) < bar) micros++;
    while (this.#barOf(micros - 1) >= bar) micros--;
    return micros;
  }
}

async function bounds(
  all: readonly Seen[],
  question: Question,
  { from, to }: { readonly from: bigint | undefined; readonly to: bigint | undefined },
  breathe: Breathe,
): Promise<readonly [bigint | undefined, bigint | undefined]> {
  if (from !== undefined && to !== undefined) return [from, to];
  const byLeast = [...all].sort((a, b) => a.least - b.least);
  const first = await edge(byLeast, question, breathe, true);
  const last = await edge(all, question, breathe, false);
  if (first === undefined || last === undefined) return [undefined, undefined];
  return [from ?? BigInt(first) * 1000n, to ?? (BigInt(last) + 1n) * 1000n];
}

/** The first or the last moment of what is accepted. */
async function edge(
  all: readonly Seen[],
  question: Question,
  breathe: Breathe,
  isFirst: boolean,
): Promise<number | undefined> {
  let best: number | undefined;
  const isBetter = (moment: number) => best === undefined || (isFirst ? moment < best : moment > best);
  for (const seen of all) {
    if (!isBetter(isFirst ? seen.least : seen.most)) break;
    await breathe();
    const selection = question.select(seen);
    if (selection === undefined) continue;
    const { rows } = seen;
    if (selection.isAllOf(seen)) best = isFirst ? seen.least : seen.most;
    else if (rows.isSorted) {
      const row = isFirst ? selection.first() : selection.last();
      const moment = row === undefined ? undefined : rows.numberAt("moment", row);
      if (moment !== undefined && isBetter(moment)) best = moment;
    } else {
      const moments = rows.numbers("moment");
      for (const row of selection.rows()) if (isBetter(moments[row]!)) best = moments[row]!;
    }
  }
  return best;
}

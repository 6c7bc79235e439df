/** The bars of a histogram: how many rows that are accepted fall into each stretch of time. */
import { type Histogram, noValue } from "../../../domain/asked.ts";
import { timeText } from "../../../domain/time.ts";
import { stretches } from "../stretches.ts";
import { talliesOf } from "./facets.ts";
import type { Question, Selection } from "./question.ts";
import type { Breathe, Seen } from "./rows.ts";
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
  const [begin, length] = [Number(began / 1000n), Number(step) / 1000];
  const bars = new Map<string, number[]>();
  for (const seen of all) {
    await breathe();
    const selection = question.select(seen);
    if (selection === undefined) continue;
    const { rows } = seen;
    const values = rows.values("outcome");
    const counts = barsOf(seen, selection, begin, length, count, values.length);
    for (let text = 0; text < values.length; text++) {
      const own = counts.subarray(text * count, (text + 1) * count);
      if (own.every((bar) => bar === 0)) continue;
      const key = outcomes.text(values[text]!) ?? noValue;
      const bar = bars.get(key) ?? Array.from({ length: count }, () => 0);
      bars.set(key, bar);
      for (let at = 0; at < count; at++) bar[at]! += own[at]!;
    }
  }
  return {
    from: timeText(began),
    to: timeText(began + step * BigInt(count)),
    stepMillis: Number(step / 1_000_000n),
    series: [...bars].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, counts]) => ({ key, counts })),
  };
}

/** How many rows of each outcome stand in each bar, the bars of one outcome together. */
function barsOf(
  { rows, least, most }: Seen,
  { from, to, mask }: Selection,
  begin: number,
  length: number,
  count: number,
  texts: number,
): Float64Array {
  const bars = new Float64Array(texts * count);
  const ids = rows.ids("outcome");
  const barOf = (micros: number) => Math.floor((micros - begin) / length);
  const [first, last] = [barOf(least), barOf(most)];
  if (first === last) {
    // Most stretches of a long time lie within one bar.
    if (first >= 0 && first < count)
      for (const [text, tally] of talliesOf(ids, texts, { from, to, mask }).entries())
        bars[text * count + first] = tally;
    return bars;
  }
  const moments = rows.numbers("moment");
  for (let row = from; row < to; row++) {
    if (mask !== undefined && mask[row] === 0) continue;
    const bar = Math.floor((moments[row]! - begin) / length);
    if (bar >= 0 && bar < count) bars[ids[row]! * count + bar]! += 1;
  }
  return bars;
}

async function bounds(
  all: readonly Seen[],
  question: Question,
  { from, to }: { readonly from: bigint | undefined; readonly to: bigint | undefined },
  breathe: Breathe,
): Promise<readonly [bigint | undefined, bigint | undefined]> {
  if (from !== undefined && to !== undefined) return [from, to];
  const byLeast = [...all].sort((a, b) => a.least - b.least);
  const first = await edge(
    byLeast,
    question,
    breathe,
    (seen, best) => seen.least < best,
    Math.min,
    Number.POSITIVE_INFINITY,
  );
  const last = await edge(all, question, breathe, (seen, best) => seen.most > best, Math.max, Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(first)) return [undefined, undefined];
  return [from ?? BigInt(first) * 1000n, to ?? (BigInt(last) + 1n) * 1000n];
}

async function edge(
  all: readonly Seen[],
  question: Question,
  breathe: Breathe,
  couldBe: (seen: Seen, best: number) => boolean,
  better: (a: number, b: number) => number,
  none: number,
): Promise<number> {
  let best = none;
  for (const seen of all) {
    if (Number.isFinite(best) && !couldBe(seen, best)) break;
    await breathe();
    const selection = question.select(seen);
    if (selection === undefined) continue;
    const moments = seen.rows.numbers("moment");
    for (let row = selection.from; row < selection.to; row++)
      if (selection.mask === undefined || selection.mask[row] === 1) best = better(best, moments[row]!);
  }
  return best;
}

/** What is asked of activities: pages, counts, values of facets, bars, what arrived. */
import type { Activity } from "../../../domain/activity.ts";
import { type FacetValue, type FacetWish, type Histogram, noValue, type Page } from "../../../domain/asked.ts";
import { timeText } from "../../../domain/time.ts";
import { stretches } from "../stretches.ts";
import type { CountedColumn } from "./columns.ts";
import type { Question, Selection } from "./question.ts";
import type { Seen } from "./rows.ts";
import type { Values } from "./values.ts";

/** Lets others work where it has worked long enough; called between stretches. */
export type Breathe = () => Promise<void> | undefined;

export interface Place {
  readonly micros: number;
  readonly nanos: number;
  readonly id: string;
}

interface Found extends Place {
  readonly seen: Seen;
  readonly row: number;
}

/** So many rows that are accepted, newest first, from behind a place on. `seen` are newest first. */
export async function newest(
  all: readonly Seen[],
  question: Question,
  limit: number,
  after: Place | undefined,
  breathe: Breathe,
): Promise<readonly Found[]> {
  let found: Found[] = [];
  for (const seen of all) {
    const worst = found.length >= limit ? found[limit - 1] : undefined;
    if (worst !== undefined && seen.most < worst.micros) break;
    if (after !== undefined && seen.least > after.micros) continue;
    await breathe();
    const selection = question.select(seen);
    if (selection === undefined) continue;
    found = [...found, ...newestOf(seen, selection, limit, after, worst)].sort(compare).slice(0, limit);
  }
  return found;
}

function newestOf(
  seen: Seen,
  { from, to, mask }: Selection,
  limit: number,
  after: Place | undefined,
  worst: Place | undefined,
): Found[] {
  const { rows } = seen;
  const [moments, nanos] = [rows.numbers("moment"), rows.numbers("nanos")];
  let found: Found[] = [];
  let least = worst?.micros ?? Number.NEGATIVE_INFINITY;
  for (let row = to - 1; row >= from; row--) {
    if (mask !== undefined && mask[row] === 0) continue;
    const micros = moments[row]!;
    if (micros < least) {
      if (rows.isSorted) break;
      continue;
    }
    if (after !== undefined && micros > after.micros) continue;
    const one = { micros, nanos: nanos[row]!, id: rows.idAt(row), seen, row };
    if (after !== undefined && micros === after.micros && compare(one, after) <= 0) continue;
    found.push(one);
    if (rows.isSorted && found.length > limit && micros < found[limit - 1]!.micros) break;
    if (!rows.isSorted && found.length >= 4 * limit) {
      found = found.sort(compare).slice(0, limit);
      least = Math.max(least, found[limit - 1]!.micros);
    }
  }
  return found;
}

/** Newest first; equal moments by id, from the end. */
function compare(a: Place, b: Place): number {
  return b.micros - a.micros || b.nanos - a.nanos || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/** Each row may lie in a block of its own, of which all columns are read for it. */
export async function pageOf(
  found: readonly Found[],
  limit: number,
  cursor: (last: Place) => string,
  breathe: Breathe,
): Promise<Page<Activity>> {
  const shown = found.slice(0, limit);
  const items: Activity[] = [];
  for (const { seen, row } of shown) {
    await breathe();
    if (!seen.rows.isRemoved) items.push(seen.rows.activity(row));
  }
  const last = shown.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursor(last) : null };
}

export async function count(all: readonly Seen[], question: Question, breathe: Breathe): Promise<number> {
  let sum = 0;
  for (const seen of all) {
    await breathe();
    const selection = question.select(seen);
    if (selection !== undefined) sum += countOf(selection);
  }
  return sum;
}

function countOf({ from, to, mask }: Selection): number {
  if (mask === undefined) return to - from;
  let sum = 0;
  for (let row = from; row < to; row++) sum += mask[row]!;
  return sum;
}

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
    counted.map(({ facet, counts, limit, search }) => [facet, counts.most(values[facet].texts, limit, search)]),
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
  most(texts: readonly (string | null)[], limit: number, search: string | undefined): FacetValue[] {
    const wanted = search?.toLowerCase();
    // An empty text is no value either.
    const empty = texts.indexOf("");
    if (empty > 0 && empty < this.#counts.length) {
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
    for (let value = 0; value < Math.min(texts.length, this.#counts.length); value++) {
      const count = this.#counts[value]!;
      if (count < least) continue;
      const text = texts[value]!;
      if (wanted && !(text?.toLowerCase().includes(wanted) ?? false)) continue;
      best.push({ text, count });
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

function talliesOf(ids: ArrayLike<number>, texts: number, { from, to, mask }: Selection): Uint32Array {
  const tallies = new Uint32Array(texts);
  if (mask === undefined) for (let row = from; row < to; row++) tallies[ids[row]!]! += 1;
  else for (let row = from; row < to; row++) tallies[ids[row]!]! += mask[row]!;
  return tallies;
}

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
      const key = outcomes.texts[values[text]!] ?? noValue;
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

/** What was written after a place and up to a position, oldest first. */
export async function arrivals(
  all: readonly Seen[],
  question: Question,
  after: { readonly written: number; readonly id: string },
  upTo: number,
  limit: number,
  breathe: Breathe,
): Promise<readonly { readonly written: number; readonly activity: Activity }[]> {
  const found: { readonly written: number; readonly id: string; readonly seen: Seen; readonly row: number }[] = [];
  for (const seen of all) {
    if (seen.rows.isRemoved || (seen.rows.mostWritten ?? Number.POSITIVE_INFINITY) < after.written) continue;
    await breathe();
    const selection = question.select(seen);
    if (selection === undefined) continue;
    const written = seen.rows.numbers("written");
    for (let row = selection.from; row < selection.to; row++) {
      const at = written[row]!;
      if (at < after.written || at > upTo || (selection.mask !== undefined && selection.mask[row] === 0)) continue;
      const id = seen.rows.idAt(row);
      if (at > after.written || id > after.id) found.push({ written: at, id, seen, row });
    }
  }
  found.sort((a, b) => a.written - b.written || (a.id < b.id ? -1 : 1));
  return found
    .slice(0, limit)
    .flatMap(({ written, seen, row }) => (seen.rows.isRemoved ? [] : [{ written, activity: seen.rows.activity(row) }]));
}

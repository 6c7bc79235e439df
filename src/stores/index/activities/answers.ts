/** Which activities are asked for: pages, how many there are, what arrived. */
import type { Activity } from "../../../domain/activity.ts";
import type { Page } from "../../../domain/asked.ts";
import type { Question } from "./question.ts";
import type { Breathe, Seen } from "./rows.ts";
import type { Selection } from "./selection.ts";

export interface Place {
  readonly micros: number;
  readonly nanos: number;
  readonly id: string;
}

/** Most rows differ by their moment: the id of few is read. */
class Found implements Place {
  readonly micros: number;
  readonly nanos: number;
  readonly seen: Seen;
  readonly row: number;

  constructor(micros: number, nanos: number, seen: Seen, row: number) {
    this.micros = micros;
    this.nanos = nanos;
    this.seen = seen;
    this.row = row;
  }

  /** Of a row that went meanwhile it is empty, as the last one of its moment. */
  get id(): string {
    return this.seen.rows.isRemoved ? "" : this.seen.rows.idAt(this.row);
  }
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
  selection: Selection,
  limit: number,
  after: Place | undefined,
  worst: Place | undefined,
): Found[] {
  const { rows } = seen;
  let found: Found[] = [];
  let least = worst?.micros ?? Number.NEGATIVE_INFINITY;
  const behind = (place: Place) => rows.firstFrom({ micros: place.micros + 1, nanos: 0 });
  // What came last is mostly newest, so that few of the others are kept even for a while.
  const chosen = rows.isSorted
    ? selection.backwards(after === undefined ? undefined : behind(after))
    : selection.rows().toReversed();
  for (const row of chosen) {
    const micros = rows.numberAt("moment", row);
    if (micros < least) {
      if (rows.isSorted) break;
      continue;
    }
    if (after !== undefined && micros > after.micros) continue;
    const one = new Found(micros, rows.numberAt("nanos", row), seen, row);
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
  if (a.micros !== b.micros || a.nanos !== b.nanos) return b.micros - a.micros || b.nanos - a.nanos;
  const [one, other] = [a.id, b.id];
  return one < other ? 1 : one > other ? -1 : 0;
}

/** Each row may lie in a block of its own, of which a frame of each column is read for it. */
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
    if (selection !== undefined) sum += selection.count;
  }
  return sum;
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
    for (const row of selection.rows()) {
      const at = written[row]!;
      if (at < after.written || at > upTo) continue;
      const id = seen.rows.idAt(row);
      if (at > after.written || id > after.id) found.push({ written: at, id, seen, row });
    }
  }
  found.sort((a, b) => a.written - b.written || (a.id < b.id ? -1 : 1));
  return found
    .slice(0, limit)
    .flatMap(({ written, seen, row }) => (seen.rows.isRemoved ? [] : [{ written, activity: seen.rows.activity(row) }]));
}

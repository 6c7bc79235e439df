/** What `detections` and `activity` share: from flags to a question, from pages to lines. */
import { setTimeout as pause } from "node:timers/promises";
import { client, reaching, type ServerChoice } from "./client.ts";
import { type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";

export type Row = Readonly<Record<string, unknown>>;
export type ListOutput = "table" | "wide" | "json" | "ndjson";

export interface ListFlags extends ServerChoice {
  readonly output: ListOutput;
  /** How long ago: `15m`, `1h`, `7d`. */
  readonly since?: string;
  readonly from?: string;
  readonly to?: string;
  /** How many at most. */
  readonly limit?: number;
  /** Goes on showing what is new until the signal fires. */
  readonly watch?: boolean;
  /** Accepted values by the API's parameter names. */
  readonly filters: Readonly<Record<string, readonly string[] | undefined>>;
}

export interface Column {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Shown with `-o wide` alone. */
  readonly wide?: boolean;
}

/** The API's largest page. */
const pageSize = 1000;
const watchMillis = 2000;

export async function askedList(
  path: string,
  columns: readonly Column[],
  flags: ListFlags,
  io: Io,
  stop: AbortSignal = new AbortController().signal,
): Promise<ExitCode> {
  if (flags.since !== undefined && flags.from !== undefined)
    throw new UsageError("--since and --from are both given", "keep one of them");
  const ask = client(flags, io);
  const base = question(flags, io.now());
  const shown = columns.filter(({ wide }) => flags.output === "wide" || wide !== true);
  return reaching(io, async () => {
    const items = await gather(ask, path, base, flags.limit ?? 100);
    if (flags.watch === true) return watch(items);
    await print(items, true);
    return exitCodes.fine;
  });

  /** Newest first as asked; watching, oldest first, so that the newest stands where the eye is. */
  async function print(items: readonly Row[], withTitle: boolean): Promise<void> {
    if (flags.output === "json") return io.stdout.write(`${JSON.stringify({ items }, null, 2)}\n`);
    if (flags.output === "ndjson") return io.stdout.write(items.map((item) => `${JSON.stringify(item)}\n`).join(""));
    if (items.length === 0 && withTitle && flags.watch !== true) return io.stderr.write("nothing was found\n");
    await io.stdout.write(drawnTable(shown, items, withTitle));
  }

  async function watch(first: readonly Row[]): Promise<ExitCode> {
    const seen = new Set(first.map(({ id }) => String(id)));
    let newest = String(first[0]?.time ?? base.get("from") ?? io.now().toISOString());
    await print([...first].reverse(), true);
    while (!stop.aborted) {
      if (!(await waited(watchMillis, stop))) break;
      // Events come late and out of order, so a stretch already seen is asked for again.
      const from = new Date(Date.parse(newest) - 60_000).toISOString();
      const query = new URLSearchParams(base);
      query.set("from", from);
      const fresh = (await gather(ask, path, query, pageSize)).filter(({ id }) => !seen.has(String(id)));
      for (const { id } of fresh) seen.add(String(id));
      if (fresh[0] !== undefined && String(fresh[0].time) > newest) newest = String(fresh[0].time);
      await print([...fresh].reverse(), false);
    }
    return exitCodes.fine;
  }
}

async function gather(
  ask: ReturnType<typeof client>,
  path: string,
  base: URLSearchParams,
  limit: number,
): Promise<readonly Row[]> {
  const items: Row[] = [];
  for (let cursor: string | null = null; items.length < limit; ) {
    const query = new URLSearchParams(base);
    query.set("limit", String(Math.min(pageSize, limit - items.length)));
    if (cursor !== null) query.set("cursor", cursor);
    const page = await ask(path, query);
    items.push(...page.items);
    cursor = page.next;
    if (cursor === null) break;
  }
  return items;
}

function question({ since, from, to, filters }: ListFlags, now: Date): URLSearchParams {
  const query = new URLSearchParams();
  const begin = since === undefined ? from : new Date(now.getTime() - duration(since)).toISOString();
  if (begin !== undefined) query.set("from", begin);
  if (to !== undefined) query.set("to", to);
  for (const [name, values] of Object.entries(filters)) for (const value of values ?? []) query.append(name, value);
  return query;
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of `90s`, `15m`, `1h30m`, `7d`. */
export function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text)
    throw new UsageError(`\`${text}\` is no length of time`, "write it like 90s, 15m, 1h30m or 7d");
  const millis = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0), 0);
  // Further back than this no date can tell.
  if (millis > 100 * 365 * (units.d ?? 0)) throw new UsageError(`\`${text}\` is too long ago`, "write it like 7d");
  return millis;
}

/** Columns as wide as their widest cell; the last one runs on. */
export function drawnTable(columns: readonly Column[], rows: readonly Row[], withTitle: boolean): string {
  const cells = rows.map((row) => columns.map(({ text }) => printable(text(row))));
  const lines = withTitle ? [columns.map(({ title }) => title), ...cells] : cells;
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...cells.map((line) => line[at]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, at) => (at === line.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** What a caller chose may hold a terminal's control characters. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}

/** A row's text; `-` where there is none. */
export const cell = (row: Row, name: string): string => {
  const value = row[name];
  return value === null || value === undefined || value === "" ? "-" : String(value);
};

/** To the second: the digits below tell little to an eye. */
export const second = (row: Row, name: string): string => cell(row, name).replace(/\.\d+Z$/, "Z");

async function waited(millis: number, stop: AbortSignal): Promise<boolean> {
  try {
    await pause(millis, undefined, { signal: stop });
    return true;
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  }
}

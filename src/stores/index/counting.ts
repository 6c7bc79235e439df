/** What is counted of a list: values of facets, bars of a histogram, groups, rules' records. Each is one query. */

import {
  type Asked,
  type DetectionQuery,
  type FacetValue,
  type FacetWish,
  type Group,
  type Histogram,
  noValue,
  type Page,
  type RuleRecord,
  type Triage,
  type TriageState,
} from "../../domain/asked.ts";
import type { Detection } from "../../domain/detection.ts";
import { BadCursor } from "../../domain/store.ts";
import { timeText } from "../../domain/time.ts";
import { column, nanosWithin, within64 } from "./rows.ts";
import { columns, conditions, given, type Parameter } from "./where.ts";

/** Asks the database; answers rows. */
export type Read = (sql: string, parameters?: readonly Parameter[]) => Promise<unknown[][]>;

const where = (found: readonly string[]) => (found.length === 0 ? "" : ` WHERE ${found.join(" AND ")}`);

export async function count(read: Read, { list, filter }: Asked): Promise<number> {
  const parameters: Parameter[] = [];
  const sql = `SELECT count(*) FROM ${list}${where(conditions(filter, given(parameters)))}`;
  return Number((await read(sql, parameters))[0]?.[0]);
}

export async function facets(
  read: Read,
  { list, filter }: Asked,
  wishes: readonly FacetWish[],
): Promise<Readonly<Record<string, readonly FacetValue[]>>> {
  const counted = wishes.map(async ({ facet, limit, search }) => {
    const parameters: Parameter[] = [];
    const give = given(parameters);
    const found = conditions(filter, give, { but: facet });
    const name = facet === "tag" ? "unnest(string_split(trim(tags, chr(10)), chr(10)))" : columns[facet];
    const inner = `SELECT ${name} AS value FROM ${list}${where(found)}`;
    const wanted = search ? ` WHERE contains(lower(value), ${give(column(search.toLowerCase()) ?? "")})` : "";
    const sql = `SELECT nullif(value, ''), count(*) AS n FROM (${inner})${wanted} GROUP BY 1 ORDER BY n DESC, 1 NULLS LAST LIMIT ${Math.floor(limit)}`;
    const rows = await read(sql, parameters);
    return [
      facet,
      rows.map(([value, n]) => ({ value: value === null ? noValue : String(value), count: Number(n) })),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 30, 90, 365, 3650].map((n) => n * day),
];

export interface Stretches {
  readonly from: bigint;
  readonly step: bigint;
  readonly count: number;
}

/** At most so many stretches of a round length that hold both moments. */
export function stretches(from: bigint, to: bigint, most: number): Stretches {
  const million = 1_000_000n;
  for (const millis of steps) {
    const step = BigInt(millis) * million;
    const began = floorTo(from, step);
    const wanted = (to - began + step - 1n) / step;
    if (wanted <= BigInt(most)) return { from: began, step, count: Math.max(1, Number(wanted)) };
  }
  const step = (to - from) / BigInt(most) + 1n;
  return { from, step, count: most };
}

const floorTo = (value: bigint, step: bigint) => value - (((value % step) + step) % step);

export async function histogram(read: Read, { list, filter }: Asked, most: number): Promise<Histogram> {
  const parameters: Parameter[] = [];
  const give = given(parameters);
  const found = where(conditions(filter, give));
  const [from, to] = await bounds(read, list, filter, found, parameters);
  if (from === undefined || to === undefined) return { from: "", to: "", stepMillis: 0, series: [] };
  const stretch = stretches(from, to, most);
  const key = list === "detections" ? "severity" : "outcome";
  const bucket = bucketOf(stretch, give);
  const rows = await read(
    `SELECT ${key}, ${bucket}, count(*) FROM ${list}${found} GROUP BY ALL ORDER BY ALL`,
    parameters,
  );
  const series = new Map<string, number[]>();
  for (const [value, at, n] of rows) {
    const name = value === null ? noValue : String(value);
    const counts = series.get(name) ?? Array.from({ length: stretch.count }, () => 0);
    series.set(name, counts);
    if (Number(at) < counts.length) counts[Number(at)] = Number(n);
  }
  return {
    from: timeText(stretch.from),
    to: timeText(stretch.from + stretch.step * BigInt(stretch.count)),
    stepMillis: Number(stretch.step / 1_000_000n),
    series: [...series].map(([name, counts]) => ({ key: name, counts })),
  };
}

const bucketOf = ({ from, step }: Stretches, give: (value: Parameter) => string) =>
  `(moment - ${give(from)}) // ${give(step)}`;

async function bounds(
  read: Read,
  list: string,
  filter: Asked["filter"],
  found: string,
  parameters: readonly Parameter[],
): Promise<readonly [bigint | undefined, bigint | undefined]> {
  const [from, to] = [filter.from, filter.to].map((time) => (time === undefined ? undefined : nanosWithin(time)));
  if (from !== undefined && to !== undefined) return [from, to];
  const [first, last] = (await read(`SELECT min(moment), max(moment) FROM ${list}${found}`, parameters))[0] ?? [];
  if (typeof first !== "bigint" || typeof last !== "bigint") return [undefined, undefined];
  return [from ?? first, to ?? last + 1n];
}

const sparkStretches = 24;

/** Items by their list's keys; what both `groups` and the list itself read. */
export type Whole = (keys: readonly (readonly [bigint, string])[]) => Promise<readonly Detection[]>;

export async function groups(
  read: Read,
  whole: Whole,
  query: DetectionQuery,
  triage: readonly Triage[],
  states: readonly TriageState[] | undefined,
  now: Date,
): Promise<Page<Group>> {
  const { limit, cursor, ...filter } = query;
  const parameters: Parameter[] = [];
  const give = given(parameters);
  const found = where(conditions(filter, give));
  const [decided, returned] = decisions(triage, give);
  const time = give(within64(BigInt(now.getTime()) * 1_000_000n));
  const outer: string[] = [];
  if (states !== undefined)
    outer.push(states.length === 0 ? "false" : `state IN (${states.map((one) => give(one)).join(", ")})`);
  if (cursor !== undefined) {
    const [at, fingerprint] = cursorOf(cursor);
    const last = give(at);
    outer.push(`(last < ${last} OR (last = ${last} AND fingerprint < ${give(fingerprint)}))`);
  }
  const sql = `
    WITH decided (fp, state, decided_at, until) AS (${decided}),
    returned AS (${returned}),
    grouped AS (
      SELECT fingerprint, count(*) AS n, min(moment) AS first, max(moment) AS last
      FROM detections${found} GROUP BY fingerprint),
    stated AS (
      SELECT grouped.*, CASE
        WHEN decided.state IS NULL OR returned.fp IS NOT NULL THEN 'open'
        WHEN decided.state = 'muted' AND decided.until IS NOT NULL AND decided.until <= ${time} THEN 'open'
        ELSE decided.state END AS state
      FROM grouped LEFT JOIN decided ON decided.fp = fingerprint LEFT JOIN returned ON returned.fp = fingerprint)
    SELECT fingerprint, n, first, last, state FROM stated${where(outer)}
    ORDER BY last DESC, fingerprint DESC LIMIT ${limit + 1}`;
  const rows = await read(sql, parameters);
  const shown = rows.slice(0, limit).map(
    ([fingerprint, n, first, last, state]): Shown => ({
      fingerprint: String(fingerprint),
      count: Number(n),
      first: BigInt(String(first)),
      last: BigInt(String(last)),
      state: String(state) as TriageState,
    }),
  );
  const [latest, sparks] = await Promise.all([latestOf(read, whole, filter, shown), sparksOf(read, filter, shown)]);
  const items = shown.flatMap(({ fingerprint, count, first, last, state }): Group[] => {
    const item = latest.get(fingerprint);
    // Retention has removed it meanwhile.
    if (item === undefined) return [];
    const [firstSeen, lastSeen] = [timeText(first), timeText(last)];
    return [{ fingerprint, count, firstSeen, lastSeen, state, latest: item, spark: sparks.get(fingerprint) ?? [] }];
  });
  const end = rows.length > limit ? shown.at(-1) : undefined;
  return { items, next: end === undefined ? null : cursorText(String(end.last), end.fingerprint) };
}

interface Shown {
  readonly fingerprint: string;
  readonly count: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly state: TriageState;
}

/** What was decided as rows, and which of the resolved came again: whatever the filter, for a state is that of now. */
function decisions(triage: readonly Triage[], give: (value: Parameter) => string): readonly [string, string] {
  const none = "SELECT NULL::VARCHAR AS fp, NULL::VARCHAR, NULL::BIGINT, NULL::BIGINT WHERE false";
  const resolved = triage.filter(({ state }) => state === "resolved").map(({ at }) => nanosWithin(at));
  const returned =
    resolved.length === 0
      ? "SELECT NULL::VARCHAR AS fp WHERE false"
      : `SELECT DISTINCT fp FROM detections JOIN decided ON fp = fingerprint
         WHERE state = 'resolved' AND moment > decided_at AND moment > ${give(least(resolved))}`;
  return [triage.length === 0 ? none : `VALUES ${triage.map((one) => decidedRow(one, give)).join(", ")}`, returned];
}

const least = (moments: readonly bigint[]): bigint => moments.reduce((a, b) => (a < b ? a : b));
const most = (moments: readonly bigint[]): bigint => moments.reduce((a, b) => (a > b ? a : b));

/** Of each group the one that lists show first. */
async function latestOf(
  read: Read,
  whole: Whole,
  filter: Asked["filter"],
  shown: readonly Shown[],
): Promise<ReadonlyMap<string, Detection>> {
  if (shown.length === 0) return new Map();
  const parameters: Parameter[] = [];
  const give = given(parameters);
  const lasts = shown.map(({ last }) => last);
  const found = where([
    ...conditions(filter, give),
    `moment >= ${give(least(lasts))} AND moment <= ${give(most(lasts))}`,
    `moment IN (${lasts.map(give).join(", ")})`,
    `fingerprint IN (${shown.map(({ fingerprint }) => give(fingerprint)).join(", ")})`,
  ]);
  const rows = await read(`SELECT fingerprint, moment, max(id) FROM detections${found} GROUP BY ALL`, parameters);
  const ids = new Map(rows.map(([fingerprint, moment, id]) => [`${moment} ${fingerprint}`, String(id)]));
  const keys = shown.map(({ fingerprint, last }) => [last, ids.get(`${last} ${fingerprint}`) ?? ""] as const);
  const items = new Map((await whole(keys)).map((item) => [item.id, item]));
  return new Map(
    shown.flatMap(({ fingerprint }, at) => {
      const item = items.get(keys[at]?.[1] ?? "");
      return item === undefined ? [] : [[fingerprint, item] as const];
    }),
  );
}

function decidedRow({ fingerprint, state, at, until }: Triage, give: (value: Parameter) => string): string {
  const ends = until === undefined ? "NULL::BIGINT" : give(nanosWithin(until));
  return `(${give(fingerprint)}, ${give(state)}, ${give(nanosWithin(at))}, ${ends})`;
}

const cursorText = (at: string, fingerprint: string) =>
  Buffer.from(JSON.stringify(["groups", at, fingerprint])).toString("base64url");

function cursorOf(text: string): readonly [bigint, string] {
  try {
    const [list, at, fingerprint] = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[];
    if (list === "groups" && typeof at === "string" && /^-?\d{1,19}$/.test(at) && typeof fingerprint === "string")
      return [within64(BigInt(at)), fingerprint];
  } catch {
    // Told below.
  }
  throw new BadCursor("the cursor is none of this list's: start again without one");
}

async function sparksOf(
  read: Read,
  filter: Asked["filter"],
  shown: readonly Shown[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (shown.length === 0) return new Map();
  const parameters: Parameter[] = [];
  const give = given(parameters);
  const fingerprints = shown.map(({ fingerprint }) => give(fingerprint)).join(", ");
  const found = where([...conditions(filter, give), `fingerprint IN (${fingerprints})`]);
  const from = filter.from === undefined ? least(shown.map(({ first }) => first)) : nanosWithin(filter.from);
  const to = filter.to === undefined ? most(shown.map(({ last }) => last)) + 1n : nanosWithin(filter.to);
  const stretch = { from, step: (to - from) / BigInt(sparkStretches) + 1n, count: sparkStretches };
  const sql = `SELECT fingerprint, ${bucketOf(stretch, give)}, count(*) FROM detections${found} GROUP BY ALL`;
  return sparked(await read(sql, parameters), sparkStretches);
}

function sparked(rows: readonly (readonly unknown[])[], length: number): Map<string, number[]> {
  const sparks = new Map<string, number[]>();
  for (const [key, at, n] of rows) {
    const counts = sparks.get(String(key)) ?? Array.from({ length }, () => 0);
    sparks.set(String(key), counts);
    if (Number(at) >= 0 && Number(at) < length) counts[Number(at)] = Number(n);
  }
  return sparks;
}

export async function ruleRecords(
  read: Read,
  { from, to, stretches: wanted }: { readonly from: string; readonly to: string; readonly stretches: number },
): Promise<readonly RuleRecord[]> {
  const parameters: Parameter[] = [];
  const give = given(parameters);
  const found = where(conditions({ from, to }, give));
  const began = nanosWithin(from);
  const step = (nanosWithin(to) - began) / BigInt(wanted) + 1n;
  const rows = await read(
    `SELECT rule, ${bucketOf({ from: began, step, count: wanted }, give)}, count(*), max(moment) FROM detections${found} GROUP BY ALL`,
    parameters,
  );
  const sparks = sparked(rows, wanted);
  const last = new Map<string, bigint>();
  for (const [rule, , , moment] of rows) {
    const at = BigInt(String(moment));
    if (at > (last.get(String(rule)) ?? -(2n ** 63n))) last.set(String(rule), at);
  }
  return [...sparks].map(([rule, spark]) => ({
    rule,
    count: spark.reduce((a, b) => a + b, 0),
    last: timeText(last.get(rule) ?? 0n),
    spark,
  }));
}

/** Detections of one fingerprint as one: how often, since when, decided how. */

import type { Asked, DetectionQuery, Group, Page, Triage, TriageState } from "../../domain/asked.ts";
import type { Detection } from "../../domain/detection.ts";
import { BadCursor } from "../../domain/store.ts";
import { timeText } from "../../domain/time.ts";
import { type Read, where } from "./counting.ts";
import { within64 } from "./rows.ts";
import { least, most, sparksOf } from "./sparks.ts";
import { decisions } from "./triage-rows.ts";
import { conditions, given, type Parameter } from "./where.ts";

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
    ([fingerprint, n, first, last, state]): GroupRow => ({
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

export interface GroupRow {
  readonly fingerprint: string;
  readonly count: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly state: TriageState;
}

/** Of each group the one that lists show first. */
async function latestOf(
  read: Read,
  whole: Whole,
  filter: Asked["filter"],
  shown: readonly GroupRow[],
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

/** Small histograms of many things at once, all in the same stretches. */

import type { Asked } from "../../domain/asked.ts";
import { type Read, where } from "./counting.ts";
import type { GroupRow } from "./groups.ts";
import { nanosWithin } from "./rows.ts";
import { bucketOf } from "./stretches.ts";
import { conditions, given, type Parameter } from "./where.ts";

const sparkStretches = 24;

/** Of each group. */
export async function sparksOf(
  read: Read,
  filter: Asked["filter"],
  shown: readonly GroupRow[],
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

/** By key, out of rows of key, stretch and count. */
export function sparked(rows: readonly (readonly unknown[])[], length: number): Map<string, number[]> {
  const sparks = new Map<string, number[]>();
  for (const [key, at, n] of rows) {
    const counts = sparks.get(String(key)) ?? Array.from({ length }, () => 0);
    sparks.set(String(key), counts);
    if (Number(at) >= 0 && Number(at) < length) counts[Number(at)] = Number(n);
  }
  return sparks;
}

export const least = (moments: readonly bigint[]): bigint => moments.reduce((a, b) => (a < b ? a : b));
export const most = (moments: readonly bigint[]): bigint => moments.reduce((a, b) => (a > b ? a : b));

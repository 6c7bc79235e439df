/** Time in stretches of a round length: the bars of a histogram. */

import { type Asked, type Histogram, noValue } from "../../domain/asked.ts";
import { timeText } from "../../domain/time.ts";
import { type Read, where } from "./counting.ts";
import { nanosWithin } from "./rows.ts";
import { conditions, given, type Parameter } from "./where.ts";

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

/** The number of a moment's stretch, in SQL. */
export const bucketOf = ({ from, step }: Stretches, give: (value: Parameter) => string) =>
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

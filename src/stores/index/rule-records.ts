/** How often each rule spoke, and when it last did. */

import type { RuleRecord } from "../../domain/asked.ts";
import { timeText } from "../../domain/time.ts";
import { type Read, where } from "./counting.ts";
import { nanosWithin } from "./rows.ts";
import { sparked } from "./sparks.ts";
import { bucketOf } from "./stretches.ts";
import { conditions, given, type Parameter } from "./where.ts";

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

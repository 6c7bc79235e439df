/** Counts of detections: all that a filter accepts, and the values of facets. Each is one query. */

import { type Asked, type FacetValue, type FacetWish, noValue } from "../../domain/asked.ts";
import { column } from "./rows.ts";
import { columns, conditions, given, type Parameter } from "./where.ts";

/** Asks the database; answers rows. */
export type Read = (sql: string, parameters?: readonly Parameter[]) => Promise<unknown[][]>;

/** Conditions as a clause. */
export const where = (found: readonly string[]) => (found.length === 0 ? "" : ` WHERE ${found.join(" AND ")}`);

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

/** One page of a list, newest first: the range, the filters and the cursor as SQL, with every value a parameter. */
import type { Asked, Page, Range } from "../../domain/asked.ts";
import { BadCursor, type QuarantineQuery } from "../../domain/store.ts";
import type { Read } from "./counting.ts";
import { type Table, within64 } from "./rows.ts";
import { conditions as conditionsOf, given as giver, type Parameter } from "./where.ts";

export const mostItems = 1000;

interface Query {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}
type Rows = readonly (readonly unknown[])[];

/**
 * First which rows, by their small columns alone, then those rows whole: the texts are most of the bytes. Not by `rowid`:
 * a row picked so while others are written came back with texts that were none (DuckDB 1.5.5 and 1.5.6, seen in one of
 * ten thousand reads).
 */
interface PageQuery {
  readonly keys: Query;
  /** The rows that the keys name. */
  whole(keys: Rows): Query;
  /** Where the next page begins. */
  next(keys: Rows): string | null;
}

/**
 * Throws `BadCursor` on a cursor that no page of this list has answered, and `RangeError` on
 * a time that is none. `limit` is a whole number from 1 to `mostItems`.
 */
function pageQuery(table: Table<unknown>, range: (Range & Asked["filter"]) | QuarantineQuery): PageQuery {
  const { limit, cursor: _, ...filter } = range;
  const parameters: Parameter[] = [];
  const given = giver(parameters);
  const conditions = [...conditionsOf(filter, given)];
  if (range.cursor !== undefined) {
    const { at, id } = cursorOf(table.name, range.cursor);
    const last = given(at);
    conditions.push(`moment <= ${last} AND (moment < ${last} OR id < ${given(id)})`);
  }
  return {
    keys: {
      sql: [
        `SELECT moment, id FROM ${table.name}`,
        conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`,
        `ORDER BY moment DESC, id DESC LIMIT ${limit + 1}`,
      ].join(" "),
      parameters,
    },
    whole: (keys) => {
      const wanted = keys.slice(0, limit);
      const ids = wanted.map((_, at) => `$${at + 3}`).join(", ");
      return {
        sql: `SELECT ${table.read.join(", ")} FROM ${table.name} WHERE moment >= $1::BIGINT AND moment <= $2::BIGINT AND id IN (${ids}) ORDER BY moment DESC, id DESC`,
        parameters: [momentOf(wanted.at(-1)), momentOf(wanted[0]), ...wanted.map(([, id]) => String(id))],
      };
    },
    next: (keys) => {
      const last = keys.length > limit ? keys[limit - 1] : undefined;
      return last === undefined ? null : cursor(table.name, String(last[0]), String(last[1]));
    },
  };
}

const momentOf = (key: readonly unknown[] | undefined): bigint => BigInt(String(key?.[0] ?? 0));

export function cursor(list: string, at: string, id: string): string {
  return Buffer.from(JSON.stringify([list, at, id])).toString("base64url");
}

export function cursorOf(list: string, text: string): { readonly at: bigint; readonly id: string } {
  const foreign = () => new BadCursor("the cursor is none of this list's: start again without one");
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    throw foreign();
  }
  if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== list) throw foreign();
  const [, at, id]: unknown[] = parts;
  if (typeof at !== "string" || !/^-?\d{1,19}$/.test(at) || typeof id !== "string") throw foreign();
  if (within64(BigInt(at)) !== BigInt(at) || cursor(list, at, id) !== text) throw foreign();
  return { at: BigInt(at), id };
}

/** A page is read by so many rows at a time, and ends early where they come to so many bytes: some rows are large. */
const rowsRead = 250;
const pageBytes = 16 * 1024 * 1024;

/** Throws as `pageQuery` does. */
export async function readPage<T>(
  read: Read,
  table: Table<T>,
  range: (Range & Asked["filter"]) | QuarantineQuery,
): Promise<Page<T>> {
  const items: T[] = [];
  const most = Math.min(Math.max(Math.floor(range.limit) || 1, 1), mostItems);
  let { cursor } = range;
  for (let bytes = 0; ; ) {
    const limit = Math.min(most - items.length, rowsRead);
    const query = pageQuery(table, { ...range, limit, cursor });
    const keys = await read(query.keys.sql, query.keys.parameters);
    const whole = query.whole(keys);
    const rows = keys.length === 0 ? [] : await read(whole.sql, whole.parameters);
    for (const text of await table.texts(read, rows)) {
      items.push(JSON.parse(text) as T);
      bytes += text.length;
    }
    const next = query.next(keys);
    if (next === null || items.length >= most || bytes > pageBytes) return { items, next };
    cursor = next;
  }
}

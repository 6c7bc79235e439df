/** Ids that are about to be written: which of them are there already. */
import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { TableName } from "./rows.ts";

interface Wanted {
  readonly id: string;
  readonly at: bigint;
}

/** Moments further apart than this are looked up apart, so that one straggler does not have everything between read. */
const gap = 60_000_000_000n;
const mostStretches = 32;

/** Those of the ids that are there. Each id has one moment, by which DuckDB leaves out all groups of rows but a few. */
export async function known(
  connection: DuckDBConnection,
  table: TableName,
  wanted: readonly Wanted[],
): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for (const { from, to, ids } of stretches(wanted)) {
    const found = await connection.runAndReadAll(
      `SELECT id FROM ${table} WHERE moment >= $1::BIGINT AND moment <= $2::BIGINT AND id IN (SELECT unnest($3))`,
      [from, to, listValue(ids)],
      { 3: LIST(VARCHAR) },
    );
    for (const [id] of found.getRows()) held.add(String(id));
  }
  return held;
}

function stretches(wanted: readonly Wanted[]): { from: bigint; to: bigint; ids: string[] }[] {
  const sorted = [...wanted].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const found: { from: bigint; to: bigint; ids: string[] }[] = [];
  for (const { id, at } of sorted) {
    const last = found.at(-1);
    if (last !== undefined && (at - last.to <= gap || found.length === mostStretches)) {
      last.to = at;
      last.ids.push(id.toWellFormed());
    } else {
      found.push({ from: at, to: at, ids: [id.toWellFormed()] });
    }
  }
  return found;
}

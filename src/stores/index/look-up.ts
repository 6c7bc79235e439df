/** The rows of ids that are about to be written: what is there already. */
import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { TableName } from "./rows.ts";

interface Wanted {
  readonly id: string;
  readonly at: bigint;
}
interface Held {
  readonly id: string;
  readonly rowid: bigint;
  readonly doc: string;
  readonly event: string;
}

/** Moments further apart than this are looked up apart, so that one straggler does not have everything between read. */
const gap = 60_000_000_000n;
const mostStretches = 32;

/** The rows of these ids. Each id has one moment, by which DuckDB leaves out all groups of rows but a few. */
export async function lookUp(
  connection: DuckDBConnection,
  table: TableName,
  wanted: readonly Wanted[],
): Promise<Held[]> {
  const held: Held[] = [];
  const columns = table === "activities" ? "rowid, id, doc, event" : "rowid, id";
  for (const { from, to, ids } of stretches(wanted)) {
    const found = await connection.runAndReadAll(
      `SELECT rowid FROM ${table} WHERE moment >= $1::BIGINT AND moment <= $2::BIGINT AND id IN (SELECT unnest($3))`,
      [from, to, listValue(ids)],
      { 3: LIST(VARCHAR) },
    );
    const rowids = found.getRows().map(([rowid]) => rowid);
    if (rowids.length === 0) continue;
    const rows = await connection.runAndReadAll(
      `SELECT ${columns} FROM ${table} WHERE rowid IN (${rowids.join(", ")})`,
    );
    for (const [rowid, id, doc, event] of rows.getRows()) {
      if (typeof rowid !== "bigint") continue;
      held.push({ rowid, id: String(id), doc: String(doc), event: String(event) });
    }
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

/** New rows of detections and of the quarantine, in the caller's transaction: those whose ids are there already are left out. */
import { setImmediate } from "node:timers/promises";
import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import type { Quarantined } from "../../domain/store.ts";
import { detectionRow, detectionTable } from "./detection-rows.ts";
import { type KeptDetection, lastNumber, pack, writePacked } from "./detection-texts.ts";
import { known } from "./look-up.ts";
import { quarantineRow, quarantineTable } from "./quarantine-rows.ts";
import type { Cell, Table, TableName } from "./rows.ts";

/** Rows handed to DuckDB before the event loop gets its turn: some 4 ms. */
const rowsAtOnce = 512;

/** `written` is the journal's position. */
export async function addDetections(
  writer: DuckDBConnection,
  coming: readonly KeptDetection[],
  written: bigint,
): Promise<void> {
  const items = await unknown(writer, detectionTable, coming);
  const packed = await pack(items, await lastNumber(writer));
  await writePacked(writer, packed);
  await append(writer, "detections", items, (item, at) => detectionRow(item, written, packed.names[at] ?? 0n));
}

export async function addQuarantined(writer: DuckDBConnection, coming: readonly Quarantined[]): Promise<void> {
  await append(writer, "quarantine", await unknown(writer, quarantineTable, coming), quarantineRow);
}

/** Each once, and none that is there already. */
async function unknown<T extends I, I extends { readonly id: string }>(
  writer: DuckDBConnection,
  table: Table<I>,
  items: readonly T[],
): Promise<readonly T[]> {
  const coming = new Map(items.map((item) => [item.id, item]));
  const wanted = [...coming.values()].map((item) => ({ id: item.id, at: table.at(item) }));
  for (const id of await known(writer, table.name, wanted)) coming.delete(id);
  return [...coming.values()];
}

async function append<T>(
  writer: DuckDBConnection,
  name: TableName,
  items: readonly T[],
  row: (item: T, at: number) => readonly Cell[],
): Promise<void> {
  if (items.length === 0) return;
  const appender = await writer.createAppender(name, "main", "tiercel");
  try {
    for (const [at, item] of items.entries()) {
      for (const cell of row(item, at)) appendCell(appender, cell);
      appender.endRow();
      if (at % rowsAtOnce === rowsAtOnce - 1) await setImmediate();
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

function appendCell(appender: DuckDBAppender, cell: Cell): void {
  if (cell === null) appender.appendNull();
  else if (typeof cell === "bigint") appender.appendBigInt(cell);
  else appender.appendVarchar(cell);
}

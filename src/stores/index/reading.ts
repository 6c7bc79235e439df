/** Detections as they are read: one with its event, several by their keys, those that came since. */
import type { Asked } from "../../domain/asked.ts";
import type { Detection } from "../../domain/detection.ts";
import { JsonText } from "../../domain/json-text.ts";
import type { Read } from "./counting.ts";
import { detectionTable } from "./detection-rows.ts";
import { linesOf } from "./detection-texts.ts";
import { itemsOf } from "./rows.ts";
import { conditions, given, type Parameter } from "./where.ts";

const told = detectionTable.read.join(", ");

export async function detectionOf(
  read: Read,
  id: string,
): Promise<(Detection & { readonly event: unknown }) | undefined> {
  const [row] = await read(`SELECT ${told}, event FROM detections WHERE id = $1 LIMIT 1`, [id.toWellFormed()]);
  if (row === undefined) return undefined;
  const [, kept, event] = row;
  const [item] = await itemsOf(detectionTable, read, [row]);
  if (item === undefined) return undefined;
  const shown = typeof kept === "bigint" ? (await linesOf(read, "events", [kept])).get(kept) : event;
  return { ...item, event: typeof shown === "string" && shown !== "" ? new JsonText(shown) : null };
}

/** Those of the moments and ids; one that is gone is left out. */
export async function detectionsAt(
  read: Read,
  keys: readonly (readonly [bigint, string])[],
): Promise<readonly Detection[]> {
  if (keys.length === 0) return [];
  const ids = keys.map((_, at) => `$${at + 3}`).join(", ");
  const moments = keys.map(([moment]) => moment).sort((a, b) => (a < b ? -1 : 1));
  const rows = await read(
    `SELECT ${told} FROM detections WHERE moment >= $1::BIGINT AND moment <= $2::BIGINT AND id IN (${ids})`,
    [moments[0] ?? 0n, moments.at(-1) ?? 0n, ...keys.map(([, id]) => id)],
  );
  return itemsOf(detectionTable, read, rows);
}

/** The last of a list that was told: the journal's position it was written at, and its id. */
export interface Arrival {
  readonly written: number;
  readonly id: string;
}

/** Those written after the one named, up to a position of the journal, oldest first; how many were found, and the last. */
export async function arrivedDetections(
  read: Read,
  filter: Asked["filter"],
  after: Arrival,
  position: number,
  limit: number,
): Promise<{ readonly items: readonly Detection[]; readonly found: number; readonly last: Arrival | undefined }> {
  const parameters: Parameter[] = [];
  const give = given(parameters);
  const last = give(BigInt(after.written));
  const found = [
    `written >= ${last} AND (written > ${last} OR id > ${give(after.id)})`,
    `written <= ${give(BigInt(position))}`,
    ...conditions(filter, give),
  ];
  const sql = `SELECT ${told}, written, id FROM detections WHERE ${found.join(" AND ")} ORDER BY written, id LIMIT ${limit}`;
  const rows = await read(sql, parameters);
  const [, , written, id] = rows.at(-1) ?? [];
  return {
    items: await itemsOf(detectionTable, read, rows),
    found: rows.length,
    last: rows.length === 0 ? undefined : { written: Number(written), id: String(id) },
  };
}

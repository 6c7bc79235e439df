/** The two tables of activities: which blocks are kept and which of their rows went, and what was written since the last block. */
import { blobValue, type DuckDBConnection } from "@duckdb/node-api";
import type { Contents } from "./block-file.ts";

/** A block as its table tells of it: its file's number, what it holds, and the rows of it that went. */
export interface KeptBlock {
  readonly number: number;
  readonly contents: Contents;
  readonly gone: Uint32Array;
}

/** All blocks, oldest first. */
export const keptBlocks = async (connection: DuckDBConnection): Promise<readonly KeptBlock[]> => {
  const found = await connection.runAndReadAll("SELECT number, contents, gone FROM activity_blocks ORDER BY number");
  return found.getRows().map(([number, contents, gone]) => ({
    number: Number(number),
    contents: JSON.parse(String(contents)) as Contents,
    gone: gone === null || gone === undefined ? new Uint32Array() : rowsOf(bytesIn(gone)),
  }));
};

/** All writes since the last block, oldest first. */
export const keptWrites = async (
  connection: DuckDBConnection,
): Promise<readonly { number: number; bytes: Uint8Array }[]> => {
  const found = await connection.runAndReadAll("SELECT number, data FROM activity_writes ORDER BY number");
  return found.getRows().map(([number, data]) => ({ number: Number(number), bytes: bytesIn(data) }));
};

/** Keeps a new block, none of whose rows went. */
export const keepBlock = async (connection: DuckDBConnection, number: number, contents: Contents): Promise<void> => {
  await connection.run("INSERT INTO activity_blocks VALUES ($1::BIGINT, $2, NULL)", [
    BigInt(number),
    JSON.stringify(contents),
  ]);
};

/** Keeps which rows of a block went: all of them, not those that went now alone. */
export const keepGone = async (
  connection: DuckDBConnection,
  number: number,
  rows: readonly number[],
): Promise<void> => {
  await connection.run("UPDATE activity_blocks SET gone = $1 WHERE number = $2::BIGINT", [
    blobValue(new Uint8Array(Uint32Array.from(rows).buffer)),
    BigInt(number),
  ]);
};

/** Keeps a write, as the tail staged it. */
export const keepWrite = async (connection: DuckDBConnection, number: number, bytes: Uint8Array): Promise<void> => {
  await connection.run("INSERT INTO activity_writes VALUES ($1::BIGINT, $2)", [BigInt(number), blobValue(bytes)]);
};

const bytesIn = (blob: unknown): Uint8Array => (blob as { readonly bytes: Uint8Array }).bytes;
const rowsOf = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer);

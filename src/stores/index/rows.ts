/** Items as rows of their tables and back: what all tables have in common. */

import { nanosOf } from "../../domain/time.ts";
import type { Read } from "./counting.ts";
import { filteredWithin } from "./within.ts";

export type TableName = "detections" | "quarantine";
export type Cell = string | bigint | null;

/** What a table holds of an item, and how to have items back from the cells of `read`. */
export interface Table<T> {
  readonly name: TableName;
  /** Columns that tell the item. */
  readonly read: readonly string[];
  /** Items as JSON, in the order of the rows; one that is removed while it is read is left out. */
  texts(read: Read, rows: readonly (readonly unknown[])[]): Promise<readonly string[]>;
  /** When it happened, the time that lists go by. */
  at(item: T): bigint;
}

/** What a page or a query reads. */
export async function itemsOf<T>(table: Table<T>, read: Read, rows: readonly (readonly unknown[])[]): Promise<T[]> {
  return (await table.texts(read, rows)).map((text) => JSON.parse(text) as T);
}

/** DuckDB takes UTF-8 only; a lone surrogate becomes U+FFFD here as it does in a filter. */
export function column(text: string | null): string | null {
  return text === null ? null : filteredWithin(text.toWellFormed());
}

/** The years 1677 to 2262 fit into 64 bits of nanoseconds; what lies beyond sorts at the edge, its text kept in `doc`. */
export function nanosWithin(text: string): bigint {
  return within64(nanosOf(text) ?? 0n);
}

const edge = 2n ** 63n - 1n;

export function within64(nanos: bigint): bigint {
  return nanos > edge ? edge : nanos < -edge ? -edge : nanos;
}

/** The cells that each row begins with. */
export function key(id: string, at: bigint, receivedAt: string): readonly [string, bigint, bigint] {
  return [id.toWellFormed(), at, receivedNanos(receivedAt)];
}

/** As `nanosWithin`; batches share one moment of receipt. */
export function receivedNanos(receivedAt: string): bigint {
  if (receivedAt !== lastReceived.text) {
    lastReceived.text = receivedAt;
    lastReceived.nanos = nanosWithin(receivedAt);
  }
  return lastReceived.nanos;
}

const lastReceived = { text: "", nanos: 0n };

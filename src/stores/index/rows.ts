/** Items as rows of their tables and back: one column list a table, in the order in which rows are appended. */
import type { Detection } from "../../domain/detection.ts";
import { jsonTextOf } from "../../domain/json-text.ts";
import { sentenceOf } from "../../domain/sentence.ts";
import type { Quarantined } from "../../domain/store.ts";
import { nanosOf } from "../../domain/time.ts";
import { filteredWithin, jsonWithin, textWithin } from "./within.ts";

export type TableName = "detections" | "quarantine";
export type Cell = string | bigint | null;

/** What a table holds of an item, and how to have the item back from the cells of `read`. */
export interface Table<T> {
  readonly name: TableName;
  /** `written` is the journal's position. */
  row(item: T, written: bigint): readonly Cell[];
  /** Columns that make up the item again. */
  readonly read: readonly string[];
  item(cells: readonly string[]): T;
  /** When it happened, the time that lists go by. */
  at(item: T): bigint;
}

export const detectionTable: Table<Detection & { readonly event?: unknown }> = {
  name: "detections",
  row: ({ event, ...item }, written) => [
    ...key(item.id, detectionTable.at(item), item.receivedAt),
    column(item.cluster),
    column(item.rule),
    column(item.priority),
    column(item.user),
    column(item.namespace),
    column(item.verb),
    column(item.resource),
    jsonWithin(item),
    column(item.name),
    String(item.severity),
    column(item.policy),
    column(item.sourceIP),
    column(item.userAgent),
    item.tags.length === 0 ? "" : column(`\n${item.tags.join("\n")}\n`),
    column(item.fingerprint),
    item.activity,
    words(
      spoken(item),
      item.rule,
      item.user,
      item.namespace,
      item.resource,
      item.name,
      item.policy,
      item.cluster,
      // Some are long, and what is too long is cut at its end.
      item.output,
    ),
    event === undefined ? null : textWithin(jsonTextOf(event).toWellFormed()),
    written,
  ],
  read: ["doc"],
  item: ([doc = ""]) => JSON.parse(doc),
  at: ({ time }) => nanosWithin(time),
};

export const quarantineTable: Table<Quarantined> = {
  name: "quarantine",
  row: (item) => [
    ...key(item.id, quarantineTable.at(item), item.receivedAt),
    jsonWithin(item),
    column(item.source),
    column(item.cluster),
  ],
  read: ["doc"],
  item: ([doc = ""]) => JSON.parse(doc),
  at: ({ receivedAt }) => nanosWithin(receivedAt),
};

/** What a search looks through, in small letters. */
function words(...texts: readonly (string | null)[]): string {
  const text = texts
    .filter((one) => one !== null)
    .join("\n")
    .toLowerCase();
  return column(text.length > longestWords ? text.slice(0, longestWords) : text) ?? "";
}

const longestWords = 4096;

/** The sentence that people read is what they search in. */
const spoken = (item: Detection) =>
  sentenceOf(item)
    .map(({ text }) => text)
    .join("");

/** DuckDB takes UTF-8 only; a lone surrogate becomes U+FFFD here as it does in a filter. */
export function column(text: string | null): string | null {
  return text === null ? null : filteredWithin(text.toWellFormed());
}

/** The years 1677 to 2262 fit into 64 bits of nanoseconds; what lies beyond sorts at the edge, its text kept in `doc`. */
export function nanosWithin(text: string): bigint {
  return within64(nanosOf(text) ?? 0n);
}

export function within64(nanos: bigint): bigint {
  const edge = 2n ** 63n - 1n;
  return nanos > edge ? edge : nanos < -edge ? -edge : nanos;
}

function key(id: string, at: bigint, receivedAt: string): readonly [string, bigint, bigint] {
  return [id.toWellFormed(), at, nanosWithin(receivedAt)];
}

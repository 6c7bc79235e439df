/**
 * What detections say and show beside what is filtered by: the whole item as JSON, and the event that made it. Some dozens
 * together are compressed into one value of a table; a detection's row says which value, and which line of it.
 */
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { constants, zstdCompressSync, zstdDecompress } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Detection } from "../../domain/detection.ts";
import { jsonTextOf } from "../../domain/json-text.ts";
import type { Read } from "./counting.ts";
import { Lines } from "./lines.ts";
import { receivedNanos } from "./rows.ts";
import { jsonWithin, textWithin } from "./within.ts";

const decompress = promisify(zstdDecompress);
const quick = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

/** So many lines a value at most: a page reads whole values for a line of each. */
const linesAtOnce = 64;
/** A value is full with so many bytes as well: some events are large. */
const fullBytes = 1024 * 1024;

/** What a row has to name its line: the value's number, and the line's, in one. */
const lineName = (number: number, line: number) => BigInt(number) * BigInt(linesAtOnce) + BigInt(line);
const namedBy = (name: bigint) => ({
  number: Number(name / BigInt(linesAtOnce)),
  line: Number(name % BigInt(linesAtOnce)),
});

/** As long as others wait for their turn. */
const sliceMillis = 8;

export type KeptDetection = Detection & { readonly event?: unknown };

/** Lines of several detections, to be written in one transaction with the rows that name them. */
export interface Packed {
  /** For each detection the name of its line, in their order. */
  readonly names: readonly bigint[];
  readonly values: readonly {
    readonly number: number;
    /** The latest receipt in it: with that it goes. */
    readonly received: bigint;
    readonly items: Uint8Array;
    readonly events: Uint8Array;
  }[];
}

/** `last` is the number of the last value there is. JSON has no line ends, so each text is a line. */
export async function pack(detections: readonly KeptDetection[], last: number): Promise<Packed> {
  const names: bigint[] = [];
  const values: Packed["values"][number][] = [];
  const [items, events] = [new Lines(), new Lines()];
  let received = 0n;
  let sliceBegan = performance.now();
  const end = async () => {
    const number = last + values.length + 1;
    values.push({ number, received, items: compressed(items.take()), events: compressed(events.take()) });
    if (performance.now() - sliceBegan < sliceMillis) return;
    await setImmediate();
    sliceBegan = performance.now();
  };
  for (const { event, ...item } of detections) {
    names.push(lineName(last + values.length + 1, items.count));
    const at = receivedNanos(item.receivedAt);
    if (items.count === 0 || at > received) received = at;
    items.add(jsonWithin(item));
    events.add(event === undefined ? "" : textWithin(jsonTextOf(event)));
    if (items.count === linesAtOnce || items.length + events.length >= fullBytes) await end();
  }
  if (items.count > 0) await end();
  return { names, values };
}

/** Here, and not on another thread: what it takes to hand it over and back is as much. */
const compressed = (lines: Uint8Array) => zstdCompressSync(lines, quick);

export async function writePacked(connection: DuckDBConnection, { values }: Packed): Promise<void> {
  if (values.length === 0) return;
  const appender = await connection.createAppender("detection_texts", "main", "tiercel");
  try {
    for (const { number, received, items, events } of values) {
      appender.appendBigInt(BigInt(number));
      appender.appendBigInt(received);
      appender.appendBlob(items);
      appender.appendBlob(events);
      appender.endRow();
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

export async function lastNumber(connection: DuckDBConnection): Promise<number> {
  const read = await connection.runAndReadAll("SELECT coalesce(max(number), 0) FROM detection_texts");
  return Number(read.getRows()[0]?.[0]);
}

/** The lines of those names, of items or of events; one that retention has removed meanwhile is not among them. */
export async function linesOf(
  read: Read,
  column: "items" | "events",
  names: readonly bigint[],
): Promise<ReadonlyMap<bigint, string>> {
  const lines = new Map<bigint, string>();
  const wanted = Map.groupBy(names, (name) => namedBy(name).number);
  if (wanted.size === 0) return lines;
  const numbers = [...wanted.keys()].sort((a, b) => a - b);
  const listed = numbers.map((_, at) => `$${at + 3}::BIGINT`).join(", ");
  const rows = await read(
    `SELECT number, ${column} FROM detection_texts WHERE number >= $1::BIGINT AND number <= $2::BIGINT AND number IN (${listed})`,
    [BigInt(numbers[0] ?? 0), BigInt(numbers.at(-1) ?? 0), ...numbers.map(BigInt)],
  );
  await Promise.all(
    rows.map(async ([number, value]) => {
      const texts = (await decompress((value as { readonly bytes: Uint8Array }).bytes)).toString().split("\n");
      for (const name of wanted.get(Number(number)) ?? []) lines.set(name, texts[namedBy(name).line] ?? "");
    }),
  );
  return lines;
}

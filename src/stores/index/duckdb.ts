/** The index in one DuckDB file: one writer in turn, readers beside it, each write one transaction with its position. */
import { setImmediate } from "node:timers/promises";
import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { Activity } from "../../domain/activity.ts";
import { mergeActivities } from "../../domain/activity-of.ts";
import type {
  ActivityQuery,
  Asked,
  DetectionQuery,
  FacetWish,
  Page,
  Range,
  Triage,
  TriageState,
} from "../../domain/asked.ts";
import type { Detection } from "../../domain/detection.ts";
import { JsonText } from "../../domain/json-text.ts";
import { eventKeys } from "../../domain/request-id.ts";
import {
  BadCursor,
  type Index,
  type Judged,
  NoRoom,
  type QuarantineCount,
  type Quarantined,
  type QuarantineQuery,
} from "../../domain/store.ts";
import { count, facets, groups, histogram, ruleRecords } from "./counting.ts";
import { type Database, openDatabase } from "./database.ts";
import { formerActivity, formerDetection } from "./former.ts";
import type { IndexOptions } from "./index.ts";
import { lookUp } from "./look-up.ts";
import { mostItems, pageQuery } from "./page.ts";
import {
  activityTable,
  type Cell,
  detectionTable,
  eventlessTable,
  quarantineTable,
  type Table,
  type TableName,
} from "./rows.ts";
import { conditions, given, type Parameter } from "./where.ts";

export async function openDuckdbIndex(options: IndexOptions): Promise<Index> {
  const database = await openDatabase(options);
  const index = new DuckdbIndex(options, database, await database.connect());
  await index.fillColumns();
  return index;
}

/**
 * The log may grow to this before a checkpoint takes it into the file. That rewrites the tail of each table: at
 * DuckDB's own 16 MB it took more time than the writes. And it numbers rows anew while queries that pick rows by number
 * run, which then answer too little (seen with 1.5.6); so it is called here, when no reader reads.
 */
const checkpointBytes = 128 * 1024 * 1024;
/** Rows handed to DuckDB before the event loop gets its turn: some 4 ms. */
const rowsAtOnce = 512;
/** A page is read by so many rows at a time, and ends early where they come to so many bytes: some rows are large. */
const rowsRead = 250;
const pageBytes = 16 * 1024 * 1024;
/** Holes of this many bytes are worth a copy. */
const smallestHole = 64 * 1024 * 1024;
const rowsFilled = 1000;
const tables: readonly TableName[] = ["activities", "detections", "quarantine"];

class DuckdbIndex implements Index {
  readonly #options: IndexOptions;
  readonly #idle: DuckDBConnection[] = [];
  readonly #reading = new Set<Promise<unknown>>();
  #database: Database;
  #writer: DuckDBConnection;
  #turn: Promise<unknown> = Promise.resolve();
  /** Readers wait here while rows are numbered anew or one file takes the place of another. */
  #gate: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  /** DuckDB gave the database up after an error in the middle of its own work, a full disk for one. The file is sound. */
  #givenUp = false;

  constructor(options: IndexOptions, database: Database, writer: DuckDBConnection) {
    this.#options = { ...options, fresh: false };
    this.#database = database;
    this.#writer = writer;
  }

  /** Rows of a version before ours lack what people filter by now: they are written again, a stretch at a time. */
  fillColumns(): Promise<void> {
    return this.#inTurn(async () => {
      const fill = async <T extends { readonly id: string }>(
        table: Table<T>,
        lacks: string,
        whole: (row: string[]) => T,
      ) => {
        for (;;) {
          const columns = table.name === "activities" ? "id, doc, event" : "id, doc";
          const found = await this.#writer.runAndReadAll(
            `SELECT ${columns} FROM ${table.name} WHERE ${lacks} IS NULL LIMIT ${rowsFilled}`,
          );
          const rows = found.getRows().map((row) => row.map(String));
          if (rows.length === 0) return;
          if (this.#database.logBytes() > checkpointBytes) await this.#checkpoint();
          await this.#transaction(async () => {
            await this.#writer.run(
              `DELETE FROM ${table.name} WHERE ${lacks} IS NULL AND id IN (SELECT unnest($1))`,
              [listValue(rows.map(([id = ""]) => id))],
              { 1: LIST(VARCHAR) },
            );
            await this.#append(table.name, rows.map(whole), table, 0n);
          });
        }
      };
      await fill(activityTable, "actor", ([, doc = "", event = ""]) => formerActivity(doc, event));
      await fill(detectionTable, "severity", ([, doc = ""]) => formerDetection(doc));
    });
  }

  async position(): Promise<number> {
    return Number((await this.#read("SELECT position FROM meta"))[0]?.[0]);
  }

  write(judged: Judged): Promise<ReadonlySet<string>> {
    return this.#inTurn(async () => {
      if (this.#database.logBytes() > checkpointBytes) await this.#checkpoint();
      const known = new Set<string>();
      await this.#transaction(async () => {
        const written = BigInt(judged.position);
        await this.#writeActivities(judged.activities, known, written);
        await this.#writeNew(detectionTable, judged.detections, written);
        await this.#writeNew(quarantineTable, judged.quarantined, written);
        await this.#writer.run("UPDATE meta SET position = $1", [BigInt(judged.position)]);
      });
      return known;
    });
  }

  detections(query: DetectionQuery): Promise<Page<Detection>> {
    return this.#page(detectionTable, query);
  }

  activities({ withoutEvents = false, ...query }: ActivityQuery): Promise<Page<Activity>> {
    return this.#page(withoutEvents ? eventlessTable : activityTable, query);
  }

  async detection(id: string): Promise<(Detection & { readonly event: unknown }) | undefined> {
    const [row] = await this.#read("SELECT doc, event FROM detections WHERE id = $1 LIMIT 1", [id.toWellFormed()]);
    if (row === undefined) return undefined;
    return { ...JSON.parse(String(row[0])), event: typeof row[1] === "string" ? new JsonText(row[1]) : null };
  }

  async activity(id: string): Promise<Activity | undefined> {
    const [row] = await this.#read("SELECT doc, event FROM activities WHERE id = $1 LIMIT 1", [id.toWellFormed()]);
    return row === undefined ? undefined : activityTable.item(row.map(String));
  }

  count(asked: Asked) {
    return count(this.#reader, asked);
  }

  facets(asked: Asked, wishes: readonly FacetWish[]) {
    return facets(this.#reader, asked, wishes);
  }

  histogram(asked: Asked, stretches: number) {
    return histogram(this.#reader, asked, stretches);
  }

  groups(query: DetectionQuery, triage: readonly Triage[], states: readonly TriageState[] | undefined, now: Date) {
    const whole = async (keys: readonly (readonly [bigint, string])[]) => {
      if (keys.length === 0) return [];
      const ids = keys.map((_, at) => `$${at + 3}`).join(", ");
      const moments = keys.map(([moment]) => moment).sort((a, b) => (a < b ? -1 : 1));
      const rows = await this.#read(
        `SELECT doc FROM detections WHERE moment >= $1::BIGINT AND moment <= $2::BIGINT AND id IN (${ids})`,
        [moments[0] ?? 0n, moments.at(-1) ?? 0n, ...keys.map(([, id]) => id)],
      );
      return rows.map((cells) => detectionTable.item(cells.map(String)));
    };
    return groups(this.#reader, whole, query, triage, states, now);
  }

  ruleRecords(range: { readonly from: string; readonly to: string; readonly stretches: number }) {
    return ruleRecords(this.#reader, range);
  }

  /** `next` is the journal's position and the id up to which everything was told. */
  async arrivals({ list, filter }: Asked, after: string | undefined, limit: number) {
    const position = await this.position();
    if (after === undefined) return { items: [], next: `${position}:~` };
    const [told = "", id = ""] = /^(\d{1,18}):(.*)$/s.exec(after)?.slice(1) ?? [];
    if (told === "") throw new BadCursor("the cursor is none of this list's: start again without one");
    const parameters: Parameter[] = [];
    const give = given(parameters);
    const last = give(BigInt(told));
    const found = [
      `written >= ${last} AND (written > ${last} OR id > ${give(id)})`,
      `written <= ${give(BigInt(position))}`,
      ...conditions(filter, give),
    ];
    const table: Table<Activity> | Table<Detection> = list === "detections" ? detectionTable : eventlessTable;
    const sql = `SELECT written, id, ${table.read.join(", ")} FROM ${list} WHERE ${found.join(" AND ")} ORDER BY written, id LIMIT ${limit}`;
    const rows = await this.#read(sql, parameters);
    const end = rows.length < limit ? undefined : rows.at(-1);
    return {
      items: rows.map((cells) => table.item(cells.slice(2).map(String))),
      next: end === undefined ? `${Math.max(position, Number(told))}:~` : `${end[0]}:${end[1]}`,
    };
  }

  readonly #reader = (sql: string, parameters: readonly Parameter[] = []) => this.#read(sql, parameters);

  quarantined(query: QuarantineQuery): Promise<Page<Quarantined>> {
    return this.#page(quarantineTable, query);
  }

  async quarantineCounts(from: string): Promise<readonly QuarantineCount[]> {
    const parameters: Parameter[] = [];
    const found = conditions({ from }, given(parameters));
    const rows = await this.#read(
      `SELECT source, cluster, count(*) FROM quarantine WHERE ${found.join(" AND ")} GROUP BY ALL ORDER BY ALL`,
      parameters,
    );
    return rows.map(([source, cluster, count]) => ({
      source: String(source),
      cluster: String(cluster),
      count: Number(count),
    }));
  }

  async counts() {
    const counted = tables.map((table) => `(SELECT count(*) FROM ${table})`).join(", ");
    const [activities, detections, quarantined] = (await this.#read(`SELECT ${counted}`))[0] ?? [];
    return { activities: Number(activities), detections: Number(detections), quarantined: Number(quarantined) };
  }

  retain({ before, maxBytes }: { before?: Date; maxBytes?: number }): Promise<{ readonly removedRows: number }> {
    return this.#inTurn(async () => {
      let removedRows = 0;
      if (before !== undefined) removedRows += await this.#removeBefore(BigInt(before.getTime()) * 1_000_000n);
      if (maxBytes !== undefined && this.#database.bytes() > maxBytes) {
        await this.#checkpoint();
        for (let { used } = await this.#space(); used > maxBytes; { used } = await this.#space()) {
          const cut = await this.#receivedAt(1 - maxBytes / used);
          if (cut === undefined) break;
          removedRows += await this.#removeBefore(cut + 1n);
        }
      }
      await this.#compact(maxBytes ?? Number.POSITIVE_INFINITY);
      return { removedRows };
    });
  }

  clear(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#transaction(async () => {
        for (const table of tables) await this.#writer.run(`DELETE FROM ${table}`);
        await this.#writer.run("UPDATE meta SET position = 0");
      });
      await this.#checkpoint();
    });
  }

  async bytes(): Promise<number> {
    return this.#database.bytes();
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#turn;
      try {
        await this.#checkpoint();
      } catch (error) {
        // What the file does not hold yet stays in its log, which the next start reads.
        if (!(error instanceof NoRoom)) throw error;
      } finally {
        this.#disconnect();
      }
    })();
    return this.#closed;
  }

  /** Whatever is held of the same requests is taken out, merged, and put in again; events held already are noted. */
  async #writeActivities(activities: readonly Activity[], known: Set<string>, written: bigint): Promise<void> {
    const merged = new Map<string, Activity>();
    for (const activity of activities) {
      const former = merged.get(activity.id);
      merged.set(activity.id, former === undefined ? activity : mergeActivities(former, activity));
    }
    const wanted = [...merged.values()].map((item) => ({ id: item.id, at: activityTable.at(item) }));
    const held = await lookUp(this.#writer, "activities", wanted);
    const replaced: bigint[] = [];
    for (const { id, rowid, doc, event } of held) {
      const [coming, former] = [merged.get(id), activityTable.item([doc, event])];
      if (coming === undefined) continue;
      replaced.push(rowid);
      const before = new Set(eventKeys(former));
      for (const key of eventKeys(coming)) if (before.has(key)) known.add(key);
      merged.set(id, mergeActivities(former, coming));
    }
    if (replaced.length > 0) {
      await this.#writer.run(`DELETE FROM activities WHERE rowid IN (${replaced.join(", ")})`);
    }
    await this.#append("activities", [...merged.values()], activityTable, written);
  }

  async #writeNew<T extends { readonly id: string }>(
    table: Table<T>,
    items: readonly T[],
    written: bigint,
  ): Promise<void> {
    const coming = new Map(items.map((item) => [item.id, item]));
    const wanted = [...coming.values()].map((item) => ({ id: item.id, at: table.at(item) }));
    for (const { id } of await lookUp(this.#writer, table.name, wanted)) coming.delete(id);
    await this.#append(table.name, [...coming.values()], table, written);
  }

  async #append<T>(name: TableName, items: readonly T[], table: Table<T>, written: bigint): Promise<void> {
    if (items.length === 0) return;
    const appender = await this.#writer.createAppender(name, "main", "tiercel");
    try {
      for (const [at, item] of items.entries()) {
        for (const cell of table.row(item, written)) appendCell(appender, cell);
        appender.endRow();
        if (at % rowsAtOnce === rowsAtOnce - 1) await setImmediate();
      }
      appender.flushSync();
    } finally {
      appender.closeSync();
    }
  }

  async #removeBefore(received: bigint): Promise<number> {
    let removed = 0;
    await this.#transaction(async () => {
      for (const table of tables) {
        const result = await this.#writer.run(`DELETE FROM ${table} WHERE received < $1`, [received]);
        removed += result.rowsChanged;
      }
    });
    if (removed > 0) await this.#checkpoint();
    return removed;
  }

  /** The receipt that this share of all rows do not go beyond; undefined where there are no rows. */
  async #receivedAt(share: number): Promise<bigint | undefined> {
    const all = tables.map((table) => `SELECT received FROM ${table}`).join(" UNION ALL ");
    const sql = `SELECT quantile_disc(received, ${Math.min(Math.max(share, 0.02), 1).toFixed(6)}) FROM (${all})`;
    const cut = (await this.#writer.runAndReadAll(sql)).getRows()[0]?.[0];
    return typeof cut === "bigint" ? cut : undefined;
  }

  /** What the file's blocks hold, and what in it is free for new rows. */
  async #space(): Promise<{ readonly used: number; readonly free: number }> {
    const sql =
      "SELECT block_size * used_blocks, block_size * free_blocks FROM pragma_database_size() WHERE database_name = 'tiercel'";
    const [used, free] = (await this.#writer.runAndReadAll(sql)).getRows()[0] ?? [];
    return { used: Number(used), free: Number(free) };
  }

  /**
   * Rows come at the file's end and go at its beginning, so what goes leaves holes, which new rows fill: with the
   * limits unchanged the file stays as large as it was. Only where holes are a third of it, or a limit was lowered, is
   * what is in use copied into a file of its own, and that put in the place of this one; DuckDB by itself cuts off
   * no end in which anything is left. Without the room for a copy the holes wait for new rows.
   */
  async #compact(maxBytes: number): Promise<void> {
    const { used, free } = await this.#space();
    const isTooLarge = used + free > maxBytes && free * 4 > used;
    const isHollow = free * 2 > used && free > smallestHole;
    if (!(isTooLarge || isHollow) || this.#database.room() < used * 1.2 + smallestHole) return;
    await this.#database.copy(this.#writer);
    await this.#alone(async () => {
      this.#disconnect();
      this.#database.takeCopy();
      this.#database = await openDatabase(this.#options);
      this.#writer = await this.#database.connect();
    });
  }

  #disconnect(): void {
    for (const connection of [this.#writer, ...this.#idle.splice(0)]) connection.closeSync();
    this.#database.close();
  }

  #checkpoint(): Promise<void> {
    return this.#alone(async () => {
      await this.#writer.run("CHECKPOINT tiercel").catch((error) => {
        throw this.#noted(error);
      });
    });
  }

  /** Does it while no reader reads; those that come wait. */
  async #alone(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    try {
      await Promise.allSettled(this.#reading);
      await work();
    } finally {
      resolve();
    }
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    await this.#writer.run("BEGIN");
    try {
      await work();
      await this.#writer.run("COMMIT");
    } catch (error) {
      // Where even that fails, DuckDB has ended the transaction by itself; the first error says why.
      await this.#writer.run("ROLLBACK").catch((also) => this.#noted(also));
      throw this.#noted(error);
    }
  }

  #noted(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    if (/^FATAL|database has been invalidated/i.test(error.message)) this.#givenUp = true;
    return /no space left on device|disk quota exceeded/i.test(error.message)
      ? new NoRoom(error.message, { cause: error })
      : error;
  }

  /** Opens the file again where DuckDB gave it up; whatever was committed is there. */
  async #mended(): Promise<void> {
    if (!this.#givenUp) return;
    await this.#alone(async () => {
      this.#disconnect();
      this.#database = await openDatabase(this.#options);
      this.#writer = await this.#database.connect();
      this.#givenUp = false;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(new Error("the index is closed"));
    const done = this.#turn.then(() => this.#mended()).then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #page<T>(table: Table<T>, range: (Range & Asked["filter"]) | QuarantineQuery): Promise<Page<T>> {
    const items: T[] = [];
    const most = Math.min(Math.max(Math.floor(range.limit) || 1, 1), mostItems);
    let { cursor } = range;
    for (let bytes = 0; ; ) {
      const limit = Math.min(most - items.length, rowsRead);
      const query = pageQuery(table, { ...range, limit, cursor });
      const keys = await this.#read(query.keys.sql, query.keys.parameters);
      const whole = query.whole(keys);
      const rows = keys.length === 0 ? [] : await this.#read(whole.sql, whole.parameters);
      const page = query.page(keys, rows);
      items.push(...page.items);
      for (const cells of rows) for (const cell of cells) bytes += typeof cell === "string" ? cell.length : 0;
      if (page.next === null || items.length >= most || bytes > pageBytes) return { items, next: page.next };
      cursor = page.next;
    }
  }

  async #read(sql: string, parameters: readonly Parameter[] = []): Promise<unknown[][]> {
    return this.#withReader(async (reader) => (await reader.runAndReadAll(sql, [...parameters])).getRows());
  }

  async #withReader<T>(work: (reader: DuckDBConnection) => Promise<T>): Promise<T> {
    // Asked again after each wait: the gate may be closed anew by then.
    for (let gate: Promise<void> | undefined; gate !== this.#gate; ) {
      gate = this.#gate;
      await gate;
    }
    if (this.#closed !== undefined) throw new Error("the index is closed");
    if (this.#givenUp) await this.#inTurn(async () => {});
    const reading = (async () => {
      const reader = this.#idle.pop() ?? (await this.#database.connect());
      try {
        return await work(reader);
      } catch (error) {
        throw this.#noted(error);
      } finally {
        this.#idle.push(reader);
      }
    })();
    this.#reading.add(reading);
    try {
      return await reading;
    } finally {
      this.#reading.delete(reading);
    }
  }
}

function appendCell(
  appender: { appendNull(): void; appendVarchar(value: string): void; appendBigInt(value: bigint): void },
  cell: Cell,
): void {
  if (cell === null) appender.appendNull();
  else if (typeof cell === "bigint") appender.appendBigInt(cell);
  else appender.appendVarchar(cell);
}

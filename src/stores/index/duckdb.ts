/**
 * The index: detections and what could not be read in a DuckDB file, activities in blocks beside it. One writer in turn,
 * readers beside it, each write one transaction of DuckDB's with its position.
 */

import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { Activity } from "../../domain/activity.ts";
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
import {
  BadCursor,
  type Index,
  type Judged,
  NoRoom,
  type QuarantineCount,
  type Quarantined,
  type QuarantineQuery,
} from "../../domain/store.ts";
import { Activities, type Change } from "./activities/activities.ts";
import * as answers from "./activities/answers.ts";
import { momentOfNanos, Question } from "./activities/question.ts";
import type { Seen } from "./activities/rows.ts";
import { count, facets } from "./counting.ts";
import { type Database, openDatabase } from "./database.ts";
import { detectionRow, detectionTable } from "./detection-rows.ts";
import { type KeptDetection, lastNumber, linesOf, pack, writePacked } from "./detection-texts.ts";
import { formerDetection } from "./former.ts";
import { groups } from "./groups.ts";
import type { IndexOptions } from "./index.ts";
import { known as knownIds } from "./look-up.ts";
import { cursorOf, cursor as cursorText, mostItems, pageQuery } from "./page.ts";
import { quarantineRow, quarantineTable } from "./quarantine-rows.ts";
import { type Cell, itemsOf, type Table, type TableName } from "./rows.ts";
import { ruleRecords } from "./rule-records.ts";
import { histogram } from "./stretches.ts";
import { bound, conditions, given, type Parameter } from "./where.ts";

export async function openDuckdbIndex(options: IndexOptions): Promise<Index> {
  const database = await openDatabase(options);
  try {
    const writer = await database.connect();
    const index = new DuckdbIndex(options, database, writer, await keptIn(options, writer));
    await index.fillColumns();
    return index;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What is held in memory of what the last transaction left. */
interface Kept {
  readonly activities: Activities;
  readonly position: number;
}

async function keptIn(options: IndexOptions, connection: DuckDBConnection): Promise<Kept> {
  const { dir, memory_limit_bytes = 512 * 1024 * 1024, block_rows: blockRows = 65_536 } = options;
  const room = memory_limit_bytes * 0.75;
  const activities = await Activities.open(connection, { dir: join(dir, "activities"), room, blockRows });
  const position = Number((await connection.runAndReadAll("SELECT position FROM meta")).getRows()[0]?.[0]);
  return { activities, position };
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
/** Reading activities holds nobody else up for longer than so many milliseconds, or the reading of one block. */
const sliceMillis = 8;
const tables: readonly TableName[] = ["detections", "quarantine"];

class DuckdbIndex implements Index {
  readonly #options: IndexOptions;
  readonly #idle: DuckDBConnection[] = [];
  readonly #reading = new Set<Promise<unknown>>();
  #database: Database;
  #writer: DuckDBConnection;
  #activities: Activities;
  #position: number;
  #sliceBegan = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Readers wait here while rows are numbered anew or one file takes the place of another. */
  #gate: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  /** DuckDB gave the database up after an error in the middle of its own work, a full disk for one. The file is sound. */
  #givenUp = false;

  constructor(options: IndexOptions, database: Database, writer: DuckDBConnection, kept: Kept) {
    this.#options = { ...options, fresh: false };
    this.#database = database;
    this.#writer = writer;
    this.#activities = kept.activities;
    this.#position = kept.position;
  }

  /** Rows of a version before ours lack what people filter by now: they are written again, a stretch at a time. */
  fillColumns(): Promise<void> {
    return this.#inTurn(async () => {
      for (;;) {
        const found = await this.#writer.runAndReadAll(
          `SELECT id, doc FROM detections WHERE severity IS NULL LIMIT ${rowsFilled}`,
        );
        const rows = found.getRows().map((row) => row.map(String));
        if (rows.length === 0) return;
        if (this.#database.logBytes() > checkpointBytes) await this.#checkpoint();
        await this.#transaction(async () => {
          await this.#writer.run(
            "DELETE FROM detections WHERE severity IS NULL AND id IN (SELECT unnest($1))",
            [listValue(rows.map(([id = ""]) => id))],
            { 1: LIST(VARCHAR) },
          );
          await this.#appendDetections(
            rows.map(([, doc = ""]) => formerDetection(doc)),
            0n,
          );
        });
      }
    });
  }

  async position(): Promise<number> {
    if (this.#closed !== undefined) throw new Error("the index is closed");
    return this.#position;
  }

  write(judged: Judged): Promise<ReadonlySet<string>> {
    return this.#inTurn(async () => {
      if (this.#database.logBytes() > checkpointBytes) await this.#checkpoint();
      const known = new Set<string>();
      const written = BigInt(judged.position);
      const added = await this.#activities.adding(judged.activities, judged.position, known);
      await this.#changing(added, async () => {
        await this.#appendDetections(await this.#unknown(detectionTable, judged.detections), written);
        const quarantined = await this.#unknown(quarantineTable, judged.quarantined);
        await this.#append("quarantine", quarantined, quarantineRow);
        await this.#writer.run("UPDATE meta SET position = $1", [written]);
      });
      this.#position = judged.position;
      await this.#seal();
      return known;
    });
  }

  /** A disk without the room for a block keeps the rows as they are, and the next write tries again. */
  async #seal(): Promise<void> {
    if (!this.#activities.isFull) return;
    try {
      await this.#changing(await this.#activities.sealing());
    } catch (error) {
      if (!(this.#noted(error) instanceof NoRoom)) throw error;
    }
  }

  /** All of it in one transaction; readers see it when that is done. */
  async #changing(change: Change, also: () => Promise<void> = async () => {}): Promise<void> {
    await this.#transaction(async () => {
      await change.write(this.#writer);
      await also();
    });
    change.show();
  }

  detections(query: DetectionQuery): Promise<Page<Detection>> {
    return this.#page(detectionTable, query);
  }

  activities(query: ActivityQuery): Promise<Page<Activity>> {
    const limit = Math.min(Math.max(Math.floor(query.limit) || 1, 1), mostItems);
    return this.#ask(async (view, breathe) => {
      const { at, id } = query.cursor === undefined ? {} : cursorOf("activities", query.cursor);
      const after = at === undefined || id === undefined ? undefined : { ...momentOfNanos(at), id };
      const question = new Question(query, this.#activities.values);
      const found = await answers.newest(view, question, limit + 1, after, breathe);
      return answers.pageOf(found, limit, ({ micros, nanos, id }) =>
        cursorText("activities", `${BigInt(micros) * 1000n + BigInt(nanos)}`, id),
      );
    });
  }

  async detection(id: string): Promise<(Detection & { readonly event: unknown }) | undefined> {
    const sql = "SELECT doc, kept, event FROM detections WHERE id = $1 LIMIT 1";
    const [row] = await this.#read(sql, [id.toWellFormed()]);
    if (row === undefined) return undefined;
    const [, kept, event] = row;
    const [item] = await itemsOf(detectionTable, this.#reader, [row]);
    if (item === undefined) return undefined;
    const shown = typeof kept === "bigint" ? (await linesOf(this.#reader, "events", [kept])).get(kept) : event;
    return { ...item, event: typeof shown === "string" && shown !== "" ? new JsonText(shown) : null };
  }

  activity(id: string): Promise<Activity | undefined> {
    return this.#ask(async () => this.#activities.find(id.toWellFormed()));
  }

  count(asked: Asked) {
    if (asked.list === "detections") return count(this.#reader, asked);
    return this.#ask((view, breathe) => answers.count(view, this.#question(asked), breathe));
  }

  facets(asked: Asked, wishes: readonly FacetWish[]) {
    if (asked.list === "detections") return facets(this.#reader, asked, wishes);
    const { values } = this.#activities;
    return this.#ask((view, breathe) => answers.facets(view, this.#question(asked), wishes, values, breathe));
  }

  histogram(asked: Asked, stretches: number) {
    if (asked.list === "detections") return histogram(this.#reader, asked, stretches);
    const [from, to] = [asked.filter.from, asked.filter.to];
    const range = {
      from: from === undefined ? undefined : bound(from, "from"),
      to: to === undefined ? undefined : bound(to, "to"),
    };
    const { outcome } = this.#activities.values;
    return this.#ask((view, breathe) =>
      answers.histogram(view, this.#question(asked), range, stretches, outcome, breathe),
    );
  }

  #question(asked: Asked & { readonly list: "activities" }): Question {
    return new Question(asked.filter, this.#activities.values);
  }

  /** A question about activities: none of it waits for the database, and nobody waits long for it. */
  async #ask<T>(work: (view: readonly Seen[], breathe: answers.Breathe) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) throw new Error("the index is closed");
    await this.#breathe();
    return this.#activities.asking((view) => work(view, this.#breathe));
  }

  /** All questions share one slice, so that many small ones do not keep others out either. */
  readonly #breathe = (): Promise<void> | undefined => {
    if (performance.now() - this.#sliceBegan < sliceMillis) return undefined;
    return setImmediate().then(() => {
      this.#sliceBegan = performance.now();
    });
  };

  groups(query: DetectionQuery, triage: readonly Triage[], states: readonly TriageState[] | undefined, now: Date) {
    const whole = async (keys: readonly (readonly [bigint, string])[]) => {
      if (keys.length === 0) return [];
      const ids = keys.map((_, at) => `$${at + 3}`).join(", ");
      const moments = keys.map(([moment]) => moment).sort((a, b) => (a < b ? -1 : 1));
      const rows = await this.#read(
        `SELECT ${detectionTable.read.join(", ")} FROM detections WHERE moment >= $1::BIGINT AND moment <= $2::BIGINT AND id IN (${ids})`,
        [moments[0] ?? 0n, moments.at(-1) ?? 0n, ...keys.map(([, id]) => id)],
      );
      return itemsOf(detectionTable, this.#reader, rows);
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
    const next = (items: number, last: { readonly written: number; readonly id: string } | undefined) =>
      items < limit || last === undefined ? `${Math.max(position, Number(told))}:~` : `${last.written}:${last.id}`;
    if (list === "activities") {
      const found = await this.#ask((view, breathe) => {
        const question = new Question(filter, this.#activities.values);
        return answers.arrivals(view, question, { written: Number(told), id }, position, limit, breathe);
      });
      const last = found.at(-1);
      return {
        items: found.map(({ activity }) => activity),
        next: next(found.length, last && { written: last.written, id: last.activity.id }),
      };
    }
    const parameters: Parameter[] = [];
    const give = given(parameters);
    const last = give(BigInt(told));
    const found = [
      `written >= ${last} AND (written > ${last} OR id > ${give(id)})`,
      `written <= ${give(BigInt(position))}`,
      ...conditions(filter, give),
    ];
    const sql = `SELECT written, id, ${detectionTable.read.join(", ")} FROM detections WHERE ${found.join(" AND ")} ORDER BY written, id LIMIT ${limit}`;
    const rows = await this.#read(sql, parameters);
    const end = rows.at(-1);
    return {
      items: await itemsOf(
        detectionTable,
        this.#reader,
        rows.map((cells) => cells.slice(2)),
      ),
      next: next(rows.length, end && { written: Number(end[0]), id: String(end[1]) }),
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

  /** In turn with writes, so that all three are of one moment. */
  counts() {
    return this.#inTurn(async () => {
      const counted = tables.map((table) => `(SELECT count(*) FROM ${table})`).join(", ");
      const [detections, quarantined] = (await this.#writer.runAndReadAll(`SELECT ${counted}`)).getRows()[0] ?? [];
      return {
        activities: this.#activities.count,
        detections: Number(detections),
        quarantined: Number(quarantined),
      };
    });
  }

  retain({ before, maxBytes }: { before?: Date; maxBytes?: number }): Promise<{ readonly removedRows: number }> {
    return this.#inTurn(async () => {
      let removedRows = 0;
      if (before !== undefined) removedRows += await this.#removeBefore(before.getTime());
      if (maxBytes !== undefined && (await this.bytes()) > maxBytes) {
        await this.#checkpoint();
        for (let used = await this.#used(); used > maxBytes; used = await this.#used()) {
          const cut = await this.#receivedAt(used, maxBytes);
          if (cut === undefined) break;
          removedRows += await this.#removeBefore(cut + 1);
        }
      }
      await this.#compact((maxBytes ?? Number.POSITIVE_INFINITY) - this.#activities.blockBytes);
      return { removedRows };
    });
  }

  clear(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#changing(this.#activities.clearing(), async () => {
        for (const table of [...tables, "detection_texts"]) await this.#writer.run(`DELETE FROM ${table}`);
        await this.#writer.run("UPDATE meta SET position = 0");
      });
      this.#position = 0;
      await this.#checkpoint();
    });
  }

  async bytes(): Promise<number> {
    return this.#database.bytes() + this.#activities.blockBytes;
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
        this.#activities.close();
      }
    })();
    return this.#closed;
  }

  /** Each once, and none that is there already. */
  async #unknown<T extends I, I extends { readonly id: string }>(
    table: Table<I>,
    items: readonly T[],
  ): Promise<readonly T[]> {
    const coming = new Map(items.map((item) => [item.id, item]));
    const wanted = [...coming.values()].map((item) => ({ id: item.id, at: table.at(item) }));
    for (const id of await knownIds(this.#writer, table.name, wanted)) coming.delete(id);
    return [...coming.values()];
  }

  async #appendDetections(items: readonly KeptDetection[], written: bigint): Promise<void> {
    const packed = await pack(items, await lastNumber(this.#writer));
    await writePacked(this.#writer, packed);
    await this.#append("detections", items, (item, at) => detectionRow(item, written, packed.names[at] ?? 0n));
  }

  async #append<T>(name: TableName, items: readonly T[], row: (item: T, at: number) => readonly Cell[]): Promise<void> {
    if (items.length === 0) return;
    const appender = await this.#writer.createAppender(name, "main", "tiercel");
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

  /** Milliseconds. */
  async #removeBefore(received: number): Promise<number> {
    const leaving = await this.#activities.removing(received);
    let { removed } = leaving;
    await this.#changing(leaving, async () => {
      for (const table of tables) {
        const result = await this.#writer.run(`DELETE FROM ${table} WHERE received < $1`, [
          BigInt(Math.ceil(received)) * 1_000_000n,
        ]);
        removed += result.rowsChanged;
      }
      await this.#writer.run("DELETE FROM detection_texts WHERE received < $1", [
        BigInt(Math.ceil(received)) * 1_000_000n,
      ]);
    });
    if (removed === 0) return 0;
    if (this.#activities.isHollow) await this.#changing(await this.#activities.rewriting());
    await this.#checkpoint();
    return removed;
  }

  /**
   * A receipt, in milliseconds, up to which rows go when there are too many bytes: that of as many whole blocks as come to
   * the difference; without blocks, the one that a share of the rows do not go beyond.
   */
  async #receivedAt(used: number, maxBytes: number): Promise<number | undefined> {
    const cut = this.#activities.receivedAtBytes(used - maxBytes);
    if (cut !== undefined) return cut;
    const share = Math.min(Math.max(1 - maxBytes / used, 0.02), 1);
    const all = tables.map((table) => `SELECT received FROM ${table}`).join(" UNION ALL ");
    const sql = `SELECT quantile_disc(received, ${share.toFixed(6)}) FROM (${all})`;
    const nanos = (await this.#writer.runAndReadAll(sql)).getRows()[0]?.[0];
    const cuts = [
      this.#activities.receivedAtShare(share),
      typeof nanos === "bigint" ? Number(nanos / 1_000_000n) : undefined,
    ];
    return cuts.reduce((a, b) => (a === undefined ? b : b === undefined ? a : Math.min(a, b)));
  }

  async #used(): Promise<number> {
    return (await this.#space()).used + this.#activities.blockBytes;
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
      // Whether the last transaction counted is for the file to say.
      this.#activities.close();
      const { activities, position } = await keptIn(this.#options, this.#writer);
      this.#activities = activities;
      this.#position = position;
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
      const texts = await table.texts(this.#reader, rows);
      for (const text of texts) {
        items.push(JSON.parse(text));
        bytes += text.length;
      }
      const next = query.next(keys);
      if (next === null || items.length >= most || bytes > pageBytes) return { items, next };
      cursor = next;
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

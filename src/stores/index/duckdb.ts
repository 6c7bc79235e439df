/**
 * The index: detections and what could not be read in a DuckDB file, activities in blocks beside it. One writer in turn,
 * readers beside it, each write one transaction of DuckDB's with its position.
 */

import { join } from "node:path";
import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { Activity } from "../../domain/activity.ts";
import type { ActivityQuery, Asked, DetectionQuery, FacetWish, Page, Triage, TriageState } from "../../domain/asked.ts";
import type { Detection } from "../../domain/detection.ts";
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
import { addDetections, addQuarantined } from "./appending.ts";
import { AskedActivities } from "./asked-activities.ts";
import { Connections } from "./connections.ts";
import { count, facets } from "./counting.ts";
import { detectionTable } from "./detection-rows.ts";
import { formerDetection } from "./former.ts";
import { groups } from "./groups.ts";
import type { IndexOptions } from "./index.ts";
import { readPage } from "./page.ts";
import { quarantineCounts, quarantineTable } from "./quarantine-rows.ts";
import { type Arrival, arrivedDetections, detectionOf, detectionsAt } from "./reading.ts";
import type { TableName } from "./rows.ts";
import { ruleRecords } from "./rule-records.ts";
import { histogram } from "./stretches.ts";
import type { Parameter } from "./where.ts";

export async function openDuckdbIndex(options: IndexOptions): Promise<Index> {
  const connections = await Connections.open(options);
  try {
    const index = new DuckdbIndex(options, connections, await keptIn(options, connections.writer));
    await index.fillColumns();
    return index;
  } catch (error) {
    connections.close();
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

const rowsFilled = 1000;
const tables: readonly TableName[] = ["detections", "quarantine"];

class DuckdbIndex implements Index {
  readonly #options: IndexOptions;
  readonly #connections: Connections;
  #activities: Activities;
  #position: number;
  readonly #asked = new AskedActivities(
    () => this.#activities,
    () => this.#refuseClosed(),
  );
  #turn: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: IndexOptions, connections: Connections, kept: Kept) {
    this.#options = options;
    this.#connections = connections;
    this.#activities = kept.activities;
    this.#position = kept.position;
  }

  get #writer(): DuckDBConnection {
    return this.#connections.writer;
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
        await this.#connections.checkpointWhenLong();
        await this.#connections.transaction(async () => {
          await this.#writer.run(
            "DELETE FROM detections WHERE severity IS NULL AND id IN (SELECT unnest($1))",
            [listValue(rows.map(([id = ""]) => id))],
            { 1: LIST(VARCHAR) },
          );
          await addDetections(
            this.#writer,
            rows.map(([, doc = ""]) => formerDetection(doc)),
            0n,
          );
        });
      }
    });
  }

  async position(): Promise<number> {
    this.#refuseClosed();
    return this.#position;
  }

  #refuseClosed(): void {
    if (this.#closed !== undefined) throw new Error("the index is closed");
  }

  write(judged: Judged): Promise<ReadonlySet<string>> {
    return this.#inTurn(async () => {
      await this.#connections.checkpointWhenLong();
      const known = new Set<string>();
      const written = BigInt(judged.position);
      const added = await this.#activities.adding(judged.activities, judged.position, known);
      await this.#changing(added, async () => {
        await addDetections(this.#writer, judged.detections, written);
        await addQuarantined(this.#writer, judged.quarantined);
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
      if (!(this.#connections.noted(error) instanceof NoRoom)) throw error;
    }
  }

  /** All of it in one transaction; readers see it when that is done. */
  async #changing(change: Change, also: () => Promise<void> = async () => {}): Promise<void> {
    await this.#connections.transaction(async () => {
      await change.write(this.#writer);
      await also();
    });
    change.show();
  }

  detections(query: DetectionQuery): Promise<Page<Detection>> {
    return readPage(this.#read, detectionTable, query);
  }

  activities(query: ActivityQuery): Promise<Page<Activity>> {
    return this.#asked.page(query);
  }

  detection(id: string) {
    return detectionOf(this.#read, id);
  }

  activity(id: string): Promise<Activity | undefined> {
    return this.#asked.find(id);
  }

  count(asked: Asked) {
    return asked.list === "detections" ? count(this.#read, asked) : this.#asked.count(asked.filter);
  }

  facets(asked: Asked, wishes: readonly FacetWish[]) {
    if (asked.list === "detections") return facets(this.#read, asked, wishes);
    return this.#asked.facets(asked.filter, wishes);
  }

  histogram(asked: Asked, stretches: number) {
    if (asked.list === "detections") return histogram(this.#read, asked, stretches);
    return this.#asked.histogram(asked.filter, stretches);
  }

  groups(query: DetectionQuery, triage: readonly Triage[], states: readonly TriageState[] | undefined, now: Date) {
    return groups(this.#read, (keys) => detectionsAt(this.#read, keys), query, triage, states, now);
  }

  ruleRecords(range: { readonly from: string; readonly to: string; readonly stretches: number }) {
    return ruleRecords(this.#read, range);
  }

  /** `next` is the journal's position and the id up to which everything was told. */
  async arrivals({ list, filter }: Asked, after: string | undefined, limit: number) {
    const position = await this.position();
    if (after === undefined) return { items: [], next: `${position}:~` };
    const [told = "", id = ""] = /^(\d{1,18}):(.*)$/s.exec(after)?.slice(1) ?? [];
    if (told === "") throw new BadCursor("the cursor is none of this list's: start again without one");
    const from = { written: Number(told), id };
    const next = (found: number, last: Arrival | undefined) =>
      found < limit || last === undefined ? `${Math.max(position, from.written)}:~` : `${last.written}:${last.id}`;
    if (list === "detections") {
      const { items, found, last } = await arrivedDetections(this.#read, filter, from, position, limit);
      return { items, next: next(found, last) };
    }
    const found = await this.#asked.arrived(filter, from, position, limit);
    const items = found.map(({ activity }) => activity);
    const last = found.at(-1);
    return { items, next: next(found.length, last && { written: last.written, id: last.activity.id }) };
  }

  readonly #read = (sql: string, parameters: readonly Parameter[] = []) =>
    this.#connections.read(sql, parameters, () => {
      this.#refuseClosed();
      return this.#connections.isGivenUp ? this.#inTurn(async () => {}) : undefined;
    });

  quarantined(query: QuarantineQuery): Promise<Page<Quarantined>> {
    return readPage(this.#read, quarantineTable, query);
  }

  quarantineCounts(from: string): Promise<readonly QuarantineCount[]> {
    return quarantineCounts(this.#read, from);
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
        await this.#connections.checkpoint();
        for (let used = await this.#used(); used > maxBytes; used = await this.#used()) {
          const cut = await this.#receivedAt(used, maxBytes);
          if (cut === undefined) break;
          removedRows += await this.#removeBefore(cut + 1);
        }
      }
      await this.#connections.compact((maxBytes ?? Number.POSITIVE_INFINITY) - this.#activities.blockBytes);
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
      await this.#connections.checkpoint();
    });
  }

  async bytes(): Promise<number> {
    return this.#connections.bytes + this.#activities.blockBytes;
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#turn;
      try {
        await this.#connections.checkpoint();
      } catch (error) {
        // What the file does not hold yet stays in its log, which the next start reads.
        if (!(error instanceof NoRoom)) throw error;
      } finally {
        this.#connections.close();
        this.#activities.close();
      }
    })();
    return this.#closed;
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
    await this.#connections.checkpoint();
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
    return (await this.#connections.space()).used + this.#activities.blockBytes;
  }

  /** Whether the last transaction counted is for the file to say. */
  async #mended(): Promise<void> {
    if (!this.#connections.isGivenUp) return;
    await this.#connections.mend(async () => {
      this.#activities.close();
      const { activities, position } = await keptIn(this.#options, this.#writer);
      this.#activities = activities;
      this.#position = position;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(new Error("the index is closed"));
    const done = this.#turn.then(() => this.#mended()).then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

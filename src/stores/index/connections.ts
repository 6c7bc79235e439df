/** The connections to the database file: one that writes, in turn, and readers beside it, as many as read at once. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { NoRoom } from "../../domain/store.ts";
import { type Database, openDatabase } from "./database.ts";
import type { IndexOptions } from "./index.ts";
import type { Parameter } from "./where.ts";

/**
 * The log may grow to this before a checkpoint takes it into the file. That rewrites the tail of each table: at
 * DuckDB's own 16 MB it took more time than the writes. And it numbers rows anew while queries that pick rows by number
 * run, which then answer too little (seen with 1.5.6); so it is called here, when no reader reads.
 */
const checkpointBytes = 128 * 1024 * 1024;
/** Holes of this many bytes are worth a copy. */
const smallestHole = 64 * 1024 * 1024;

export class Connections {
  readonly #options: IndexOptions;
  readonly #idle: DuckDBConnection[] = [];
  readonly #reading = new Set<Promise<unknown>>();
  #database: Database;
  #writer: DuckDBConnection;
  /** Readers wait here while rows are numbered anew or one file takes the place of another. */
  #gate: Promise<void> = Promise.resolve();
  #isGivenUp = false;

  private constructor(options: IndexOptions, database: Database, writer: DuckDBConnection) {
    this.#options = { ...options, fresh: false };
    this.#database = database;
    this.#writer = writer;
  }

  /** Rejects as `openIndex` does. */
  static async open(options: IndexOptions): Promise<Connections> {
    const database = await openDatabase(options);
    try {
      return new Connections(options, database, await database.connect());
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get writer(): DuckDBConnection {
    return this.#writer;
  }

  /** DuckDB gave the database up after an error in the middle of its own work, a full disk for one. The file is sound. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** The file, its log and what spills. */
  get bytes(): number {
    return this.#database.bytes();
  }

  /** Rows that a query answers; `ready` is asked before it begins, and may refuse. */
  async read(
    sql: string,
    parameters: readonly Parameter[],
    ready: () => Promise<void> | undefined,
  ): Promise<unknown[][]> {
    // Asked again after each wait: the gate may be closed anew by then.
    for (let gate: Promise<void> | undefined; gate !== this.#gate; ) {
      gate = this.#gate;
      await gate;
    }
    await ready();
    const reading = this.#rows(sql, parameters);
    this.#reading.add(reading);
    try {
      return await reading;
    } finally {
      this.#reading.delete(reading);
    }
  }

  async #rows(sql: string, parameters: readonly Parameter[]): Promise<unknown[][]> {
    const reader = this.#idle.pop() ?? (await this.#database.connect());
    try {
      return (await reader.runAndReadAll(sql, [...parameters])).getRows();
    } catch (error) {
      throw this.noted(error);
    } finally {
      this.#idle.push(reader);
    }
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

  async transaction(work: () => Promise<void>): Promise<void> {
    await this.#writer.run("BEGIN");
    try {
      await work();
      await this.#writer.run("COMMIT");
    } catch (error) {
      // Where even that fails, DuckDB has ended the transaction by itself; the first error says why.
      await this.#writer.run("ROLLBACK").catch((also) => this.noted(also));
      throw this.noted(error);
    }
  }

  /** The error as callers are told it. */
  noted(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    if (/^FATAL|database has been invalidated/i.test(error.message)) this.#isGivenUp = true;
    return /no space left on device|disk quota exceeded/i.test(error.message)
      ? new NoRoom(error.message, { cause: error })
      : error;
  }

  async checkpointWhenLong(): Promise<void> {
    if (this.#database.logBytes() > checkpointBytes) await this.checkpoint();
  }

  checkpoint(): Promise<void> {
    return this.#alone(async () => {
      await this.#writer.run("CHECKPOINT tiercel").catch((error) => {
        throw this.noted(error);
      });
    });
  }

  /** Opens the file again where DuckDB gave it up; whatever was committed is there. `then` reads it before anybody else. */
  mend(then: () => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      this.close();
      await this.#open();
      await then();
      this.#isGivenUp = false;
    });
  }

  /** What the file's blocks hold, and what in it is free for new rows. */
  async space(): Promise<{ readonly used: number; readonly free: number }> {
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
  async compact(maxBytes: number): Promise<void> {
    const { used, free } = await this.space();
    const isTooLarge = used + free > maxBytes && free * 4 > used;
    const isHollow = free * 2 > used && free > smallestHole;
    if (!(isTooLarge || isHollow) || this.#database.room() < used * 1.2 + smallestHole) return;
    await this.#database.copy(this.#writer);
    await this.#alone(async () => {
      this.close();
      this.#database.takeCopy();
      await this.#open();
    });
  }

  close(): void {
    for (const connection of [this.#writer, ...this.#idle.splice(0)]) connection.closeSync();
    this.#database.close();
  }

  async #open(): Promise<void> {
    this.#database = await openDatabase(this.#options);
    this.#writer = await this.#database.connect();
  }
}

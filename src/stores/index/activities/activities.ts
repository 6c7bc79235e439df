/**
 * All activities: full blocks in files of their own, and the rows that came lately, which are in memory and, write by write,
 * in a table of the database. So one transaction of that database says what there is, blocks as well as rows.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Activity } from "../../../domain/activity.ts";
import { mergeActivities } from "../../../domain/activity-of.ts";
import { eventKeys } from "../../../domain/request-id.ts";
import { Block } from "./block.ts";
import type { Contents } from "./block-file.ts";
import { type CountedColumn, countedColumns } from "./columns.ts";
import { activityIn, inBlocks } from "./ids-in-blocks.ts";
import { keepBlock, keepGone, keepWrite, keptBlocks, keptWrites } from "./kept.ts";
import { receivedAtBytes, receivedAtShare } from "./receipts.ts";
import { type Rows, type Seen, seen } from "./rows.ts";
import { Shelf, type Shelves } from "./shelf.ts";
import { Tail } from "./tail.ts";
import { forgetBeyond, Values } from "./values.ts";
import { framesOf, writeBlock } from "./write-block.ts";

/** What of the room is for values of columns that were numbered, for frames of rows, and for parts of blocks. */
const shares = { values: 1 / 4, frames: 1 / 8, parts: 5 / 8 };

/** What is about to change: written in the caller's transaction, then shown. */
export interface Change {
  write(connection: DuckDBConnection): Promise<void>;
  /** To be called when the transaction is done; cannot fail. */
  show(): void;
}

export interface ActivitiesOptions {
  /** A folder of the blocks alone. */
  readonly dir: string;
  /** What of them may be held in memory, in bytes. */
  readonly room: number;
  /** A block holds so many rows, or those of one write more. */
  readonly blockRows: number;
}

export class Activities {
  readonly values: { readonly [C in CountedColumn]: Values };
  readonly #dir: string;
  readonly #shelves: Shelves;
  readonly #blockRows: number;
  readonly #room: number;
  #blocks: Block[] = [];
  #tail: Tail;
  /** The last change, and the last block. */
  #write = 0;
  #number = 0;
  #asking = 0;

  private constructor({ dir, room, blockRows }: ActivitiesOptions) {
    this.#dir = dir;
    this.#blockRows = blockRows;
    this.#room = room;
    this.#shelves = { parts: new Shelf(room * shares.parts), frames: new Shelf(room * shares.frames) };
    this.values = Object.fromEntries(countedColumns.map((name) => [name, new Values()])) as Activities["values"];
    this.#tail = new Tail(this.values);
  }

  /** As the last transaction left it; files that it does not know of go. */
  static async open(connection: DuckDBConnection, options: ActivitiesOptions): Promise<Activities> {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const made = new Activities(options);
    for (const { number, contents, gone } of await keptBlocks(connection)) {
      const block = made.#block(number, contents);
      for (const row of gone) block.gone.set(row, 0);
      made.#blocks.push(block);
      made.#number = block.number;
    }
    for (const { number, bytes } of await keptWrites(connection)) {
      made.#tail.replay(bytes);
      made.#write = number;
    }
    const known = new Set(made.#blocks.map(({ path }) => path));
    for (const name of readdirSync(options.dir)) {
      const path = join(options.dir, name);
      if (!known.has(path)) rmSync(path, { force: true });
    }
    return made;
  }

  get isFull(): boolean {
    return this.#tail.count >= this.#blockRows;
  }

  get count(): number {
    return [this.#tail, ...this.#blocks].reduce((sum, { count, gone }) => sum + count - gone.size, 0);
  }

  get blockBytes(): number {
    return this.#blocks.reduce((sum, { contents }) => sum + contents.bytes, 0);
  }

  /** All rows as they are now, the newest stretches first. */
  view(): readonly Seen[] {
    const rows: readonly Rows[] = [this.#tail, ...this.#blocks];
    return rows.map((one) => seen(one, this.#write)).sort((a, b) => b.most - a.most);
  }

  /** Values have their numbers for as long as somebody asks. */
  async asking<T>(work: (view: readonly Seen[]) => Promise<T>): Promise<T> {
    if (this.#asking === 0) forgetBeyond(this.#room * shares.values, Object.values(this.values));
    this.#asking++;
    try {
      return await work(this.view());
    } finally {
      this.#asking--;
    }
  }

  find(id: string): Activity | undefined {
    const row = this.#tail.rowOf(id);
    if (row !== undefined) return this.#tail.activity(row);
    return activityIn(this.#blocks, id);
  }

  /**
   * What is held of the same requests is replaced by what both come to. Which events were there already is added to
   * `known`.
   */
  async adding(activities: readonly Activity[], written: number, known: Set<string>): Promise<Change> {
    const merged = new Map<string, Activity>();
    for (const activity of activities) {
      const former = merged.get(activity.id);
      merged.set(activity.id, former === undefined ? activity : mergeActivities(former, activity));
    }
    const goneOfTail: number[] = [];
    const meet = (coming: Activity, former: Activity) => {
      const before = new Set(eventKeys(former));
      for (const key of eventKeys(coming)) if (before.has(key)) known.add(key);
      merged.set(coming.id, mergeActivities(former, coming));
    };
    for (const coming of [...merged.values()]) {
      const row = this.#tail.rowOf(coming.id);
      if (row === undefined) continue;
      goneOfTail.push(row);
      meet(coming, this.#tail.activity(row));
    }
    const held = inBlocks(this.#blocks, [...merged.values()]);
    for (const { coming, block, row } of held) meet(coming, block.activity(row));
    const goneOfBlocks = new Map(
      [...Map.groupBy(held, ({ block }) => block)].map(([block, rows]) => [block, rows.map(({ row }) => row)] as const),
    );
    const staged = await this.#tail.stage([...merged.values()], written, goneOfTail);
    return this.#change(merged.size === 0 ? undefined : staged, goneOfTail, goneOfBlocks, []);
  }

  /** Takes away what was received before that, in milliseconds. */
  async removing(before: number): Promise<Change & { readonly removed: number }> {
    const old = (rows: Rows) => {
      const received = rows.numbers("received");
      const found: number[] = [];
      for (let row = 0; row < rows.count; row++) if (received[row]! < before && !rows.gone.has(row)) found.push(row);
      return found;
    };
    const leaving = this.#blocks.filter(({ contents }) => contents.mostReceived < before);
    const partly = this.#blocks.filter(
      (block) => !leaving.includes(block) && block.contents.leastReceived < before && block.gone.size < block.count,
    );
    const goneOfBlocks = new Map(
      partly.map((block) => [block, old(block)] as const).filter(([, rows]) => rows.length > 0),
    );
    const goneOfTail = old(this.#tail);
    const staged = goneOfTail.length === 0 ? undefined : await this.#tail.stage([], 0, goneOfTail);
    const removed =
      goneOfTail.length +
      leaving.reduce((sum, { count, gone }) => sum + count - gone.size, 0) +
      [...goneOfBlocks.values()].reduce((sum, { length }) => sum + length, 0);
    return { ...this.#change(staged, goneOfTail, goneOfBlocks, leaving), removed };
  }

  #change(
    staged: Buffer | undefined,
    goneOfTail: readonly number[],
    goneOfBlocks: ReadonlyMap<Block, readonly number[]>,
    leaving: readonly Block[],
  ): Change {
    const write = this.#write + 1;
    return {
      write: async (connection) => {
        if (staged !== undefined) await keepWrite(connection, write, staged);
        for (const [block, rows] of goneOfBlocks)
          await keepGone(connection, block.number, [...block.gone.keys(), ...rows]);
        for (const { number } of leaving)
          await connection.run("DELETE FROM activity_blocks WHERE number = $1::BIGINT", [BigInt(number)]);
      },
      show: () => {
        this.#write = write;
        if (staged !== undefined) this.#tail.show(goneOfTail, write);
        for (const [block, rows] of goneOfBlocks) for (const row of rows) block.gone.set(row, write);
        this.#blocks = this.#blocks.filter((block) => !leaving.includes(block));
        for (const block of leaving) block.remove();
      },
    };
  }

  /** The rows that came lately as a block; nothing that anybody sees changes. */
  async sealing(): Promise<Change> {
    const [tail, number] = [this.#tail, this.#number + 1];
    const path = this.#path(number);
    const contents = tail.count > tail.gone.size ? await writeBlock(tail, path, framesOf(this.#blockRows)) : undefined;
    return {
      write: async (connection) => {
        await connection.run("DELETE FROM activity_writes");
        if (contents !== undefined) await keepBlock(connection, number, contents);
      },
      show: () => {
        this.#tail = new Tail(this.values);
        if (contents === undefined) return;
        this.#number = number;
        this.#blocks.push(this.#block(number, contents));
      },
    };
  }

  /** Whether most of the rows that came lately are gone, and take room still. */
  get isHollow(): boolean {
    return this.#tail.gone.size * 2 > this.#tail.count;
  }

  /** Those that are not gone written anew. */
  async rewriting(): Promise<Change> {
    const tail = new Tail(this.values);
    const write = this.#write + 1;
    const staged: { readonly number: number; readonly bytes: Buffer }[] = [];
    const written = this.#tail.numbers("written");
    const left = Array.from({ length: this.#tail.count }, (_, row) => row).filter((row) => !this.#tail.gone.has(row));
    for (const [position, rows] of Map.groupBy(left, (row) => written[row]!)) {
      const activities = rows.map((row) => this.#tail.activity(row));
      staged.push({ number: write + staged.length, bytes: await tail.stage(activities, position, []) });
      tail.show([], 0);
    }
    return {
      write: async (connection) => {
        await connection.run("DELETE FROM activity_writes");
        for (const { number, bytes } of staged) await keepWrite(connection, number, bytes);
      },
      show: () => {
        this.#write = write + staged.length;
        this.#tail = tail;
      },
    };
  }

  /** Everything. */
  clearing(): Change {
    return {
      write: async (connection) => {
        await connection.run("DELETE FROM activity_writes");
        await connection.run("DELETE FROM activity_blocks");
      },
      show: () => {
        const leaving = this.#blocks;
        this.#blocks = [];
        this.#tail = new Tail(this.values);
        for (const block of leaving) block.remove();
      },
    };
  }

  /** Up to which receipt whole blocks must go to give back so many bytes. */
  receivedAtBytes(bytes: number): number | undefined {
    return receivedAtBytes(this.#blocks, bytes);
  }

  /** The receipt that this share of the latest rows do not go beyond. */
  receivedAtShare(share: number): number | undefined {
    return receivedAtShare(this.#tail, share);
  }

  close(): void {
    for (const block of this.#blocks) block.close();
  }

  #block(number: number, contents: Contents): Block {
    return new Block(number, this.#path(number), contents, this.#shelves, this.values);
  }

  #path(number: number): string {
    return join(this.#dir, `${String(number).padStart(12, "0")}.block`);
  }
}

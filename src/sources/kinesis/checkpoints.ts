/** How far each shard was read: kept in our own memory, a text a shard. */
import type { SourceMemory } from "../../domain/source.ts";
import type { KinesisConfig } from "./config.ts";

/** Where to go on in a shard, as `GetShardIterator` is asked. */
export type Place =
  | { readonly ShardIteratorType: "AFTER_SEQUENCE_NUMBER"; readonly StartingSequenceNumber: string }
  | { readonly ShardIteratorType: "AT_TIMESTAMP"; readonly Timestamp: Date }
  | { readonly ShardIteratorType: "TRIM_HORIZON" };

const beginKey = "begin";
const shardKey = (shard: string) => `shard ${shard}`;
/** No sequence number: those are digits. */
const endMark = "ended";

export class Checkpoints {
  readonly #memory: SourceMemory;
  readonly #begin: string;

  private constructor(memory: SourceMemory, begin: string) {
    this.#memory = memory;
    this.#begin = begin;
  }

  /**
   * `now` is when the source was opened first, kept at once: a shard that is not read until tomorrow, or that is made by
   * a split tomorrow, begins there and misses nothing.
   */
  static async open({ begin }: Pick<KinesisConfig, "begin">, memory: SourceMemory, now: Date): Promise<Checkpoints> {
    const kept = await memory.get(beginKey);
    if (kept !== undefined) return new Checkpoints(memory, kept);
    const first = begin === "now" ? now.toISOString() : begin;
    await memory.set(beginKey, first);
    return new Checkpoints(memory, first);
  }

  /** Undefined where the shard was read to its end. */
  async placeIn(shard: string): Promise<Place | undefined> {
    const kept = await this.#memory.get(shardKey(shard));
    if (kept === endMark) return undefined;
    if (kept) return { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: kept };
    if (this.#begin === "oldest") return { ShardIteratorType: "TRIM_HORIZON" };
    return { ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(this.#begin) };
  }

  /** All up to this record is kept. */
  read(shard: string, sequenceNumber: string): Promise<void> {
    return this.#memory.set(shardKey(shard), sequenceNumber);
  }

  /** The shard was closed by a split or a merge, and all of it is kept. */
  ended(shard: string): Promise<void> {
    return this.#memory.set(shardKey(shard), endMark);
  }
}

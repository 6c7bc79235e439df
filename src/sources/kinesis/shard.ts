/** Reads one shard from where it was left to its end. */
import type { KinesisClient, _Record as Record } from "@aws-sdk/client-kinesis";
import type { HeldClient } from "../aws.ts";
import { backOff, pause } from "../back-off.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { KinesisConfig } from "./config.ts";

export interface ShardReading {
  readonly shard: string;
  readonly config: KinesisConfig;
  readonly client: HeldClient<KinesisClient>;
  readonly checkpoints: Checkpoints;
  readonly signal: AbortSignal;
  /** Hands records over; `read` is told how far after each part that was kept. */
  keep(records: readonly Record[], read: (sequenceNumber: string) => Promise<void>): Promise<void>;
  /** It was asked and answered; how old the oldest of what is still to be read is, in milliseconds. */
  works(behindMs: number): void;
  fails(error: unknown): void;
  /** What was not read yet is gone: the stream retained it no longer. */
  lost(): void;
}

/** Five transactions a second and shard, all readers together: docs.aws.amazon.com, Kinesis quotas. */
const betweenReadsMs = 200;
const retryMs = { firstMs: 500, lastMs: 60_000 };

/** Resolves when the shard was read to its end, or the source stops. */
export async function readShard(reading: ShardReading): Promise<void> {
  const { shard, config, client, checkpoints, signal } = reading;
  // Loaded where it is needed: nobody else waits for it.
  const { GetRecordsCommand } = await import("@aws-sdk/client-kinesis");
  const failing = backOff({ ...retryMs, signal });
  let iterator: string | undefined;
  while (!signal.aborted) {
    try {
      iterator ??= await iteratorOf(reading);
      if (iterator === undefined) return;
      const page = await client.now.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: config.max_records }),
        { abortSignal: signal },
      );
      const { Records = [], NextShardIterator, MillisBehindLatest = 0 } = page;
      await reading.keep(Records, (sequenceNumber) => checkpoints.read(shard, sequenceNumber));
      // Told to stop, it may have kept a part alone: that is no end of a shard.
      if (signal.aborted) return;
      reading.works(MillisBehindLatest);
      failing.reset();
      iterator = NextShardIterator;
      if (iterator === undefined) return await checkpoints.ended(shard);
      await pause(MillisBehindLatest > 0 ? betweenReadsMs : config.poll_interval_secs * 1000, signal);
    } catch (error) {
      if (signal.aborted) return;
      // An iterator holds for five minutes, and what was handed over is known better by the checkpoint.
      iterator = undefined;
      if (!(error instanceof Error && error.name === "ExpiredIteratorException")) {
        client.failed(error);
        reading.fails(error);
      }
      await failing.wait();
    }
  }
}

/** Undefined where nothing is left to read. */
async function iteratorOf({
  shard,
  config,
  client,
  checkpoints,
  signal,
  lost,
}: ShardReading): Promise<string | undefined> {
  const { GetShardIteratorCommand } = await import("@aws-sdk/client-kinesis");
  const place = await checkpoints.placeIn(shard);
  if (place === undefined) return undefined;
  const ask = async (at: typeof place) => {
    const command = new GetShardIteratorCommand({ StreamName: config.stream, ShardId: shard, ...at });
    return (await client.now.send(command, { abortSignal: signal })).ShardIterator;
  };
  try {
    return await ask(place);
  } catch (error) {
    const isTrimmed = error instanceof Error && error.name === "InvalidArgumentException";
    if (!isTrimmed || place.ShardIteratorType !== "AFTER_SEQUENCE_NUMBER") throw error;
    lost();
    return await ask({ ShardIteratorType: "TRIM_HORIZON" });
  }
}

/** The Kinesis source: CloudWatch Logs pushes EKS' audit log into a data stream, and we read all its shards. */
import type { KinesisClient, _Record as Record } from "@aws-sdk/client-kinesis";
import { type Source, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { awsWords, type HeldClient, heldClient } from "../aws.ts";
import { backOff, pause } from "../back-off.ts";
import { plainOf } from "../packed.ts";
import { heldHealth } from "../source-health.ts";
import { defaultCluster } from "../webhook-config.ts";
import { Checkpoints } from "./checkpoints.ts";
import { type KinesisConfig, kinesisConfig } from "./config.ts";
import { kinesisFacts } from "./facts.ts";
import { readShard } from "./shard.ts";

export const kinesis = sourceKind({
  type: "kinesis",
  config: kinesisConfig,
  facts: kinesisFacts,
  open: (config, world) => kinesisSource(config, world),
});

/** A stream is split and merged seldom; a shard that ends is noticed at once. */
const lookForShardsMs = 30_000;
const retryMs = { firstMs: 1000, lastMs: 120_000 };
/** A record of 10 MB unpacks to no more than this; what does is kept packed, and ends in quarantine. */
const mostUnpacked = 256 * 1024 ** 2;

function kinesisSource(config: KinesisConfig, world: SourceWorld): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { cluster = defaultCluster, stream } = config;
  const assumed = config.cluster === undefined;
  const health = heldHealth(world);
  /** By shard, and the list of shards under no name: why it fails. */
  const failures = new Map<string, string>();
  const behind = new Map<string, number>();
  let running: Promise<void> = Promise.resolve();
  /** One at a time: however many shards there are, one part of one answer is unpacked and handed over. */
  let turn: Promise<unknown> = Promise.resolve();

  function works(shard: string, behindMs?: number): void {
    if (behindMs !== undefined) {
      behind.set(shard, behindMs);
      health.waits({ lagSecs: Math.max(...behind.values()) / 1000 });
    }
    failures.delete(shard);
    if (failures.size === 0) health.runs();
  }
  function fails(shard: string, error: unknown): void {
    const why = `stream ${stream}: ${awsWords(error, remedies)}`;
    failures.set(shard, why);
    health.fails(why);
  }

  async function run(): Promise<void> {
    // Loaded where it is needed: nobody else waits for it.
    const { KinesisClient } = await import("@aws-sdk/client-kinesis");
    const { region, endpoint } = config;
    const client = heldClient(
      () =>
        new KinesisClient({
          ...(region !== undefined && { region }),
          ...(endpoint !== undefined && { endpoint }),
          maxAttempts: 2,
        }),
    );
    const failing = backOff({ ...retryMs, signal });
    const reading = new Map<string, Promise<void>>();
    let checkpoints: Checkpoints | undefined;
    try {
      while (!signal.aborted) {
        let wake = () => {};
        const ended = new Promise<void>((resolve) => {
          wake = resolve;
        });
        try {
          checkpoints ??= await Checkpoints.open(config, world.memory, world.now());
          const shards = await shardsOf(client.now);
          for (const shard of shards)
            if (!reading.has(shard)) reading.set(shard, read(shard, client, checkpoints).then(wake));
          for (const known of behind.keys()) if (!shards.includes(known)) behind.delete(known);
          works("");
          failing.reset();
          await Promise.race([pause(lookForShardsMs, signal), ended]);
        } catch (error) {
          if (signal.aborted) break;
          client.failed(error);
          fails("", error);
          await failing.wait();
        }
      }
      await Promise.all(reading.values());
    } finally {
      client.close();
    }
  }

  /** All that the stream still holds, closed ones too: they may hold what was not read. */
  async function shardsOf(client: KinesisClient): Promise<readonly string[]> {
    const { ListShardsCommand } = await import("@aws-sdk/client-kinesis");
    const found: string[] = [];
    let NextToken: string | undefined;
    do {
      const question = NextToken === undefined ? { StreamName: stream } : { NextToken };
      const page = await client.send(new ListShardsCommand(question), { abortSignal: signal });
      found.push(...(page.Shards ?? []).flatMap(({ ShardId }) => (ShardId === undefined ? [] : [ShardId])));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  }

  async function read(shard: string, client: HeldClient<KinesisClient>, checkpoints: Checkpoints): Promise<void> {
    await readShard({
      ...{ shard, config, client, checkpoints, signal },
      keep: (records, told) => {
        const its = turn.then(() => keep(records, told));
        turn = its.catch(() => {});
        return its;
      },
      works: (behindMs) => works(shard, behindMs),
      fails: (error) => fails(shard, error),
      lost: () =>
        world.blind?.({ cluster, kind: "gap", why: `stream ${stream} retained no longer what was not read yet` }),
    });
    behind.delete(shard);
  }

  /** Part by part, so that an answer of 10 MB that unpacks to more is not held at once. */
  async function keep(records: readonly Record[], read: (sequenceNumber: string) => Promise<void>): Promise<void> {
    let lines: Buffer[] = [];
    let bytes = 0;
    for (const [at, { Data = new Uint8Array(), SequenceNumber = "" }] of records.entries()) {
      const packed = Buffer.from(Data.buffer, Data.byteOffset, Data.byteLength);
      const plain = await plainOf(packed, mostUnpacked);
      const line = plain === "too-large" ? packed : plain;
      lines.push(line, newline);
      bytes += line.length + 1;
      if (bytes < config.batch_bytes && at < records.length - 1) continue;
      if (signal.aborted) return;
      const receivedAt = world.now();
      await world.deliver({ source: world.name, cluster, assumed, receivedAt, body: Buffer.concat(lines) });
      health.kept(receivedAt);
      await read(SequenceNumber);
      if (!assumed) await world.clusters.register(cluster);
      lines = [];
      bytes = 0;
    }
  }

  return {
    async start() {
      // A region that is nowhere told, a package that is not there.
      running = run().catch((error) => health.fails(`it has stopped: ${awsWords(error, remedies)}`));
    },
    async stop() {
      stopping.abort();
      await running;
      health.stopped();
    },
    health() {
      const told = health.told();
      const [why] = failures.values();
      // What another shard brings mends nothing here.
      return why === undefined || told.state !== "running" ? told : { ...told, state: "failing", why };
    },
  };
}

const newline = Buffer.from("\n");

const remedies: Readonly<{ [name: string]: string }> = {
  ResourceNotFoundException: "there is no such stream in this region and account",
  AccessDeniedException: "grant `kinesis:ListShards`, `kinesis:GetShardIterator` and `kinesis:GetRecords` on it",
  ProvisionedThroughputExceededException: "other readers use up the shard: read less often, or split it",
  KMSAccessDeniedException: "grant `kms:Decrypt` on the stream's key",
};

/** The Kafka source: audit events out of topics, in any envelope; offsets are committed when they are kept. */
import { readFileSync } from "node:fs";
import type { Consumer, Message, MessagesStream, Offsets } from "@platformatic/kafka";
import { type Batch, Refusal } from "../../domain/batch.ts";
import { type Source, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { backOff } from "../back-off.ts";
import { lineOf } from "../one-line.ts";
import { heldHealth } from "../source-health.ts";
import { type KafkaConfig, kafkaConfig } from "./config.ts";
import { kafkaFacts } from "./facts.ts";
import { wordsOf } from "./words.ts";

export const kafka = sourceKind({
  type: "kafka",
  config: kafkaConfig,
  facts: kafkaFacts,
  open: (config, world) => kafkaSource(config, world),
});

type RawConsumer = Consumer<Buffer, Buffer, Buffer, Buffer>;
type RawStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;
type RawMessage = Message<Buffer, Buffer, Buffer, Buffer>;

/** Held at once: what one question brings, for the next is asked when all of it is handed over. */
const fetchBytes = 8 * 1024 ** 2;
/** How often it is asked how much waits. */
const lagEveryMs = 5000;

function kafkaSource(config: KafkaConfig, world: SourceWorld): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  const health = heldHealth(world);
  /** When the message that was kept last came to its topic, milliseconds since 1970. */
  let keptLast: number | undefined;
  let running: Promise<void> = Promise.resolve();
  let reading: RawStream | undefined;
  const retrying = backOff({ signal });

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await consume();
      } catch (error) {
        if (!signal.aborted) fail(error);
      }
      await retrying.wait();
    }
  }

  /** One membership of the group; ends when it is told to, or by an error. What is not committed comes again. */
  async function consume(): Promise<void> {
    const { Consumer } = await import("@platformatic/kafka");
    const consumer: RawConsumer = new Consumer({
      clientId: "tiercel",
      groupId: config.group,
      bootstrapBrokers: config.brokers,
      autocommit: false,
      sessionTimeout: 30_000,
      heartbeatInterval: 3000,
      retries: 1,
      connectTimeout: 10_000,
      ...tlsOf(config),
      ...saslOf(config),
    });
    // A consumer without a listener would end the process; its stream ends with the same error.
    consumer.on("error", (error: Error) => world.log("warn", `source ${world.name}: ${error.message}`));
    try {
      reading = await consumer.consume({
        topics: [...config.topics],
        mode: "committed",
        fallbackMode: config.begin,
        maxWaitTime: 500,
        maxBytes: fetchBytes,
        highWaterMark: 1,
      });
      if (signal.aborted) return;
      health.runs();
      consumer.on("consumer:lag", tellLag);
      consumer.startLagMonitoring({ topics: [...config.topics] }, lagEveryMs);
      await readAll(reading);
    } finally {
      consumer.stopLagMonitoring();
      await reading?.close().catch(() => {});
      reading = undefined;
      await consumer.close(true).catch(() => {});
    }
  }

  async function readAll(stream: RawStream): Promise<void> {
    let batch: RawMessage[] = [];
    let bytes = 0;
    for await (const message of stream) {
      batch.push(message);
      bytes += message.value?.length ?? 0;
      if (bytes < config.batch_bytes && stream.readableLength > 0) continue;
      await keep(batch);
      batch = [];
      bytes = 0;
      if (signal.aborted) return;
    }
  }

  /** Hands a batch over, cluster by cluster, and commits the last offset of each partition. */
  async function keep(batch: readonly RawMessage[]): Promise<void> {
    const byCluster = Map.groupBy(batch, ({ topic }) => config.cluster ?? topic);
    const receivedAt = world.now();
    for (const [cluster, messages] of byCluster) {
      // A tombstone says nothing.
      const values = messages.flatMap(({ value }) => (value && value.length > 0 ? [lineOf(value)] : []));
      if (values.length === 0) continue;
      const assumed = config.cluster === undefined;
      const kept = await keptAt({ source: world.name, cluster, assumed, receivedAt, body: Buffer.concat(values) });
      if (!kept) return;
      if (!assumed) await world.clusters.register(cluster);
    }
    health.kept(receivedAt);
    keptLast = Math.max(...batch.map(({ timestamp }) => Number(timestamp)));
    retrying.reset();
    const last = new Map(batch.map((message) => [`${message.topic} ${message.partition}`, message]));
    for (const message of last.values()) await message.commit();
  }

  /** Tries until it is kept, and stays in the group meanwhile: leaving would make all others share anew. False at the end. */
  async function keptAt(batch: Batch): Promise<boolean> {
    while (!signal.aborted) {
      try {
        await world.deliver(batch);
        return true;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        health.fails(error.message);
        await retrying.wait();
      }
    }
    return false;
  }

  function fail(error: unknown): void {
    health.fails(wordsOf(error, config));
  }

  /** By partition, what is committed of it against what there is; less than nothing where it is another's. */
  function tellLag(lag: Offsets): void {
    const each = [...lag.values()].flat().filter((count) => count > 0n);
    const messages = Number(each.reduce((sum, count) => sum + count, 0n));
    const secs = messages === 0 || keptLast === undefined ? 0 : Math.max(0, (world.now().getTime() - keptLast) / 1000);
    health.waits({ lagSecs: secs, messages });
  }

  return {
    async start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await reading?.close().catch(() => {});
      await running;
      health.stopped();
    },
    health: health.told,
  };
}

function tlsOf({ tls }: KafkaConfig) {
  if (tls === false) return {};
  const file = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
  if (tls === true) return { tls: {} };
  return { tls: { ca: file(tls.ca_file), cert: file(tls.cert_file), key: file(tls.key_file) } };
}

function saslOf({ sasl }: KafkaConfig) {
  if (sasl === undefined) return {};
  const { mechanism, username, password_file } = sasl;
  const password = password_file === undefined ? (sasl.password ?? "") : readFileSync(password_file, "utf8").trim();
  return { sasl: { mechanism, username, password } };
}

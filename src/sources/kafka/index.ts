/** The Kafka source: audit events out of topics, in any envelope; offsets are committed when they are kept. */
import { readFileSync } from "node:fs";
import type { Consumer, Message, MessagesStream } from "@platformatic/kafka";
import { type Source, type SourceHealth, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { backOff } from "../back-off.ts";
import { type KafkaConfig, kafkaConfig } from "./config.ts";
import { kafkaFacts } from "./facts.ts";

export const kafka = sourceKind({
  type: "kafka",
  doc: "Reads audit events from Kafka topics: raw payloads, what log forwarders write, the Kafka endpoint of Azure Event Hubs.",
  config: kafkaConfig,
  facts: kafkaFacts,
  open: (config, world) => kafkaSource(config, world),
});

type RawConsumer = Consumer<Buffer, Buffer, Buffer, Buffer>;
type RawStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;
type RawMessage = Message<Buffer, Buffer, Buffer, Buffer>;

function kafkaSource(config: KafkaConfig, world: SourceWorld): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
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
      });
      if (signal.aborted) return;
      health = { state: "running", lastBatchAt: health.lastBatchAt };
      await readAll(reading);
    } finally {
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
      const values = messages.flatMap(({ value }) => (value && value.length > 0 ? [value, newline] : []));
      if (values.length === 0) continue;
      const assumed = config.cluster === undefined;
      await world.deliver({ source: world.name, cluster, assumed, receivedAt, body: Buffer.concat(values) });
      if (!assumed) await world.clusters.register(cluster);
    }
    health = { state: "running", lastBatchAt: receivedAt };
    retrying.reset();
    const last = new Map(batch.map((message) => [`${message.topic} ${message.partition}`, message]));
    for (const message of last.values()) await message.commit();
  }

  function fail(error: unknown): void {
    const why = wordsOf(error, config.brokers);
    if (health.why !== why) world.log("error", `source ${world.name}: ${why}`);
    health = { state: "failing", why, lastBatchAt: health.lastBatchAt };
    world.signals.count("tiercel_source_errors_total", { source: world.name });
  }

  return {
    async start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await reading?.close().catch(() => {});
      await running;
      health = { ...health, state: "stopped" };
    },
    health: () => health,
  };
}

const newline = Buffer.from("\n");

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

/** The innermost reason: libraries wrap what the network or the broker said. */
function wordsOf(error: unknown, brokers: readonly string[]): string {
  let cause = error;
  for (let depth = 0; depth < 8; depth++) {
    const { errors, cause: inner } = (cause ?? {}) as { errors?: readonly unknown[]; cause?: unknown };
    if (errors?.[0] !== undefined) cause = errors[0];
    else if (inner !== undefined) cause = inner;
    else break;
  }
  const outer = error instanceof Error ? error.message : String(error);
  const said = cause instanceof Error && cause.message !== outer ? `${outer} (${cause.message})` : outer;
  return `Kafka at ${brokers.join(", ")}: ${said}`;
}

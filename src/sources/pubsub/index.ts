/** The Pub/Sub source: GKE's audit log entries by a streaming pull; acknowledged when they are kept. */
import type { Message, PubSub, Subscription } from "@google-cloud/pubsub";
import { type Source, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { backOff } from "../back-off.ts";
import { lineOf } from "../one-line.ts";
import { heldHealth } from "../source-health.ts";
import { clusterOption, defaultCluster } from "../webhook-config.ts";
import { Acknowledging } from "./acknowledging.ts";
import { type PubSubConfig, pubSubConfig } from "./config.ts";
import { pubSubFacts } from "./facts.ts";
import { wordsOf } from "./words.ts";

export const pubSub = sourceKind({
  type: "pubsub",
  config: pubSubConfig,
  facts: pubSubFacts,
  open: (config, world) => pubSubSource(config, world),
});

/** The client says by itself within 10 s that it finds no server; a stream that says nothing for longer works. */
const silenceIsGoodMs = 11_000;
/** So long a closing stream waits for acknowledgements on their way. */
const closeMs = 5000;

/** The stream broke off, as streams do now and then; what was not acknowledged comes again by the next one. */
class Interrupted extends Error {
  readonly isAtOnce: boolean;
  constructor(cause: unknown, isAtOnce: boolean) {
    super("interrupted", { cause });
    this.isAtOnce = isAtOnce;
  }
}

function pubSubSource(config: PubSubConfig, world: SourceWorld): Source {
  const assumed = config.cluster === undefined;
  const cluster = config.cluster ?? clusterOption.safeParse(config.subscription).data ?? defaultCluster;
  const stopping = new AbortController();
  const { signal } = stopping;
  const health = heldHealth(world);
  let running: Promise<void> = Promise.resolve();
  const retrying = backOff({ signal });
  let isRefused = false;
  const acknowledging = new Acknowledging((why) => {
    world.log("warn", `source ${world.name}: an acknowledgement was lost, its message comes again: ${why}`);
    world.signals.count("tiercel_source_acks_lost_total", { source: world.name });
  });

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await pull();
      } catch (error) {
        if (error instanceof Interrupted && !error.isAtOnce) continue;
        health.fails(wordsOf(error instanceof Interrupted ? error.cause : error, config));
      }
      await retrying.wait();
    }
  }

  /** One streaming pull; ends when it is told to, or by an error. What is not acknowledged comes again. */
  async function pull(): Promise<void> {
    // Loaded where it is needed: nobody else waits for it.
    const { PubSub, Duration } = await import("@google-cloud/pubsub");
    const client: PubSub = new PubSub({
      projectId: config.project,
      ...(config.key_file !== undefined && { keyFilename: config.key_file }),
      ...(config.endpoint !== undefined && { apiEndpoint: config.endpoint }),
    });
    const subscription = client.subscription(config.subscription, {
      flowControl: { maxMessages: config.max_messages, maxBytes: config.max_bytes, allowExcessMessages: false },
      closeOptions: { behavior: "WAIT", timeout: Duration.from({ millis: closeMs }) },
    });
    const stream = { works: false };
    const works = () => {
      stream.works = true;
      // What could not be kept is no fault of the stream's, and not mended by it.
      if (!isRefused) health.runs();
    };
    const quiet = setTimeout(works, silenceIsGoodMs);
    try {
      await readAll(subscription, stream);
    } finally {
      clearTimeout(quiet);
      await subscription.close().catch(() => {});
      await client.close().catch(() => {});
    }
  }

  /** Keeps what has come, as one batch, while the next gathers. Flow control bounds how much that is. */
  async function readAll(subscription: Subscription, stream: { works: boolean }): Promise<void> {
    const waiting: Message[] = [];
    let ended: { readonly error?: unknown } | undefined;
    let wake = () => {};
    const end = (how: { readonly error?: unknown }) => {
      ended ??= how;
      wake();
    };
    const stop = () => end({});
    signal.addEventListener("abort", stop);
    subscription.on("error", (error) => end({ error }));
    subscription.on("close", () => end({ error: new Error("the stream was closed") }));
    // The client would try again by itself, and not say when it works again: a new stream says so.
    subscription.on("debug", ({ error }) => {
      const { code, ackIds } = (error ?? {}) as { code?: unknown; ackIds?: unknown };
      if (ackIds === undefined && interruptions.has(code)) end({ error: new Interrupted(error, !stream.works) });
    });
    subscription.on("message", (message) => {
      stream.works = true;
      waiting.push(message);
      wake();
    });
    if (signal.aborted) stop();
    try {
      while (ended === undefined) {
        if (waiting.length > 0) await keep(waiting.splice(0));
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      if ("error" in ended) throw ended.error;
    } finally {
      signal.removeEventListener("abort", stop);
      for (const message of waiting.splice(0)) message.nack();
    }
  }

  /** Hands what has come over as one batch; it is acknowledged once it is kept, and given back where it is refused. */
  async function keep(batch: readonly Message[]): Promise<void> {
    const receivedAt = world.now();
    const fresh = batch.filter((message) => !acknowledging.wasKept(message));
    for (const message of batch) if (acknowledging.wasKept(message)) acknowledging.acknowledge(message);
    if (fresh.length === 0) return;
    try {
      const body = Buffer.concat(fresh.map(({ data }) => lineOf(data)));
      await world.deliver({ source: world.name, cluster, assumed, receivedAt, body });
      if (!assumed) await world.clusters.register(cluster);
    } catch (error) {
      isRefused = true;
      health.fails(wordsOf(error, config));
      // Given back at once, they would be here again at once.
      await retrying.wait();
      for (const message of fresh) message.nack();
      return;
    }
    isRefused = false;
    health.kept(receivedAt);
    retrying.reset();
    for (const message of fresh) acknowledging.acknowledge(message);
  }

  return {
    async start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
      health.stopped();
    },
    health: health.told,
  };
}

/** gRPC's codes for a stream that failed: ABORTED, INTERNAL, RESOURCE_EXHAUSTED, UNAVAILABLE. Others end it by plan. */
const interruptions: ReadonlySet<unknown> = new Set([8, 10, 13, 14]);

/** The Pub/Sub source: GKE's audit log entries by a streaming pull; acknowledged when they are kept. */
import type { Message, PubSub, Subscription } from "@google-cloud/pubsub";
import { type Source, type SourceHealth, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { backOff } from "../back-off.ts";
import { clusterOf, lineOf } from "./bodies.ts";
import { type PubSubConfig, pubSubConfig } from "./config.ts";
import { wordsOf } from "./words.ts";

export const pubSub = sourceKind({
  type: "pubsub",
  doc: "Reads GKE's audit log entries from a Pub/Sub subscription that a log sink feeds. Credentials are Google's own: Workload Identity, else a key file. Needs `roles/pubsub.subscriber` on the subscription.",
  config: pubSubConfig,
  open: (config, world) => pubSubSource(config, world),
});

/** The client says by itself within 10 s that it finds no server. */
const silenceIsGoodMs = 11_000;
/** So long a closing stream waits for acknowledgements on their way. */
const closeMs = 5000;

function pubSubSource(config: PubSubConfig, world: SourceWorld): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
  let running: Promise<void> = Promise.resolve();
  const retrying = backOff({ signal });

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await pull();
      } catch (error) {
        fail(error);
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
    const quiet = setTimeout(() => {
      if (health.state === "starting") health = { ...health, state: "running" };
    }, silenceIsGoodMs);
    try {
      await readAll(subscription);
    } finally {
      clearTimeout(quiet);
      await subscription.close().catch(() => {});
      await client.close().catch(() => {});
    }
  }

  /** Keeps what has come, as one batch, while the next gathers. Flow control bounds how much that is. */
  async function readAll(subscription: Subscription): Promise<void> {
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
    // Failures that the client itself tries again after.
    subscription.on("debug", ({ error }) => {
      const { code } = (error ?? {}) as { code?: unknown };
      if (code === unavailable) fail(error);
    });
    subscription.on("message", (message) => {
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

  /** Hands a batch over, cluster by cluster; each is acknowledged once it is kept, and given back where it is refused. */
  async function keep(batch: readonly Message[]): Promise<void> {
    const receivedAt = world.now();
    const byCluster = Map.groupBy(batch, ({ data }) => config.cluster ?? clusterOf(data) ?? config.subscription);
    for (const [cluster, messages] of byCluster) {
      try {
        const body = Buffer.concat(messages.map(({ data }) => lineOf(data)));
        await world.deliver({ source: world.name, cluster, receivedAt, body });
        await world.clusters.register(cluster);
      } catch (error) {
        fail(error);
        // Given back at once, they would be here again at once.
        await retrying.wait();
        for (const message of messages) message.nack();
        continue;
      }
      health = { state: "running", lastBatchAt: receivedAt };
      retrying.reset();
      // The client sends acknowledgements together, and again where they fail; one that is lost brings its message again.
      for (const message of messages) message.ack();
    }
  }

  function fail(error: unknown): void {
    const why = wordsOf(error, config);
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
      await running;
      health = { ...health, state: "stopped" };
    },
    health: () => health,
  };
}

/** gRPC's code for a server that is away. */
const unavailable = 14;

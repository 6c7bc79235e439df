/** The Event Hubs source: AKS's diagnostic records by AMQP; a partition's checkpoint moves when its events are kept. */
import type { EventPosition, PartitionContext, ReceivedEventData } from "@azure/event-hubs";
import { Refusal } from "../../domain/batch.ts";
import { type Source, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { backOff, pause } from "../back-off.ts";
import { lineOf } from "../one-line.ts";
import { heldHealth } from "../source-health.ts";
import { blobCheckpoints } from "./blob-checkpoints.ts";
import { bodyOf } from "./body.ts";
import { openClient, placeOf } from "./client.ts";
import { type EventHubsConfig, eventHubsConfig } from "./config.ts";
import { eventHubsFacts } from "./facts.ts";
import { type Checkpoints, ownCheckpoints } from "./own-checkpoints.ts";
import { type Partition, Partitions } from "./partitions.ts";
import { innermost, wordsOf } from "./words.ts";

export const eventHubs = sourceKind({
  type: "event-hubs",
  config: eventHubsConfig,
  facts: eventHubsFacts,
  open: (config, world) => eventHubsSource(config, world),
});

/** How long an idle partition is waited for until it is known to be fine. */
const idleSecs = 5;
const goodbyeMs = 5000;

function eventHubsSource(config: EventHubsConfig, world: SourceWorld): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  const retrying = backOff({ signal });
  const health = heldHealth(world);
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await read();
      } catch (error) {
        if (!signal.aborted) fail(error);
      }
      await retrying.wait();
    }
  }

  /** One connection; ends when it is told to, or by an error. What has no checkpoint comes again. */
  async function read(): Promise<void> {
    const place = placeOf(config);
    const store = await (config.checkpoints === undefined
      ? ownCheckpoints(world.memory, place)
      : blobCheckpoints(config.checkpoints, config.client_id, place));
    const client = await openClient(config, store);
    const session = new AbortController();
    const stop = () => session.abort();
    signal.addEventListener("abort", stop);
    const partitions = new Partitions(session.signal);
    const taking = new Set<Promise<void>>();
    const tracked = (take: Promise<void>) => {
      taking.add(take);
      return take.finally(() => taking.delete(take));
    };
    try {
      const ids = await client.getPartitionIds({ abortSignal: session.signal });
      healthy();
      const share = Math.max(1, Math.floor(config.max_messages / ids.length));
      await new Promise<void>((resolve, reject) => {
        session.signal.addEventListener("abort", () => resolve());
        client.subscribe(
          {
            processInitialize: async ({ partitionId }) => {
              const checkpoints = await store.listCheckpoints(...placeParts(place));
              partitions.open(partitionId, checkpoints.find((one) => one.partitionId === partitionId)?.sequenceNumber);
            },
            processEvents: (events, partition) => tracked(take(events, partition, partitions)),
            processError: async (error, { partitionId }) => {
              if (innermost(error).code !== "ReceiverDisconnectedError") return reject(error);
              // Where readers share a group that is how they share the partitions.
              if (config.checkpoints === undefined) fail(error);
              else world.log("info", `source ${world.name}: another reader has taken partition ${partitionId}`);
            },
            processClose: async (_reason, { partitionId }) => {
              partitions.close(partitionId);
              store.release(partitionId);
            },
          },
          {
            maxBatchSize: share,
            prefetchCount: share,
            maxWaitTimeInSeconds: idleSecs,
            skipParsingBodyAsJson: true,
            trackLastEnqueuedEventProperties: true,
            startPosition: beginning(config.begin),
          },
        );
      });
    } catch (error) {
      if (!signal.aborted) await beginAnew(error, store, place);
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      session.abort();
      // What is being kept gets its checkpoint, before anybody reads from the last one.
      await within(goodbyeMs, Promise.allSettled(taking));
      // A hub that does not answer is not waited for.
      await within(goodbyeMs, client.close());
    }
  }

  /** Hands over what has come of one partition, and moves its checkpoint behind each batch that is kept. */
  async function take(events: ReceivedEventData[], context: PartitionContext, partitions: Partitions): Promise<void> {
    const partition = partitions.of(context.partitionId);
    if (partition === undefined) return;
    partition.lost(events, (count) => lost(count, context.partitionId));
    for (const batch of inBatches(events, config.batch_bytes)) {
      if (!(await kept(batch, partition))) return;
      const last = batch.at(-1);
      if (last !== undefined) await context.updateCheckpoint(last);
    }
    partition.reached(events.at(-1), context.lastEnqueuedEventProperties);
    healthy(partitions);
  }

  function lost(count: number, partition: string): void {
    const why = `messages of partition ${partition} were gone before they were read: the hub keeps them for too short a time`;
    world.log("warn", `source ${world.name}: ${count} ${why}`);
    world.blind?.({ cluster: config.cluster ?? config.event_hub, kind: "lost", why, count });
  }

  /** False when the partition is no longer ours, or all shall stop. */
  async function kept(events: readonly ReceivedEventData[], partition: Partition): Promise<boolean> {
    const refused = backOff({ signal: partition.signal });
    const assumed = config.cluster === undefined;
    const { cluster = config.event_hub } = config;
    const body = Buffer.concat(events.map((event) => lineOf(bodyOf(event))));
    while (!partition.signal.aborted) {
      try {
        const receivedAt = world.now();
        await world.deliver({ source: world.name, cluster, assumed, receivedAt, body });
        health.kept(receivedAt);
        if (!assumed) await world.clusters.register(cluster);
        // Another may have read on from the last checkpoint meanwhile.
        return !partition.isTaken;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        fail(error);
        await refused.wait();
      }
    }
    return false;
  }

  /** A hub that was made anew knows none of our offsets, and would be asked for them for ever. */
  async function beginAnew(error: unknown, store: Checkpoints, place: string): Promise<void> {
    const { said } = innermost(error);
    if (!/supplied (offset|sequence number) .*invalid/i.test(said)) return;
    world.log("warn", `source ${world.name}: the hub has been made anew (${said}); it is read from its beginning`);
    for (const { partitionId } of await store.listCheckpoints(...placeParts(place))) await store.forget(partitionId);
  }

  function healthy(partitions?: Partitions): void {
    const behind = partitions?.behind(world.now());
    if (behind !== undefined) health.waits({ lagSecs: behind.secs, messages: behind.messages });
    health.runs();
    retrying.reset();
  }

  function fail(error: unknown): void {
    health.fails(error instanceof Refusal ? error.message : wordsOf(error, config));
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

const placeParts = (place: string) => place.split("/") as [namespace: string, hub: string, group: string];

/** Resolves when it is done, or has failed, or took too long. */
async function within(millis: number, done: Promise<unknown>): Promise<void> {
  const waited = new AbortController();
  await Promise.race([done.catch(() => {}), pause(millis, waited.signal)]);
  waited.abort();
}

function beginning(begin: EventHubsConfig["begin"]): EventPosition {
  if (begin === "earliest") return { offset: "-1" };
  if (begin === "latest") return { offset: "@latest" };
  return { enqueuedOn: new Date(begin) };
}

/** Of at least one message, and of about so many bytes. */
function* inBatches(events: readonly ReceivedEventData[], most: number): Generator<readonly ReceivedEventData[]> {
  let batch: ReceivedEventData[] = [];
  let bytes = 0;
  for (const event of events) {
    batch.push(event);
    bytes += bodyOf(event).length;
    if (bytes < most) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

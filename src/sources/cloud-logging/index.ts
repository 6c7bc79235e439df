/** The Cloud Logging source: GKE's audit log entries, asked for again and again (reference 03 §2.1.4). */
import { createHash } from "node:crypto";
import type { JsonValue } from "../../domain/json-value.ts";
import { type Source, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { backOff, pause } from "../back-off.ts";
import { ReadWindow } from "../read-window.ts";
import { heldHealth } from "../source-health.ts";
import { clusterOption, defaultCluster } from "../webhook-config.ts";
import { LoggingClient, Refused } from "./client.ts";
import { type CloudLoggingConfig, cloudLoggingConfig } from "./config.ts";
import { cloudLoggingFacts } from "./facts.ts";
import { filterOf } from "./question.ts";
import { wordsOf } from "./words.ts";

export const cloudLogging = sourceKind({
  type: "cloud-logging",
  config: cloudLoggingConfig,
  facts: cloudLoggingFacts,
  open: (config, world) => cloudLoggingSource(config, world),
});

/** The quota is by the minute, so there is no use in trying again at once. */
const retryMs = { firstMs: 2000, lastMs: 120_000 };
/** Where much is to be made up for, what is marked as read stays bounded: a stretch of few pages lets the next be longer. */
const firstStrideMs = 600_000;
const [fewPages, manyPages] = [1, 10];

interface Entry {
  readonly id: string;
  /** When Google received it, milliseconds since 1970. */
  readonly receivedAt: number;
  readonly text: string;
}

function cloudLoggingSource(config: CloudLoggingConfig, world: SourceWorld): Source {
  const assumed = config.cluster === undefined;
  const cluster = config.cluster ?? clusterOption.safeParse(config.project).data ?? defaultCluster;
  const stopping = new AbortController();
  const { signal } = stopping;
  const health = heldHealth(world);
  const client = new LoggingClient(config);
  let running: Promise<void> = Promise.resolve();
  let strideMs = firstStrideMs;

  async function run(): Promise<void> {
    const failing = backOff({ ...retryMs, signal });
    let window: ReadWindow | undefined;
    while (!signal.aborted) {
      try {
        window ??= await ReadWindow.open(beginOf(config, world), config.overlap_secs * 1000, world.memory);
        const isUpToNow = await poll(window);
        health.runs();
        failing.reset();
        if (isUpToNow) await pause(config.poll_interval_secs * 1000, signal);
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof Refused && error.status === 401) client.forget();
        health.fails(wordsOf(error, config));
        await failing.wait();
      }
    }
  }

  /** One walk over a stretch of receipt. The window moves when its last page is kept: pages go by the entries' own time. */
  async function poll(window: ReadWindow): Promise<boolean> {
    const now = world.now().getTime();
    const from = window.from;
    const to = Math.min(now, from + config.overlap_secs * 1000 + strideMs);
    const filter = filterOf(config, { from, to });
    let next: string | undefined;
    let pages = 0;
    do {
      const began = world.now().getTime();
      const page = await client.list(filter, next, signal);
      next = page.next;
      pages++;
      await keep(page.entries, window);
      const spent = world.now().getTime() - began;
      await pause(Math.max(0, 60_000 / config.reads_per_minute - spent), signal);
    } while (next !== undefined && !signal.aborted);
    if (next !== undefined) return false;
    await window.advance(to);
    if (to === now) strideMs = firstStrideMs;
    else if (pages <= fewPages) strideMs *= 2;
    else if (pages >= manyPages) strideMs = Math.max(firstStrideMs, strideMs / 2);
    return to === now;
  }

  async function keep(page: readonly JsonValue[], window: ReadWindow): Promise<void> {
    const receivedAt = world.now();
    const all = page.map((value) => entryOf(value, receivedAt.getTime()));
    const entries = new Map(all.map((entry) => [entry.id, entry]));
    const fresh = [...entries.values()].filter(({ id }) => !window.has(id));
    if (fresh.length === 0) return;
    const body = Buffer.from(`${fresh.map(({ text }) => text).join("\n")}\n`);
    await world.deliver({ source: world.name, cluster, assumed, receivedAt, body });
    health.kept(receivedAt);
    if (!assumed) await world.clusters.register(cluster);
    await window.mark(fresh.map((entry) => [entry.id, entry.receivedAt]));
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

/** Google calls an entry by its log, its time and its `insertId`; the two halves of an operation share the last. */
function entryOf(value: JsonValue, now: number): Entry {
  const text = value.compact();
  const its = (name: string) => value.member(name)?.text();
  const insertId = its("insertId");
  const received = Date.parse(its("receiveTimestamp") ?? "");
  return {
    id:
      insertId === undefined
        ? createHash("sha256").update(text).digest("base64url")
        : JSON.stringify([its("logName"), its("timestamp"), insertId]),
    receivedAt: Number.isNaN(received) ? now : received,
    text,
  };
}

function beginOf({ begin }: CloudLoggingConfig, { now }: SourceWorld): number {
  return begin === "now" ? now().getTime() : Date.parse(begin);
}

/** The log file source: follows the audit logs that API servers write on their control plane (reference 04 §3). */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "../../domain/batch.ts";
import { type Source, type SourceHealth, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { backOff, pause } from "../back-off.ts";
import { defaultCluster } from "../webhook-config.ts";
import { type LogFileConfig, logFileConfig } from "./config.ts";
import { logFileFacts } from "./facts.ts";
import { isLog } from "./family.ts";
import { follow } from "./follow.ts";
import type { Place } from "./place.ts";

export const logFile = sourceKind({
  type: "log-file",
  config: logFileConfig,
  facts: logFileFacts,
  open: (config, world) => logFileSource(config, world),
});

function logFileSource(config: LogFileConfig, world: SourceWorld): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  const following = new Map<string, Promise<void>>();
  /** What is wrong, by file, and with finding them; several may wait or fail at once. */
  const troubles = new Map<string, { readonly failing: boolean; readonly why: string }>();
  let lastBatchAt: Date | null = null;
  let state: "starting" | "running" | "stopped" = "starting";
  let looking: Promise<void> = Promise.resolve();

  /** Goes on for ever; an error is told, and tried again after a while. */
  async function untilStopped(path: string): Promise<void> {
    const failing = backOff({ signal });
    const broken = new Set<string>();
    while (!signal.aborted) {
      try {
        await follow(
          path,
          { begin: config.begin, batchBytes: config.batch_bytes, maxLineBytes: config.max_line_bytes },
          {
            keep: (body, cut) => kept(path, body, cut),
            load: () => loaded(path),
            save: (place) => world.memory.set(`place of ${path}`, JSON.stringify(place)),
            pause: () => pause(config.poll_interval_secs * 1000, signal),
            told: (what) => {
              failing.reset();
              if (what === "missing") troubles.set(path, { failing: false, why: `waiting for ${path} to appear` });
              else troubles.delete(path);
            },
            missed(why) {
              world.log("warn", why);
              world.blind?.({ cluster: config.cluster ?? defaultCluster, kind: "gap", why });
            },
            broken,
            now: world.now,
          },
        );
        return;
      } catch (error) {
        const why = `${path} cannot be followed: ${error instanceof Error ? error.message : error}`;
        if (troubles.get(path)?.why !== why) world.log("error", why);
        troubles.set(path, { failing: true, why });
        world.signals.count("tiercel_source_errors_total", { source: world.name });
        await failing.wait();
      }
    }
  }

  async function kept(path: string, body: Buffer, cut: boolean): Promise<boolean> {
    const assumed = config.cluster === undefined;
    const { cluster = defaultCluster } = config;
    const refused = backOff({ signal });
    while (!signal.aborted) {
      try {
        const receivedAt = world.now();
        await world.deliver({ source: world.name, cluster, assumed, receivedAt, body, ...(cut && { cut }) });
        lastBatchAt = receivedAt;
        troubles.delete(path);
        if (!assumed) await world.clusters.register(cluster);
        return true;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        troubles.set(path, { failing: error.kind !== "stopping", why: error.message });
        world.signals.count("tiercel_source_errors_total", { source: world.name });
        await refused.wait();
      }
    }
    return false;
  }

  async function loaded(path: string): Promise<Place | undefined> {
    const text = await world.memory.get(`place of ${path}`);
    return text === undefined ? undefined : (JSON.parse(text) as Place);
  }

  /** One file, or all logs of a folder, those that come later too. */
  async function look(): Promise<void> {
    do {
      try {
        for (const path of await logsAt(config.path)) if (!following.has(path)) following.set(path, untilStopped(path));
        troubles.delete(listing);
      } catch (error) {
        const why = `${config.path} cannot be read: ${error instanceof Error ? error.message : error}`;
        if (troubles.get(listing)?.why !== why) world.log("error", why);
        troubles.set(listing, { failing: true, why });
      }
    } while (await pause(Math.max(1000, config.poll_interval_secs * 1000), signal));
  }

  return {
    async start() {
      state = "running";
      looking = look();
    },
    async stop() {
      stopping.abort();
      await looking;
      await Promise.all(following.values());
      state = "stopped";
    },
    health(): SourceHealth {
      const all = [...troubles.values()];
      const worst = all.find(({ failing }) => failing) ?? all[0];
      if (worst === undefined || state === "stopped") return { state, lastBatchAt };
      return { state: worst.failing ? "failing" : "starting", why: worst.why, lastBatchAt };
    },
  };
}

/** No file's path. */
const listing = "";

async function logsAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((error) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!found?.isDirectory()) return [path];
  return (await readdir(path)).filter(isLog).map((name) => join(path, name));
}

/** The demo source: a make-believe cluster's audit events, so that there is something to see before a real one is connected. */
import { z } from "zod";
import { type Source, type SourceHealth, type SourceWorld, sourceKind } from "../domain/source.ts";
import { type DemoRequest, demoCluster } from "./demo-cluster.ts";

const config = z.strictObject({
  type: z.literal("demo"),
  interval_secs: z.number().positive().default(1.5).describe("How long to wait between two batches."),
  seed: z.number().int().default(1).describe("The same seed makes the same requests."),
});

/** Under this name the make-believe cluster is kept. */
export const demoClusterName = "demo";

export const demo = sourceKind({
  type: "demo",
  doc: "Makes up the audit events of a small cluster: routine work, and now and then something worth telling.",
  config,
  open: (options, world) => demoSource(options, world),
});

function demoSource({ interval_secs, seed }: z.output<typeof config>, world: SourceWorld): Source {
  const cluster = demoCluster(mulberry32(seed));
  const stopping = new AbortController();
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
  let running: Promise<void> = Promise.resolve();

  const send = async (requests: readonly DemoRequest[]) => {
    const now = world.now();
    const items = requests.flatMap((request, at) => events(request, now, at, cluster.uuid()));
    const body = new TextEncoder().encode(
      JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items }),
    );
    try {
      await world.deliver({ source: world.name, cluster: demoClusterName, receivedAt: now, body });
      health = { state: "running", lastBatchAt: now };
    } catch (error) {
      // What is made up need not be sent again.
      const why = error instanceof Error ? error.message : String(error);
      health = { state: "failing", why, lastBatchAt: health.lastBatchAt };
    }
  };
  const run = async () => {
    await send(
      Array.from({ length: 3 * cluster.notables }, (_, at) => (at % 3 === 2 ? cluster.notable() : cluster.routine())),
    );
    for (let round = 1; !stopping.signal.aborted; round++) {
      await pause(interval_secs * 1000, stopping.signal);
      if (stopping.signal.aborted) return;
      await send([cluster.routine(), cluster.routine(), ...(round % 3 === 0 ? [cluster.notable()] : [])]);
    }
  };
  return {
    async start() {
      await world.clusters.register(demoClusterName);
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

/** A request's events, one for each stage, a few milliseconds apart. */
function events({ stages, ...request }: DemoRequest, now: Date, at: number, auditID: string): unknown[] {
  // The burst at the start lies in the past a little, one request after the other.
  const received = now.getTime() - 400 + at * 10;
  return stages.map((stage, nth) => ({
    ...request,
    auditID,
    stage,
    requestReceivedTimestamp: micros(received, at),
    stageTimestamp: micros(received + 3 * (nth + 1), at),
  }));
}

function micros(millis: number, at: number): string {
  return new Date(millis).toISOString().replace("Z", `${String(100 + (at % 900)).padStart(3, "0")}Z`);
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal.addEventListener("abort", done);
  });
}

function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

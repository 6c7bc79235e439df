/** The demo source: a make-believe cluster's audit events, so that there is something to see before a real one is connected. */
import { type Source, type SourceFacts, type SourceHealth, type SourceWorld, sourceKind } from "../domain/source.ts";
import { type DemoRequest, demoCluster } from "./demo-cluster.ts";
import { type DemoConfig, demoConfig } from "./demo-config.ts";

/** Under this name the make-believe cluster is kept. */
export const demoClusterName = "demo";

const facts: SourceFacts = {
  title: "A make-believe cluster",
  for: "A first look, before a real cluster is connected",
  flow: "pull",
  isSteady: false,
  permissions: [],
  limits: ["What it makes up is not made up again where it cannot be kept."],
  delay: "None.",
  cost: "Nothing.",
  blind: ["Everything real."],
  steps: [{ title: "Start with it", commands: "tiercel serve --demo" }],
  example: "sources:\n  - type: demo\n",
};

export const demo = sourceKind({
  type: "demo",
  config: demoConfig,
  facts,
  open: (options, world) => demoSource(options, world),
});

function demoSource({ interval_secs, seed }: DemoConfig, world: SourceWorld): Source {
  const cluster = demoCluster(mulberry32(seed));
  const stopping = new AbortController();
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
  let running: Promise<void> = Promise.resolve();
  /** The ends of streams that are still open. */
  let later: readonly Timed[] = [];

  const send = async (dealt: readonly Dealt[]) => {
    const now = world.now();
    const all = dealt.flatMap(({ request, agoMillis }, at) =>
      events(request, now.getTime() - agoMillis, at, cluster.uuid()),
    );
    const due = ({ at }: Timed) => at <= now.getTime();
    const items = [...later.filter(due), ...all.filter(due)].map(({ event }) => event);
    later = [...later, ...all].filter((timed) => !due(timed));
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
  const run = async (isNew: boolean) => {
    // The burst at the start lies in the past a little, one request after the other.
    await send(
      Array.from({ length: 3 * cluster.notables }, (_, at) => ({
        request: at % 3 === 2 ? cluster.notable() : cluster.routine(),
        agoMillis: 400 - at * 10,
      })),
    );
    if (isNew) await send(yesterday());
    for (let round = 1; !stopping.signal.aborted; round++) {
      await pause(interval_secs * 1000, stopping.signal);
      if (stopping.signal.aborted) return;
      const more = round % 3 === 0 ? [cluster.notable()] : round % 20 === 10 ? [cluster.change()] : [];
      await send([cluster.routine(), cluster.routine(), ...more].map((request) => ({ request, agoMillis: 400 })));
    }
  };
  /** A day's life, so that what a first look finds has a past: busier by day than by night. */
  const yesterday = (): Dealt[] => {
    const dealt: Dealt[] = [];
    for (let minutes = 24 * 60; minutes > 0; minutes -= 3) {
      const agoMillis = minutes * 60_000;
      const isBusy = Math.sin((minutes / (24 * 60)) * 2 * Math.PI) > -0.3;
      dealt.push({ request: cluster.routine(), agoMillis });
      if (minutes % (isBusy ? 9 : 45) === 0) dealt.push({ request: cluster.notable(), agoMillis: agoMillis - 20_000 });
      if (minutes % 90 === 0) dealt.push({ request: cluster.change(), agoMillis: agoMillis - 40_000 });
    }
    return dealt;
  };
  return {
    async start() {
      running = run(await world.clusters.register(demoClusterName));
    },
    async stop() {
      stopping.abort();
      await running;
      health = { ...health, state: "stopped" };
    },
    health: () => health,
  };
}

interface Timed {
  readonly at: number;
  readonly event: unknown;
}

interface Dealt {
  readonly request: DemoRequest;
  readonly agoMillis: number;
}

/** A request's events, one for each stage, a few milliseconds apart; a stream ends when it was open long enough. */
function events({ stages, lastsMillis = 3, ...request }: DemoRequest, received: number, nth: number, auditID: string) {
  return stages.map((stage, later): Timed => {
    const at = received + 3 + later * lastsMillis;
    const times = { requestReceivedTimestamp: micros(received, nth), stageTimestamp: micros(at, nth) };
    return { at, event: { ...request, auditID, stage, ...times } };
  });
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

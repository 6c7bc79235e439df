/** A world for the contract: it keeps, refuses, holds still, and dies, as told. */
import { type Batch, Refusal } from "../domain/batch.ts";
import { decode } from "../domain/decode.ts";
import { type HeldSignals, heldSignals } from "../domain/signals.ts";
import type { Blindness, SourceWorld } from "../domain/source.ts";

export interface TestWorld extends SourceWorld {
  readonly signals: HeldSignals;
  readonly kept: readonly Batch[];
  readonly clustersKnown: ReadonlySet<string>;
  readonly blindness: readonly Blindness[];
  readonly said: readonly string[];
  /** How often it was asked to keep something, how many wait now, and how many ever waited at once. */
  readonly asked: number;
  readonly waiting: number;
  readonly mostWaiting: number;
  /** Refuses everything, with this reason, until told `undefined`. */
  refuse(why: string | undefined): void;
  /** `deliver` does not resolve until it is let go on. */
  hold(): void;
  goOn(): void;
  /** As after kill -9: nothing is kept or remembered any more. What was stays for the next world. */
  die(): void;
  /** The audit ids of what was kept, decoded as the follower does, in order, doubles and all. */
  auditIDs(): readonly string[];
  /** What cannot be told from another event that was kept counts once, as it does in the index. */
  events(): ReadonlySet<string>;
}

/** `before` is the world that died: its memory lives on. */
export function testWorld(name: string, before?: TestWorld): TestWorld {
  const memory = new Map(before === undefined ? [] : memories.get(before));
  const kept: Batch[] = [];
  const known = new Set<string>();
  const blindness: Blindness[] = [];
  const said: string[] = [];
  const held = new Set<() => void>();
  let [asked, mostWaiting, waiting] = [0, 0, 0];
  let refusal: string | undefined;
  let isHolding = false;
  let isDead = false;

  const world: TestWorld = {
    name,
    signals: heldSignals(),
    kept,
    clustersKnown: known,
    blindness,
    said,
    now: () => new Date(),
    log: (_level, message) => void said.push(message),
    blind: (what) => void blindness.push(what),
    clusters: {
      tokenOwner: async (secret) => (secret === testToken ? { role: "ingest", cluster: null } : undefined),
      isKnown: async () => true,
      register: async (cluster) => known.size < known.add(cluster).size,
    },
    memory: {
      get: async (key) => memory.get(key),
      set: async (key, value) => {
        if (!isDead) memory.set(key, value);
      },
    },
    async deliver(batch) {
      asked++;
      waiting++;
      mostWaiting = Math.max(mostWaiting, waiting);
      try {
        if (isHolding && !isDead) await new Promise<void>((resolve) => held.add(resolve));
        if (isDead) throw new Refusal("stopping", "dead");
        if (refusal !== undefined) throw new Refusal("disk-full", refusal);
        kept.push({ ...batch, body: batch.body.slice() });
      } finally {
        waiting--;
      }
    },
    get asked() {
      return asked;
    },
    get waiting() {
      return waiting;
    },
    get mostWaiting() {
      return mostWaiting;
    },
    refuse(why) {
      refusal = why;
    },
    hold() {
      isHolding = true;
    },
    goOn() {
      isHolding = false;
      for (const resolve of held) resolve();
      held.clear();
    },
    die() {
      isDead = true;
      world.goOn();
    },
    auditIDs: () => parts(kept).map((event) => event.at("auditID")?.text() ?? ""),
    events: () => new Set(parts(kept).map(({ raw }) => raw)),
  };
  memories.set(world, memory);
  return world;
}

/** Anybody's who may send. */
export const testToken = "a-token-for-tests";

const memories = new WeakMap<TestWorld, Map<string, string>>();

function parts(kept: readonly Batch[]) {
  return kept.flatMap(({ body, receivedAt }) =>
    [...decode(body, { receivedAt })].flatMap((part) => (part.kind === "event" ? [part.event] : [])),
  );
}

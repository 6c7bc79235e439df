/** The world of a source in tests: what it hands over is kept in memory; its disk refuses, holds still, and dies, as told. */
import { afterEach } from "vitest";
import { type Batch, Refusal } from "../domain/batch.ts";
import { decode } from "../domain/decode.ts";
import { type HeldSignals, heldSignals } from "../domain/signals.ts";
import type { Blindness, Source, SourceWorld } from "../domain/source.ts";

export interface KitBatch {
  readonly cluster: string;
  readonly assumed: boolean;
  readonly text: string;
  readonly cut: boolean;
  readonly source: string;
  readonly receivedAt: Date;
}

export interface KitWorld extends SourceWorld {
  readonly signals: HeldSignals;
  /** What was kept, in order. */
  readonly kept: KitBatch[];
  /** What outlives the process. */
  readonly remembered: Map<string, string>;
  /** What was said to the operator. */
  readonly said: string[];
  /** Clusters that made themselves known. */
  readonly known: Set<string>;
  readonly disk: KitDisk;
  /** What it knows that it has missed for good. */
  readonly missed: Blindness[];
  /** Every line that was kept, in order. */
  lines(): string[];
  /** The audit ids of what was kept, decoded as the follower does, in order, doubles and all. */
  auditIDs(): readonly string[];
  /** What cannot be told from another event that was kept counts once, as it does in the index. */
  events(): ReadonlySet<string>;
}

export interface KitDisk {
  /** So many batches more are refused. */
  refusals: number;
  /** After so many more batches nothing is kept or remembered. */
  dies: number;
  /** How often it was asked to keep something, how many wait now, and how many ever waited at once. */
  asked: number;
  waiting: number;
  mostWaiting: number;
  /** Refuses everything, with this reason, until told `undefined`. */
  refuse(why: string | undefined): void;
  /** `deliver` does not resolve until it is let go on. */
  hold(): void;
  goOn(): void;
  /** As after kill -9: nothing is kept or remembered any more. What was stays for the next world. */
  die(): void;
}

/** Anybody's who may send. */
export const testToken = "a-token-for-tests";

/** `remembered`: what a former process left behind. */
export function kitWorld(name: string, remembered = new Map<string, string>()): KitWorld {
  const kept: KitBatch[] = [];
  const said: string[] = [];
  const known = new Set<string>();
  const missed: Blindness[] = [];
  const { disk, write } = kitDisk();
  const parts = () =>
    kept.flatMap(({ text, receivedAt }) =>
      [...decode(Buffer.from(text), { receivedAt })].flatMap((part) => (part.kind === "event" ? [part.event] : [])),
    );
  return {
    ...{ name, kept, remembered, said, known, missed, disk },
    signals: heldSignals(),
    blind: (what) => void missed.push(what),
    async deliver({ body, cluster, assumed = false, cut = false, source, receivedAt }: Batch) {
      await write();
      kept.push({ cluster, assumed, text: Buffer.from(body).toString(), cut, source, receivedAt });
    },
    clusters: {
      tokenOwner: async (secret) => (secret === testToken ? { role: "ingest", cluster: null } : undefined),
      isKnown: async () => true,
      register: async (cluster) => known.size < known.add(cluster).size,
    },
    memory: {
      get: async (key) => remembered.get(key),
      set: async (key, value) => {
        if (disk.dies > 0) remembered.set(key, value);
      },
    },
    now: () => new Date(),
    log: (_level, message) => void said.push(message),
    lines: () => kept.flatMap(({ text }) => text.split("\n").filter(Boolean)),
    auditIDs: () => parts().map((event) => event.at("auditID")?.text() ?? ""),
    events: () => new Set(parts().map(({ raw }) => raw)),
  };
}

/** `write` resolves where something is kept. */
function kitDisk(): { readonly disk: KitDisk; write(): Promise<void> } {
  const held = new Set<() => void>();
  let refusal: string | undefined;
  let isHolding = false;
  const disk: KitDisk = {
    ...{ refusals: 0, dies: Number.POSITIVE_INFINITY, asked: 0, waiting: 0, mostWaiting: 0 },
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
      disk.dies = 0;
      disk.goOn();
    },
  };
  return {
    disk,
    async write() {
      disk.asked++;
      disk.waiting++;
      disk.mostWaiting = Math.max(disk.mostWaiting, disk.waiting);
      try {
        if (isHolding && disk.dies > 0) await new Promise<void>((resolve) => held.add(resolve));
        if (disk.refusals-- > 0) throw new Refusal("disk-full", "the disk is full");
        if (disk.dies-- <= 0) throw new Refusal("stopping", "dead");
        if (refusal !== undefined) throw new Refusal("disk-full", refusal);
      } finally {
        disk.waiting--;
      }
    },
  };
}

/** Starts sources, and stops them after each test. */
export function sourceRunner(): { start(source: Source): Promise<Source>; stop(source: Source): Promise<void> } {
  const open = new Set<Source>();
  const stop = async (source: Source) => {
    open.delete(source);
    await source.stop();
  };
  afterEach(async () => {
    await Promise.all([...open].map(stop));
  });
  return {
    async start(source) {
      open.add(source);
      await source.start();
      return source;
    },
    stop,
  };
}

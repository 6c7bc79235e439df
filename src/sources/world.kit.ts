/** The world of a source in tests: what it hands over is kept in memory, and its disk may refuse or die. */
import { afterEach } from "vitest";
import { type Batch, Refusal } from "../domain/batch.ts";
import { type HeldSignals, heldSignals } from "../domain/signals.ts";
import type { Blindness, Source, SourceWorld } from "../domain/source.ts";

export interface KitWorld extends SourceWorld {
  readonly signals: HeldSignals;
  /** What was kept, in order. */
  readonly kept: {
    readonly cluster: string;
    readonly assumed: boolean;
    readonly text: string;
    readonly cut: boolean;
  }[];
  /** What outlives the process. */
  readonly remembered: Map<string, string>;
  /** What was said to the operator. */
  readonly said: string[];
  /** Clusters that made themselves known. */
  readonly known: Set<string>;
  /** `refusals`: so many batches more are refused. `dies`: after so many more batches nothing is kept or remembered. */
  readonly disk: { refusals: number; dies: number };
  /** What it knows that it has missed for good. */
  readonly missed: Blindness[];
  /** Every line that was kept, in order. */
  lines(): string[];
}

/** `remembered`: what a former process left behind. */
export function kitWorld(name: string, remembered = new Map<string, string>()): KitWorld {
  const kept: KitWorld["kept"] = [];
  const said: string[] = [];
  const known = new Set<string>();
  const missed: Blindness[] = [];
  const disk = { refusals: 0, dies: Number.POSITIVE_INFINITY };
  return {
    name,
    kept,
    remembered,
    said,
    known,
    missed,
    blind: (what) => void missed.push(what),
    disk,
    signals: heldSignals(),
    async deliver({ body, cluster, assumed = false, cut = false }: Batch) {
      if (disk.refusals-- > 0) throw new Refusal("disk-full", "the disk is full");
      if (disk.dies-- <= 0) throw new Refusal("stopping", "dead");
      kept.push({ cluster, assumed, text: Buffer.from(body).toString(), cut });
    },
    clusters: {
      tokenOwner: async () => undefined,
      isKnown: async () => true,
      register: async (cluster) => !known.has(cluster) && Boolean(known.add(cluster)),
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

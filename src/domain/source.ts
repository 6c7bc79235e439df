/** What a source is: it speaks one protocol, turns it into batches, and lets go of nothing before it is kept. */
import type { z } from "zod";
import type { Deliver } from "./batch.ts";
import type { TokenRole } from "./people.ts";
import type { Signals } from "./signals.ts";

/** What a source is given to work with. */
export interface SourceWorld {
  /** Under which name its batches are kept. */
  readonly name: string;
  readonly deliver: Deliver;
  readonly clusters: ClusterBook;
  /** Survives a restart: cursors, and what was seen lately. Written only after `deliver` resolved. */
  readonly memory: SourceMemory;
  readonly signals: Signals;
  readonly now: () => Date;
  /** Talk for the operator; never holds secrets or bodies. */
  readonly log: (level: "info" | "warn" | "error", message: string) => void;
}

/** Small texts that a source keeps under its own name. */
export interface SourceMemory {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
}

/** Who may send, and which clusters are known. */
export interface ClusterBook {
  /** Whose token this is, compared in constant time; undefined for nobody's. Only the role `ingest` may send. */
  tokenOwner(secret: string): Promise<{ readonly role: TokenRole; readonly cluster: string | null } | undefined>;
  isKnown(name: string): Promise<boolean>;
  /** Makes a cluster known; true when it was not. */
  register(name: string): Promise<boolean>;
}

export interface SourceHealth {
  readonly state: "starting" | "running" | "failing" | "stopped";
  /** What the operator should know, where something is wrong. */
  readonly why?: string;
  /** When its last batch was kept; null before the first. */
  readonly lastBatchAt: Date | null;
}

export interface Source {
  /** Resolves once it takes batches in; rejects where it cannot (an address in use, a key that does not fit). */
  start(): Promise<void>;
  /** Takes nothing new, finishes what it has begun, lets go within 30 s. */
  stop(): Promise<void>;
  health(): SourceHealth;
  /** Where it listens, for those that do: `http://127.0.0.1:7765`. */
  readonly address?: string;
}

/** One kind of source: its options tell their own defaults and sentences. */
export interface SourceKind<Config extends z.ZodType = z.ZodType> {
  readonly type: string;
  readonly doc: string;
  readonly config: Config;
  open(config: z.output<Config>, world: SourceWorld): Source;
}

/** Keeps a kind's config type while it is written down. */
export function sourceKind<Config extends z.ZodType>(kind: SourceKind<Config>): SourceKind<Config> {
  return kind;
}

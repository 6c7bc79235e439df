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
  /** Told of what will never be seen; it becomes a detection of our own. Never throws. */
  readonly blind?: (what: Blindness) => void;
}

/** What a source knows that it has missed for good. */
export interface Blindness {
  readonly cluster: string;
  /** `gap`: a stretch of the stream, of unknown content; `lost`: so many messages; `cut`: parts of messages. */
  readonly kind: "gap" | "lost" | "cut";
  /** Small first letter, no full stop. Says the same of the same, whenever. */
  readonly why: string;
  /** How many messages, where that is known. */
  readonly count?: number;
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
  /** What waits for it at its peer, where its peer tells. */
  readonly queue?: QueueLag;
}

export interface QueueLag {
  /** How old the message is that it kept last, while others wait behind it; 0 where none does. */
  readonly lagSecs: number;
  /** How many wait, where its peer counts them. */
  readonly messages?: number;
}

export interface Source {
  /** Resolves once it takes batches in; rejects where it cannot (an address in use, a key that does not fit). */
  start(): Promise<void>;
  /** Takes nothing new, finishes what it has begun, lets go within 30 s. */
  stop(): Promise<void>;
  health(): SourceHealth;
  /** Where it listens, for those that do: `http://127.0.0.1:7765`. */
  readonly address?: string;
  /** What else comes in by the same door, under a name of its own. */
  readonly also?: readonly BesideSource[];
}

export interface BesideSource extends Pick<Source, "health" | "address"> {
  readonly name: string;
  readonly type: string;
}

/** What somebody wants to know of a way in before taking it. Sentences; commands and names stand in backticks. */
export interface SourceFacts {
  /** In a few words: `EKS, by CloudWatch Logs`. */
  readonly title: string;
  /** Whose events come by it. */
  readonly for: string;
  /** Whether its peer comes to us, or we go there. */
  readonly flow: "push" | "pull";
  /** Whether something always comes, so that silence is a fault and becomes a detection. */
  readonly isSteady: boolean;
  /** Who must be allowed what, and how the network must be. */
  readonly permissions: readonly string[];
  /** Bounds of the peer and of ours. */
  readonly limits: readonly string[];
  /** How late events come. */
  readonly delay: string;
  readonly cost: string;
  /** What never comes by it, in plain words. */
  readonly blind: readonly string[];
  /** Parts of an event that never come by it, as JSON pointers: a field that reads nothing else has no value, and rules on it cannot fire. */
  readonly lacks?: readonly string[];
  /** What to do outside of us, in order. Commands are a shell's lines; names in capitals are the reader's. */
  readonly steps: readonly { readonly title: string; readonly commands?: string }[];
  /** A part of `tiercel.yaml`, `sources:` and all. */
  readonly example: string;
}

/** One kind of source: its options tell their own defaults and sentences. */
export interface SourceKind<Config extends z.ZodType = z.ZodType> {
  readonly type: string;
  readonly doc: string;
  readonly config: Config;
  readonly facts: SourceFacts;
  open(config: z.output<Config>, world: SourceWorld): Source;
}

/** A kind whose sentence is that of its options. */
export function sourceKind<Config extends z.ZodType>(kind: Omit<SourceKind<Config>, "doc">): SourceKind<Config> {
  return { ...kind, doc: kind.config.description ?? "" };
}

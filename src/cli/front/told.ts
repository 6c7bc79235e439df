/** What the thread that takes in is given, what it can be asked, and what it tells by itself. */
import type { Config } from "../../config/schema.ts";
import type { SourceHealth } from "../../domain/source.ts";
import type { LogLevel } from "../log.ts";
import type { ToldError } from "./asking.ts";
import type { JournalAnswers, Reach } from "./far-journal.ts";
import type { Told } from "./told-signals.ts";

export interface FrontOrder {
  readonly config: Config;
  /** A new journal goes on behind this position. */
  readonly startAfter: number;
}

/** A source as it stands now. */
export interface Seen {
  readonly name: string;
  readonly type: string;
  readonly startedAt: Date;
  readonly isSteady: boolean;
  readonly isBeside?: boolean;
  readonly address?: string;
  readonly health: SourceHealth;
}

export interface Look {
  readonly sources: readonly Seen[];
  /** Who has fallen silent. */
  readonly silences: readonly { readonly source: string; readonly cluster: string; readonly since: string }[];
}

export type FrontAnswers = JournalAnswers & {
  look(): Promise<Look>;
  expectCluster(name: string): Promise<boolean>;
  registerCluster(name: string): Promise<boolean>;
  /** Takes nothing new, finishes what it has begun. */
  stopSources(): Promise<void>;
  /** Lets go of the journal. */
  close(): Promise<void>;
};

export type FrontTells =
  | { readonly tells: "opened"; readonly reach: Reach; readonly look: Look }
  | { readonly tells: "failed"; readonly error: ToldError }
  | { readonly tells: "reach"; readonly reach: Reach }
  | { readonly tells: "signals"; readonly told: readonly Told[] }
  | { readonly tells: "log"; readonly level: LogLevel; readonly message: string; readonly error?: string };

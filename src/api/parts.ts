/** What the API stands on: handed in by whoever wires the server. */

import type { Activity } from "../domain/activity.ts";
import type { Index, State } from "../domain/store.ts";
import type { Backtests } from "./backtests/part.ts";
import type { ClustersPart } from "./clusters/part.ts";
import type { MetricsPage } from "./metrics.ts";
import type { Pages } from "./pages.ts";
import type { Policies } from "./policies/part.ts";
import type { RuleFiles } from "./rule-files/part.ts";
import type { Rules } from "./rules/schema.ts";
import type { Auth } from "./session/part.ts";
import type { Source } from "./sources/schema.ts";

/** One thing readiness depends on. */
export interface Check {
  readonly ok: boolean;
  /** What is so, in words: "107 rules", "the index is 12 s behind". */
  readonly reason: string;
}

export interface Parts {
  readonly version: string;
  readonly index: Omit<Index, "write" | "clear" | "retain" | "close">;
  /** Reads the events of activities, as far as they are kept; says of each why not. */
  readonly events: { attach(activities: readonly Activity[]): Promise<Activity[]> };
  /** Calls back after each write of the index; answers how to end that. */
  readonly onWritten: (listener: () => void) => () => void;
  readonly now: () => Date;
  readonly state: Pick<State, "tokenOwner" | "tokens" | "addToken" | "removeToken" | "documents">;
  readonly auth: Auth;
  readonly clusters: ClustersPart;
  readonly sources: () => Promise<readonly Source[]>;
  readonly rules: () => Rules;
  readonly policies: Policies;
  readonly ruleFiles: RuleFiles;
  readonly backtests: Backtests;
  /** What `/readyz` answers, by name: ready when all are ok. Must not throw. */
  readonly ready: () => Promise<Readonly<Record<string, Check>>>;
  readonly metrics: MetricsPage;
  /** An admin token besides those of the state. */
  readonly bootstrapToken?: string;
  /** True where `/metrics` may be read without a token. */
  readonly openMetrics: boolean;
  /** The pages; undefined where they are not built. */
  readonly pages?: Pages;
  /** What stands before our paths for whoever looks, as a proxy has it: `/tiercel`. Empty unless told. */
  readonly basePath?: string;
  /** Where bugs of ours go; never sees a header or a body. */
  readonly log: (level: "warn" | "error", message: string, error?: unknown) => void;
}

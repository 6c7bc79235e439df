/** Back-tests as the API asks for them: two at once at most, each kept for an hour after its end. */
import { createHash, randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Backtests } from "../api/backtests/part.ts";
import type { Backtest } from "../api/backtests/schema.ts";
import { RequestFailure } from "../api/failure.ts";
import type { ClusterIds } from "../domain/cluster-name.ts";
import { decode } from "../domain/decode.ts";
import { redactEvent } from "../domain/redact.ts";
import type { KeptJournal, State } from "../domain/store.ts";
import { backtest, type RunningBacktest } from "../pipeline/backtest.ts";
import { nearest } from "../text/nearest.ts";
import { sealOf } from "./judging.ts";
import type { LiveRules } from "./live-rules.ts";
import type { Log } from "./log.ts";
import type { RuleBook } from "./rule-book.ts";

export interface BacktestingWorld {
  readonly journal: KeptJournal;
  readonly state: Pick<State, "get" | "set">;
  readonly rules: LiveRules;
  readonly book: RuleBook;
  readonly clusterIds: ClusterIds;
  readonly hostname: string;
  readonly now: () => Date;
  readonly log: Log;
}

export interface Backtesting extends Backtests {
  /** Breaks all off and waits for their end. */
  stop(): Promise<void>;
}

const dayMillis = 24 * 60 * 60 * 1000;
const keptMillis = 60 * 60 * 1000;
const mostRunning = 2;
const mostKept = 20;

interface Job {
  readonly running: RunningBacktest;
  readonly stopping: AbortController;
  readonly from: string;
  readonly to: string;
  state: Backtest["state"];
  why?: string;
  endedAt?: number;
}

export async function backtesting(world: BacktestingWorld): Promise<Backtesting> {
  const { journal, rules, book, clusterIds, hostname, now, log } = world;
  const seal = await sealOf(world.state);
  const jobs = new Map<string, Job>();
  const judging = {
    journal,
    decode,
    redact: (event: Parameters<typeof redactEvent>[0]) => redactEvent(event, seal),
    hash: (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32),
    clusterIds,
    hostname,
    clock: () => performance.now(),
    breathe: () => setImmediate(),
  };

  return {
    async start({ files, days, rules: asked }) {
      forget();
      if ([...jobs.values()].filter(({ state }) => state === "running").length >= mostRunning)
        throw new RequestFailure("too_many", `${mostRunning} back-tests run already`, "wait for one, or cancel it");
      const before = rules.current();
      const after = book.tried(files).ruleSet;
      const names = new Set([...before.rules, ...after.rules].map(({ name }) => name));
      const unknown = asked?.find((name) => !names.has(name));
      if (unknown !== undefined) {
        const guess = nearest(unknown, names);
        throw new RequestFailure("invalid", `no rule is called \`${unknown}\``, guess && `did you mean \`${guess}\`?`);
      }
      const to = now();
      const since = new Date(to.getTime() - days * dayMillis);
      const stopping = new AbortController();
      const running = backtest(judging, { before, after, since, rules: asked }, stopping.signal);
      const job: Job = { running, stopping, from: since.toISOString(), to: to.toISOString(), state: "running" };
      const id = randomUUID();
      jobs.set(id, job);
      forget();
      running.ended.then(
        () => ended(job, stopping.signal.aborted ? "cancelled" : "done"),
        (error) => {
          const why = error instanceof Error ? error.message : String(error);
          log("error", `a back-test failed: ${why}`);
          ended(job, "failed", why);
        },
      );
      return id;
    },
    get(id) {
      forget();
      const job = jobs.get(id);
      if (job === undefined) return undefined;
      const { running, from, to, state, why } = job;
      const { progress, events, compared } = running;
      return {
        id,
        state,
        progress,
        events,
        compared,
        from,
        to,
        ...(why !== undefined && { why }),
        rules: running.rules(),
      };
    },
    cancel(id) {
      const job = jobs.get(id);
      job?.stopping.abort();
      return job !== undefined;
    },
    async stop() {
      for (const { stopping } of jobs.values()) stopping.abort();
      await Promise.allSettled([...jobs.values()].map(({ running }) => running.ended));
    },
  };

  function ended(job: Job, state: Backtest["state"], why?: string): void {
    job.state = state;
    job.endedAt = now().getTime();
    if (why !== undefined) job.why = why;
  }

  /** The oldest come first. */
  function forget(): void {
    const horizon = now().getTime() - keptMillis;
    for (const [id, { state, endedAt = 0 }] of jobs)
      if (state !== "running" && (endedAt < horizon || jobs.size > mostKept)) jobs.delete(id);
  }
}

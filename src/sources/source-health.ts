/** How a source stands: told in one place, so that every kind says, logs and counts a failure alike. */
import type { QueueLag, SourceHealth, SourceWorld } from "../domain/source.ts";

export interface HeldHealth {
  /** It works, whether or not anything came; `why` is what the operator should know all the same. */
  runs(why?: string): void;
  /** What waits for it at its peer: told by health and by metrics alike. */
  waits(queue: QueueLag): void;
  /** A batch was kept. */
  kept(at: Date): void;
  /** It will try again. A reason is logged when it is a new one, and counted each time. */
  fails(why: string): void;
  stopped(): void;
  told(): SourceHealth;
}

export function heldHealth(world: Pick<SourceWorld, "name" | "log" | "signals">): HeldHealth {
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
  return {
    runs(why) {
      const { why: _, ...before } = health;
      health = { ...before, state: "running", ...(why !== undefined && { why }) };
    },
    waits(queue) {
      health = { ...health, queue };
      const labels = { source: world.name };
      world.signals.gauge("tiercel_source_lag_seconds", queue.lagSecs, labels);
      if (queue.messages !== undefined) world.signals.gauge("tiercel_source_lag_messages", queue.messages, labels);
    },
    kept(at) {
      const { why: _, ...before } = health;
      health =
        health.state === "running" ? { ...health, lastBatchAt: at } : { ...before, state: "running", lastBatchAt: at };
    },
    fails(why) {
      if (health.why !== why) world.log("error", `source ${world.name}: ${why}`);
      health = { ...health, state: "failing", why };
      world.signals.count("tiercel_source_errors_total", { source: world.name });
    },
    stopped() {
      health = { ...health, state: "stopped" };
    },
    told: () => health,
  };
}

/** How a source stands: told in one place, so that every kind says, logs and counts a failure alike. */
import type { SourceHealth, SourceWorld } from "../domain/source.ts";

export interface HeldHealth {
  /** It works, whether or not anything came; `why` is what the operator should know all the same. */
  runs(why?: string, behindSecs?: number): void;
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
    runs(why, behindSecs) {
      const { lastBatchAt } = health;
      health = {
        state: "running",
        ...(why !== undefined && { why }),
        lastBatchAt,
        ...(behindSecs !== undefined && { behindSecs }),
      };
    },
    kept(at) {
      health = health.state === "running" ? { ...health, lastBatchAt: at } : { state: "running", lastBatchAt: at };
    },
    fails(why) {
      if (health.why !== why) world.log("error", `source ${world.name}: ${why}`);
      health = { state: "failing", why, lastBatchAt: health.lastBatchAt };
      world.signals.count("tiercel_source_errors_total", { source: world.name });
    },
    stopped() {
      health = { ...health, state: "stopped" };
    },
    told: () => health,
  };
}

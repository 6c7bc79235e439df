/** How a source waits: a while between looks, and after failures longer each time, with jitter; never beyond its stop. */
import { setTimeout as wait } from "node:timers/promises";

export interface BackOff {
  /** Waits; longer the next time. False when all shall stop. */
  wait(): Promise<boolean>;
  /** It went well: the next wait is a short one again. */
  reset(): void;
}

export interface BackOffOptions {
  /** The first wait, about; 500 unless told. */
  readonly firstMs?: number;
  /** The longest wait, about; 30,000 unless told. */
  readonly lastMs?: number;
  /** Ends any wait at once. */
  readonly signal: AbortSignal;
  /** Between 0 and 1. */
  readonly random?: () => number;
}

/** Doubles from the first wait to the last. The jitter of half up and down: what failed for others failed in the same moment. */
export function backOff({ firstMs = 500, lastMs = 30_000, signal, random = Math.random }: BackOffOptions): BackOff {
  let delay = firstMs;
  return {
    wait() {
      const millis = delay * (0.5 + random());
      delay = Math.min(2 * delay, lastMs);
      return pause(millis, signal);
    },
    reset() {
      delay = firstMs;
    },
  };
}

/** Waits so many milliseconds; false, at once, when all shall stop. */
export async function pause(millis: number, signal: AbortSignal): Promise<boolean> {
  if (!signal.aborted) await wait(millis, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}

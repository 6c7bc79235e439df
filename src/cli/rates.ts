/** How fast counters grow: looked at every half minute, remembered for a quarter of an hour. */

export interface Rates {
  /** Growth in each of the last stretches, the latest last. */
  spark(key: string): readonly number[];
  /** A second, over so many of the last stretches. */
  perSec(key: string, stretches: number): number;
  stop(): void;
}

export const stretchSecs = 30;
const kept = 30;

/** `totals` answers each counter's value by its key. */
export function rates(totals: () => Promise<ReadonlyMap<string, number>>): Rates {
  const last = new Map<string, number>();
  const grown = new Map<string, number[]>();
  let looks = 0;
  const look = async () => {
    looks++;
    const now = await totals();
    for (const [key, total] of now) {
      const growth = grown.get(key) ?? [];
      // What was there when we first looked came within the stretch, for we look from the start.
      growth.push(Math.max(0, total - (last.get(key) ?? 0)));
      grown.set(key, growth.slice(-kept));
      last.set(key, total);
    }
  };
  const timer = setInterval(() => void look(), stretchSecs * 1000).unref();
  return {
    spark: (key) => {
      const growth = grown.get(key) ?? [];
      return [...Array.from({ length: kept - growth.length }, () => 0), ...growth];
    },
    perSec: (key, stretches) => {
      const counted = Math.min(stretches, looks);
      if (counted === 0) return 0;
      const growth = (grown.get(key) ?? []).slice(-counted);
      return growth.reduce((sum, one) => sum + one, 0) / (counted * stretchSecs);
    },
    stop: () => clearInterval(timer),
  };
}

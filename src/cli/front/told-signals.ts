/** Numbers told in one thread and counted in another: they travel together, now and then, and before every answer. */
import type { Labels, Metric, Signals } from "../../domain/signals.ts";

export type Told = readonly [kind: keyof Signals, metric: Metric, value: number, labels: Labels];

const everyMillis = 250;

/** Signals that are sent on by `send`; `flush` sends what has not been. Of a gauge only the latest is sent. */
export function sentSignals(send: (told: readonly Told[]) => void): { readonly signals: Signals; flush(): void } {
  let told: Told[] = [];
  let gauges = new Map<string, Told>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (told.length + gauges.size === 0) return;
    send([...told, ...gauges.values()]);
    told = [];
    gauges = new Map();
  };
  const soon = () => {
    timer ??= setTimeout(flush, everyMillis).unref();
  };
  return {
    flush,
    signals: {
      count(metric, labels = {}, by = 1) {
        told.push(["count", metric, by, labels]);
        soon();
      },
      gauge(metric, value, labels = {}) {
        gauges.set(`${metric} ${JSON.stringify(labels)}`, ["gauge", metric, value, labels]);
        soon();
      },
      observe(metric, value, labels = {}) {
        told.push(["observe", metric, value, labels]);
        soon();
      },
    },
  };
}

export function countTold(signals: Signals, told: readonly Told[]): void {
  for (const [kind, metric, value, labels] of told) {
    if (kind === "count") signals.count(metric, labels, value);
    else if (kind === "gauge") signals.gauge(metric, value, labels);
    else signals.observe(metric, value, labels);
  }
}

/** The numbers that rooms tell, as Prometheus reads them. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type Labels, type Metric, metrics, type Signals } from "../domain/signals.ts";

export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface PrometheusSignals extends Signals {
  readonly page: MetricsPage;
  /** A counter's or gauge's sum over every label value that agrees with `labels`. */
  sum(metric: Metric, labels?: Labels): Promise<number>;
}

/** Signals that can be scraped. `processMetrics` adds Node's own (memory, event loop, garbage collection). */
export function prometheusSignals(options: { readonly processMetrics?: boolean } = {}): PrometheusSignals {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const [name, { kind, labels, doc, ...rest }] of Object.entries(metrics)) {
    const told = { name, help: doc, labelNames: [...labels], registers: [registry] };
    if (kind === "counter") counters.set(name, new Counter(told));
    else if (kind === "gauge") gauges.set(name, new Gauge(told));
    else histograms.set(name, new Histogram({ ...told, buckets: "buckets" in rest ? [...rest.buckets] : [] }));
  }
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry });

  return {
    count: (metric, labels = {}, by = 1) => counters.get(metric)?.inc({ ...labels }, by),
    gauge: (metric, value, labels = {}) => gauges.get(metric)?.set({ ...labels }, value),
    observe: (metric, value, labels = {}) => histograms.get(metric)?.observe({ ...labels }, value),
    page: { contentType: registry.contentType, text: () => registry.metrics() },
    async sum(metric, labels = {}) {
      const held = await (counters.get(metric) ?? gauges.get(metric))?.get();
      const wanted = Object.entries(labels);
      return (held?.values ?? [])
        .filter((value) => wanted.every(([name, is]) => value.labels[name] === is))
        .reduce((sum, { value }) => sum + value, 0);
    },
  };
}

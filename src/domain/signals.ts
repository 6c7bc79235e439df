/** What Tiercel counts about itself: each metric's name, labels and sentence, and where the numbers go. */

interface Told {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  /** One sentence, for `/metrics` and the reference page. */
  readonly doc: string;
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Every metric by its name (reference 05 §5.3). Labels hold few values: what a caller may choose is never one. */
export const metrics = {
  tiercel_ingest_batches_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "Batches taken into the journal.",
  },
  tiercel_ingest_bytes_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "Bytes of batches taken into the journal, decoded.",
  },
  tiercel_ingest_events_total: {
    kind: "counter",
    labels: ["source", "cluster", "stage", "level"],
    doc: "Audit events read from the journal.",
  },
  tiercel_ingest_rejected_total: {
    kind: "counter",
    labels: ["source", "cluster", "reason"],
    doc: "Requests that were not taken in, by why: overloaded, disk-full, unwritable, stopping, too-large, unauthorized, tls (a handshake failed), slow, cut. The cluster is empty where it is not known who sends.",
  },
  tiercel_ingest_doubles_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "Batches that were sent again after they had been kept.",
  },
  tiercel_ingest_delay_seconds: {
    kind: "histogram",
    labels: ["source", "cluster"],
    doc: "From an event's stage in its API server to its receipt here; 0 where that server's clock is ahead. Of a batch some of its events are measured.",
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600],
  },
  tiercel_events_truncated_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "Events whose bodies are missing because they were too large: their API server left them out, or the cluster's log pipeline cut them off.",
  },
  tiercel_ingest_ack_seconds: {
    kind: "histogram",
    labels: [],
    doc: "From a body's last byte to its acknowledgement.",
    buckets: seconds,
  },
  tiercel_ingest_in_flight_bytes: {
    kind: "gauge",
    labels: [],
    doc: "Bytes of bodies being received or waiting for the disk.",
  },
  tiercel_ingest_lag_seconds: {
    kind: "gauge",
    labels: [],
    doc: "How long ago the batch that was judged last had been taken in; 0 when all are judged.",
  },
  tiercel_source_last_event_timestamp_seconds: {
    kind: "gauge",
    labels: ["source", "cluster"],
    doc: "When a source last handed over a batch, in seconds since 1970.",
  },
  tiercel_source_silent: {
    kind: "gauge",
    labels: ["source", "cluster"],
    doc: "1 while a source that brought a cluster's events has brought none for `health.silent_after_secs`.",
  },
  tiercel_source_silences_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "How often a source that brought a cluster's events fell silent.",
  },
  tiercel_source_missed_total: {
    kind: "counter",
    labels: ["source", "cluster", "kind"],
    doc: "What a source knows that it has missed for good: `gap`, stretches of the stream; `lost`, messages; `cut`, parts of them.",
  },
  tiercel_source_errors_total: {
    kind: "counter",
    labels: ["source"],
    doc: "How often a source could not read, or could not hand over, and will try again.",
  },
  tiercel_source_acks_lost_total: {
    kind: "counter",
    labels: ["source"],
    doc: "Messages that were kept and whose acknowledgement was refused: they come again, and are not kept twice.",
  },
  tiercel_source_tail_gaps_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "How often a live tail showed only some events, or broke off; polling brings the rest.",
  },
  tiercel_source_late_events_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "Events that reached a log service later than the source's overlap reaches back, and were found by reading again.",
  },
  tiercel_source_lag_messages: {
    kind: "gauge",
    labels: ["source"],
    doc: "Messages that a queue holds for a source and that it has not kept yet.",
  },
  tiercel_source_lag_seconds: {
    kind: "gauge",
    labels: ["source"],
    doc: "How old the message is that a source kept last, while others wait behind it in its queue; 0 where none does.",
  },
  tiercel_events_deduplicated_total: {
    kind: "counter",
    labels: ["cluster"],
    doc: "Events that had come before, by this feed or another.",
  },
  tiercel_events_quarantined_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "Parts of batches that could not be read as audit events.",
  },
  tiercel_events_ignored_total: {
    kind: "counter",
    labels: ["source", "cluster"],
    doc: "Parts of batches that are other logs, or the same event under a second category, and were left aside.",
  },
  tiercel_runtime_alerts_total: {
    kind: "counter",
    labels: ["cluster", "priority"],
    doc: "Alerts of Falco's taken in, about containers and hosts.",
  },
  tiercel_rule_evaluations_total: { kind: "counter", labels: [], doc: "Audit events judged." },
  tiercel_rule_matches_total: { kind: "counter", labels: ["rule", "priority"], doc: "Detections, by rule." },
  tiercel_rules_loaded: { kind: "gauge", labels: [], doc: "Rules that judge." },
  tiercel_rules_problems: { kind: "gauge", labels: [], doc: "Errors in the rules files, as loaded last." },
  tiercel_rules_reloads_total: {
    kind: "counter",
    labels: ["result"],
    doc: "How often rules were loaded again: loaded, or failed and the former ones went on.",
  },
  tiercel_rule_eval_seconds: {
    kind: "histogram",
    labels: [],
    doc: "How long judging one stretch of the journal took.",
    buckets: seconds,
  },
  tiercel_index_write_seconds: {
    kind: "histogram",
    labels: [],
    doc: "How long one transaction of the index took.",
    buckets: seconds,
  },
  tiercel_index_write_errors_total: { kind: "counter", labels: [], doc: "Transactions of the index that failed." },
  tiercel_journal_position: { kind: "gauge", labels: [], doc: "The last batch's position in the journal." },
  tiercel_index_position: { kind: "gauge", labels: [], doc: "The journal position up to which the index holds all." },
  tiercel_store_bytes: { kind: "gauge", labels: ["store"], doc: "Bytes on disk, by store." },
  tiercel_store_rows: { kind: "gauge", labels: ["store", "table"], doc: "Rows, by store and table." },
  tiercel_build_info: { kind: "gauge", labels: ["version"], doc: "Always 1; its label says which Tiercel this is." },
} as const satisfies Readonly<Record<string, Told>>;

export type Metric = keyof typeof metrics;
export type Labels = Readonly<Record<string, string>>;

/** Where rooms tell what they count. Never throws. */
export interface Signals {
  /** Adds to a counter, one if nothing else is said. */
  count(metric: Metric, labels?: Labels, by?: number): void;
  /** Sets a gauge. */
  gauge(metric: Metric, value: number, labels?: Labels): void;
  /** Adds one measurement to a histogram. */
  observe(metric: Metric, value: number, labels?: Labels): void;
}

/** Signals nobody listens to. */
export const silence: Signals = { count() {}, gauge() {}, observe() {} };

export interface HeldSignals extends Signals {
  /** A counter's or gauge's value, or how often a histogram measured; 0 where nothing was told. */
  value(metric: Metric, labels?: Labels): number;
}

/** Signals kept in memory: for tests, and for those who ask without a metrics server. */
export function heldSignals(): HeldSignals {
  const held = new Map<string, number>();
  const key = (metric: Metric, labels: Labels = {}) =>
    JSON.stringify([metric, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
  const add = (metric: Metric, labels: Labels | undefined, by: number) => {
    const at = key(metric, labels);
    held.set(at, (held.get(at) ?? 0) + by);
  };
  return {
    count: (metric, labels, by = 1) => add(metric, labels, by),
    gauge: (metric, value, labels) => void held.set(key(metric, labels), value),
    observe: (metric, _value, labels) => add(metric, labels, 1),
    value: (metric, labels) => held.get(key(metric, labels)) ?? 0,
  };
}

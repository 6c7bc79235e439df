/** What the judge tells of the events of an entry: added up, and told when the entry is judged. */
import type { Activity } from "../domain/activity.ts";
import type { AuditEvent } from "../domain/audit-event.ts";
import type { Signals } from "../domain/signals.ts";
import type { Entry } from "../domain/store.ts";

export interface Told {
  /** Answers whether bodies were left out of it. */
  event(entry: Entry, event: AuditEvent, activity: Activity): boolean;
  /** All of it. */
  end(): void;
}

interface Sum {
  readonly labels: { source: string; cluster: string; stage: string; level: string };
  events: number;
  truncated: number;
}

/** Of an entry's events one in so many is asked how late it came. */
const delayEvery = 25;

export function telling(signals: Signals): Told {
  const sums = new Map<string, Sum>();
  let last: Sum | undefined;
  let events = 0;

  function sumOf(source: string, cluster: string, stage: string, level: string): Sum {
    const labels = last?.labels;
    if (last && labels?.cluster === cluster && labels.stage === stage && labels.level === level) return last;
    const key = JSON.stringify([cluster, stage, level]);
    last = sums.get(key) ?? { labels: { source, cluster, stage, level }, events: 0, truncated: 0 };
    sums.set(key, last);
    return last;
  }

  return {
    event(entry, event, { level, events: stages }) {
      const { source, cluster } = entry;
      const sum = sumOf(source, cluster, known(stages[0]?.stage ?? null), known(level));
      sum.events++;
      if (events++ % delayEvery === 0)
        signals.observe("tiercel_ingest_delay_seconds", delaySecs(entry, event), { source, cluster });
      const isTruncated = event.at("annotations", "audit.k8s.io/truncated")?.text() === "true";
      if (isTruncated) sum.truncated++;
      return isTruncated;
    },
    end() {
      for (const { labels, events, truncated } of sums.values()) {
        const { source, cluster } = labels;
        signals.count("tiercel_ingest_events_total", labels, events);
        if (truncated > 0) signals.count("tiercel_events_truncated_total", { source, cluster }, truncated);
      }
      if (events > 0) signals.count("tiercel_rule_evaluations_total", {}, events);
    },
  };
}

function delaySecs({ receivedAt }: Entry, { time }: AuditEvent): number {
  return Math.max(0, receivedAt.getTime() - Number(time / 1_000_000n)) / 1000;
}

// Stage and level come from the sender: a label holds only the values that exist.
const labelValues = new Set(
  "RequestReceived ResponseStarted ResponseComplete Panic Metadata Request RequestResponse".split(" "),
);

function known(value: string | null): string {
  return value !== null && labelValues.has(value) ? value : "other";
}

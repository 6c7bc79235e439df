/** How fast and how late events come, and what went wrong in the last day, by source and cluster: noted as rooms tell their numbers. */
import type { Labels, Metric, Signals } from "../domain/signals.ts";

export interface Where {
  readonly source?: string;
  readonly cluster?: string;
}

export interface Troubles {
  /** Requests that were not taken in, by why. */
  readonly rejected: readonly { readonly value: string; readonly count: number }[];
  readonly doubles: number;
  readonly truncated: number;
}

export interface Pace {
  /** Events a second, over the last minute and the last quarter of an hour. */
  readonly eventsPerSec: { readonly minute: number; readonly quarter: number };
  /** Events in each of the last 30 half minutes, the latest last. */
  readonly spark: readonly number[];
}

export interface DayBook {
  /** Passes everything on. */
  tap(signals: Signals): Signals;
  /** Of the last 24 hours, since the start at most. */
  troubles(where: Where): Troubles;
  /** The median of the latest events; null before the first. */
  delaySecs(where: Where): number | null;
  pace(where: Where): Pace;
}

const hourMillis = 3_600_000;
const hours = 24;
const beatMillis = 5_000;
const [beatsOfMinute, beatsOfQuarter, beatsOfBar] = [12, 180, 6];
/** Of each cluster by each source. */
const delaysKept = 100;

interface Noted extends Required<Where> {
  readonly metric: Metric;
  readonly reason: string;
  readonly byHour: Map<number, number>;
}

export function dayBook(now: () => Date): DayBook {
  const noted = new Map<string, Noted>();
  const beats = new Map<string, Required<Where> & { readonly byBeat: Map<number, number> }>();
  const beat = () => Math.floor(now().getTime() / beatMillis);
  const delays = new Map<string, Required<Where> & { readonly latest: number[] }>();
  const hour = () => Math.floor(now().getTime() / hourMillis);

  const note = (metric: Metric, { source = "", cluster = "", reason = "" }: Labels, by: number) => {
    const key = JSON.stringify([metric, source, cluster, reason]);
    const held = noted.get(key) ?? { metric, source, cluster, reason, byHour: new Map<number, number>() };
    noted.set(key, held);
    held.byHour.set(hour(), (held.byHour.get(hour()) ?? 0) + by);
    for (const old of held.byHour.keys()) if (old <= hour() - hours) held.byHour.delete(old);
  };
  const delayed = ({ source = "", cluster = "" }: Labels, secs: number) => {
    const key = JSON.stringify([source, cluster]);
    const held = delays.get(key) ?? { source, cluster, latest: [] };
    delays.set(key, held);
    held.latest.push(secs);
    if (held.latest.length > delaysKept) held.latest.shift();
  };
  const came = ({ source = "", cluster = "" }: Labels, by: number) => {
    const key = JSON.stringify([source, cluster]);
    const held = beats.get(key) ?? { source, cluster, byBeat: new Map<number, number>() };
    beats.set(key, held);
    held.byBeat.set(beat(), (held.byBeat.get(beat()) ?? 0) + by);
    // The oldest stands first.
    for (const old of held.byBeat.keys()) {
      if (old > beat() - beatsOfQuarter) break;
      held.byBeat.delete(old);
    }
  };
  const fits = (one: Required<Where>, { source, cluster }: Where) =>
    (source === undefined || one.source === source) && (cluster === undefined || one.cluster === cluster);
  const lastDay = ({ byHour }: Noted) =>
    [...byHour].filter(([at]) => at > hour() - hours).reduce((sum, [, count]) => sum + count, 0);

  return {
    tap: (signals) => ({
      count(metric, labels = {}, by = 1) {
        if (told.has(metric)) note(metric, labels, by);
        if (metric === "tiercel_ingest_events_total") came(labels, by);
        signals.count(metric, labels, by);
      },
      gauge: (metric, value, labels) => signals.gauge(metric, value, labels),
      observe(metric, value, labels = {}) {
        if (metric === "tiercel_ingest_delay_seconds") delayed(labels, value);
        signals.observe(metric, value, labels);
      },
    }),
    troubles(where) {
      const found = [...noted.values()].filter((one) => fits(one, where));
      const sum = (metric: Metric) =>
        found.filter((one) => one.metric === metric).reduce((total, one) => total + lastDay(one), 0);
      const rejected = new Map<string, number>();
      for (const one of found)
        if (one.metric === "tiercel_ingest_rejected_total" && lastDay(one) > 0)
          rejected.set(one.reason, (rejected.get(one.reason) ?? 0) + lastDay(one));
      return {
        rejected: [...rejected].map(([value, count]) => ({ value, count })),
        doubles: sum("tiercel_ingest_doubles_total"),
        truncated: sum("tiercel_events_truncated_total"),
      };
    },
    pace(where) {
      const found = [...beats.values()].filter((one) => fits(one, where));
      const last = Array.from({ length: beatsOfQuarter }, (_, at) => {
        const wanted = beat() - beatsOfQuarter + 1 + at;
        return found.reduce((total, { byBeat }) => total + (byBeat.get(wanted) ?? 0), 0);
      });
      const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
      return {
        eventsPerSec: { minute: sum(last.slice(-beatsOfMinute)) / 60, quarter: sum(last) / 900 },
        spark: Array.from({ length: beatsOfQuarter / beatsOfBar }, (_, bar) =>
          sum(last.slice(bar * beatsOfBar, (bar + 1) * beatsOfBar)),
        ),
      };
    },
    delaySecs(where) {
      const all = [...delays.values()].filter((one) => fits(one, where)).flatMap(({ latest }) => latest);
      return all.length === 0 ? null : (all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? null);
    },
  };
}

const told: ReadonlySet<Metric> = new Set<Metric>([
  "tiercel_ingest_rejected_total",
  "tiercel_ingest_doubles_total",
  "tiercel_events_truncated_total",
]);

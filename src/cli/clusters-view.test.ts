import { expect, test } from "vitest";
import type { Cluster } from "../domain/store.ts";
import { clustersView } from "./clusters-view.ts";
import { dayBook } from "./day-book.ts";
import { feeds } from "./feeds.ts";

const start = new Date("2026-03-01T12:00:00Z");
const at = (secs: number) => new Date(start.getTime() + secs * 1000);

async function view(
  cluster: Partial<Cluster>,
  given: { lag?: number; unread?: number; trouble?: string; rejected?: number; after?: number } = {},
) {
  const now = () => at(given.after ?? 60);
  const book = dayBook(now);
  const signals = book.tap({ count() {}, gauge() {}, observe() {} });
  if (given.rejected)
    signals.count("tiercel_ingest_rejected_total", { source: "webhook", cluster: "prod", reason: "overloaded" });
  signals.observe("tiercel_ingest_delay_seconds", 3.5, { source: "webhook", cluster: "prod" });
  const clusters = async () => [{ name: "prod", createdAt: start.toISOString(), lastSeenAt: null, ...cluster }];
  const sum = async (metric: string, labels: Readonly<Record<string, string>>) =>
    metric !== "tiercel_ingest_events_total"
      ? 0
      : labels.level === "Metadata" || labels.stage === "ResponseComplete"
        ? 7
        : labels.level === undefined && labels.stage === undefined
          ? 7
          : 0;
  const coming = feeds({
    ...{ sum, book, now, lagSecs: async () => given.lag ?? 0 },
    quarantineCounts: async () => [
      { source: "webhook", cluster: "prod", count: given.unread ?? 0 },
      { source: "webhook", cluster: "oslo", count: 9 },
    ],
  });
  const part = clustersView({
    silences: () => [],
    state: { clusters, tokens: async () => [] },
    ...{ sum, feeds: coming, now, sources: () => ["webhook"], silentAfterSecs: 600, maxLagSecs: 60 },
    expectCluster: async () => true,
    trouble: async () => given.trouble,
  });
  const [only] = (await part.view()).items;
  if (only === undefined) throw new Error("there is no cluster");
  return only;
}
const word = async (...given: Parameters<typeof view>) => {
  const { state, why } = await view(...given);
  return [state, why];
};

test("a cluster is shown with what it sends, how late, and what was not as it should be", async () => {
  expect(await view({ lastSeenAt: at(50).toISOString() })).toEqual({
    name: "prod",
    createdAt: "2026-03-01T12:00:00.000Z",
    lastEvent: "2026-03-01T12:00:50.000Z",
    state: "connected",
    why: null,
    events: 7,
    doubles: 0,
    quarantined: 0,
    eventsPerSec: { minute: 0, quarter: 0 },
    spark: Array(30).fill(0),
    delaySecs: 3.5,
    lagSecs: 0,
    levels: [{ value: "Metadata", count: 7 }],
    stages: [{ value: "ResponseComplete", count: 7 }],
    lastDay: { quarantined: 0, rejected: [], doubles: 0, truncated: 0 },
    sources: [{ value: "webhook", count: 7 }],
    hasToken: false,
  });
});

test("one word tells how a cluster is doing, and why", async () => {
  const seen = { lastSeenAt: at(50).toISOString() };
  expect(await word({})).toEqual(["waiting", "nothing has come yet"]);
  expect(await word(seen, { after: 651 })).toEqual(["silent", "nothing has come for 601 s"]);
  expect(await word(seen, { unread: 1, rejected: 1 })).toEqual([
    "warning",
    "in the last 24 h 1 part of a batch could not be read and is in quarantine; 1 request was refused: overloaded",
  ]);
  expect(await word(seen, { lag: 61 })).toEqual(["warning", "what came 61 s ago is still to be judged"]);
  expect(await word(seen, { trouble: "the disk is full", unread: 1 })).toEqual(["error", "the disk is full"]);
});

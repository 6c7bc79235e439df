import { expect, test } from "vitest";
import type { SourceHealth } from "../domain/source.ts";
import { shownSources } from "./sources-view.ts";

const start = new Date("2026-03-01T12:00:00Z");
const later = (secs: number) => new Date(start.getTime() + secs * 1000);

const feed = {
  eventsPerSec: { minute: 0.5, quarter: 0.1 },
  spark: [1],
  delaySecs: 2,
  lagSecs: 0,
  levels: [],
  stages: [],
  lastDay: { quarantined: 0, rejected: [], doubles: 0, truncated: 0 },
};

async function shown(health: SourceHealth, { lag = 0, at = 0, doubles = 0 } = {}) {
  const source = { start: async () => {}, stop: async () => {}, health: () => health, address: "http://127.0.0.1:1" };
  const [only] = await shownSources({
    sources: [{ name: "webhook", type: "webhook", source, startedAt: start, isSteady: true }],
    state: { clusters: async () => [] },
    sum: async (metric) => (metric === "tiercel_ingest_batches_total" ? 3 : 0),
    feeds: { of: async () => ({ ...feed, lagSecs: lag, lastDay: { ...feed.lastDay, doubles } }) },
    silentAfterSecs: 600,
    maxLagSecs: 60,
    now: () => later(at),
  });
  return only;
}
const word = async (...given: Parameters<typeof shown>) => {
  const { state, why } = (await shown(...given)) ?? {};
  return [state, why];
};

test("a source that takes batches in is connected, with what it took", async () => {
  expect(await shown({ state: "running", lastBatchAt: later(1) }, { at: 5 })).toEqual({
    name: "webhook",
    type: "webhook",
    state: "connected",
    why: null,
    address: "http://127.0.0.1:1",
    lastEvent: "2026-03-01T12:00:01.000Z",
    batches: 3,
    events: 0,
    bytes: 0,
    quarantined: 0,
    ...feed,
    queue: null,
    clusters: [],
  });
});

test("one word tells how a source is doing, and why", async () => {
  const running = { state: "running", lastBatchAt: later(1) } as const;
  expect(await word(running, { at: 601 })).toEqual(["connected", null]);
  expect(await word(running, { at: 602 })).toEqual(["silent", "nothing has come for 601 s"]);
  expect(await word({ state: "running", lastBatchAt: null }, { at: 700 })).toEqual([
    "silent",
    "nothing has come since the start",
  ]);
  expect(await word(running, { lag: 61 })).toEqual(["lagging", "what came 61 s ago is still to be judged"]);
  const queue = { lagSecs: 90, messages: 12 };
  expect(await word({ ...running, queue })).toEqual(["lagging", "what is read now came to its queue 90 s ago"]);
  expect((await shown({ ...running, queue }))?.queue).toEqual(queue);
  expect(await word(running, { doubles: 2 })).toEqual([
    "warning",
    "in the last 24 h 2 batches that were kept were sent again",
  ]);
  expect(await word({ state: "failing", why: "the disk is full", lastBatchAt: null }, { lag: 61 })).toEqual([
    "failing",
    "the disk is full",
  ]);
});

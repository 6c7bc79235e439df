import { expect, test } from "vitest";
import { heldSignals } from "../domain/signals.ts";
import { dayBook } from "./day-book.ts";

let clock = Date.parse("2026-03-01T12:30:00Z");
const now = () => new Date(clock);

test("what went wrong is told by source and cluster for a day, and passed on", () => {
  const held = heldSignals();
  const book = dayBook(now);
  const signals = book.tap(held);
  const oslo = { source: "webhook", cluster: "oslo" };
  signals.count("tiercel_ingest_rejected_total", { ...oslo, reason: "too-large" });
  signals.count("tiercel_ingest_rejected_total", { ...oslo, reason: "too-large" });
  signals.count("tiercel_ingest_rejected_total", { source: "webhook", cluster: "", reason: "unauthorized" });
  clock += 23 * 3_600_000;
  signals.count("tiercel_ingest_doubles_total", oslo);
  signals.count("tiercel_events_truncated_total", oslo, 3);
  expect(book.troubles({ cluster: "oslo" })).toEqual({
    rejected: [{ value: "too-large", count: 2 }],
    doubles: 1,
    truncated: 3,
  });
  expect(book.troubles({ source: "webhook" }).rejected).toEqual([
    { value: "too-large", count: 2 },
    { value: "unauthorized", count: 1 },
  ]);
  expect(book.troubles({ source: "other" })).toEqual({ rejected: [], doubles: 0, truncated: 0 });
  clock += 3_600_000;
  expect(book.troubles({ cluster: "oslo" })).toEqual({ rejected: [], doubles: 1, truncated: 3 });
  expect(held.value("tiercel_ingest_rejected_total", { ...oslo, reason: "too-large" })).toBe(2);
});

test("how late events come is the median of the latest", () => {
  const book = dayBook(now);
  const signals = book.tap(heldSignals());
  const of = (cluster: string) => ({ source: "webhook", cluster });
  expect(book.delaySecs({ cluster: "oslo" })).toBe(null);
  for (let secs = 0; secs < 500; secs++) signals.observe("tiercel_ingest_delay_seconds", secs, of("oslo"));
  signals.observe("tiercel_ingest_delay_seconds", 1, of("berlin"));
  expect(book.delaySecs({ cluster: "oslo" })).toBe(450);
  expect(book.delaySecs({ cluster: "berlin" })).toBe(1);
  expect(book.delaySecs({ source: "webhook" })).toBe(449);
});

test("how fast events come is told at once, for a quarter of an hour", () => {
  const book = dayBook(now);
  const signals = book.tap(heldSignals());
  const oslo = { source: "webhook", cluster: "oslo", stage: "ResponseComplete", level: "Request" };
  clock = Date.parse("2026-03-01T12:00:00Z");
  signals.count("tiercel_ingest_events_total", oslo, 30);
  expect(book.pace({ cluster: "oslo" }).eventsPerSec).toEqual({ minute: 0.5, quarter: 30 / 900 });
  clock += 60_000;
  signals.count("tiercel_ingest_events_total", { ...oslo, cluster: "berlin" }, 6);
  expect(book.pace({ cluster: "oslo" }).eventsPerSec).toEqual({ minute: 0, quarter: 30 / 900 });
  expect(book.pace({ source: "webhook" }).eventsPerSec).toEqual({ minute: 0.1, quarter: 36 / 900 });
  expect(book.pace({}).spark.filter((count) => count > 0)).toEqual([30, 6]);
  clock += 15 * 60_000;
  expect(book.pace({})).toEqual({ eventsPerSec: { minute: 0, quarter: 0 }, spark: Array(30).fill(0) });
});

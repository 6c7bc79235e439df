import { beforeEach, expect, test } from "vitest";
import type { Batch } from "../domain/batch.ts";
import { type Notice, noticeOf } from "../domain/notice.ts";
import { heldSignals } from "../domain/signals.ts";
import { type SilenceWatch, silenceWatch } from "./silence.ts";

const minute = 60_000;
let time: number;
let kept: Batch[];
let memory: Map<string, string>;
let full: boolean;
let dead: boolean;
let watch: SilenceWatch;
const stands = new Map<string, { why: string | null }>();
const signals = heldSignals();

beforeEach(async () => {
  time = Date.parse("2026-03-01T12:00:00Z");
  kept = [];
  memory = new Map();
  full = false;
  dead = false;
  stands.clear();
  stands.set("webhook", { why: null });
  await restart();
});

async function restart(): Promise<void> {
  dead = false;
  watch = silenceWatch({
    journal: {
      append: async (batch) => {
        if (full || dead) throw new Error("the disk is full");
        const double = kept.some(({ body }) => Buffer.from(body).equals(batch.body));
        if (!double) kept.push(batch);
        return { position: kept.length, double };
      },
    },
    state: { get: async (key) => memory.get(key), set: async (key, value) => void memory.set(key, value) },
    signals,
    steady: (source) => stands.get(source),
    silentAfterSecs: 600,
    now: () => new Date(time),
    log: () => {},
  });
  await watch.start();
}
async function send(source = "webhook", cluster = "prod"): Promise<void> {
  await watch.noting(async () => {})({ source, cluster, receivedAt: new Date(time), body: new Uint8Array() });
}
async function after(minutes: number): Promise<void> {
  time += minutes * minute;
  await watch.check();
}
const told = () =>
  kept
    .map((batch) => noticeOf(batch) as Notice & { since: string })
    .map(({ notice, since, at }) => [notice, since?.slice(11, 16), at.slice(11, 16)]);

test("a silence is told once, then that it is over; the next one is another", async () => {
  await send();
  await after(9);
  expect(told()).toEqual([]);
  await after(2);
  await after(30);
  expect(told()).toEqual([["silent", "12:00", "12:11"]]);
  const labels = { source: "webhook", cluster: "prod" };
  expect(watch.silences()).toEqual([{ ...labels, since: "2026-03-01T12:00:00.000Z" }]);
  expect(signals.value("tiercel_source_silent", labels)).toBe(1);
  time += minute;
  await send();
  expect(watch.silences()).toEqual([]);
  await after(1);
  expect(told()[1]).toEqual(["back", "12:00", "12:42"]);
  expect(signals.value("tiercel_source_silent", labels)).toBe(0);
  await after(20);
  expect(told()[2]).toEqual(["silent", "12:42", "13:03"]);
});

test("a restart neither repeats it nor forgets it, and the time we were away does not count", async () => {
  await send();
  await after(5);
  time += 60 * minute;
  await restart();
  await after(4);
  expect(told()).toEqual([]);
  await after(2);
  expect(told()).toEqual([["silent", "12:00", "13:11"]]);
  await restart();
  await after(60);
  expect(told()).toHaveLength(1);
  await send();
  await restart();
  await send();
  await after(1);
  expect(told().map(([notice]) => notice)).toEqual(["silent", "back"]);
});

test("killed before it was written down, it is written as the same bytes", async () => {
  await send();
  dead = true;
  await after(11);
  expect(kept).toEqual([]);
  const remembered = new Map(memory);
  await restart();
  await after(1);
  memory = remembered;
  await restart();
  await after(1);
  expect(told()).toEqual([["silent", "12:00", "12:11"]]);
});

test("what the disk refuses is told when it takes something again", async () => {
  await send();
  full = true;
  await after(11);
  full = false;
  await after(1);
  expect(told()).toEqual([["silent", "12:00", "12:11"]]);
});

test("who always sends is watched, cluster by cluster; who is gone, or rests as a rule, is not", async () => {
  await send();
  await send("webhook", "test");
  await send("falco");
  await send("gone");
  time += 8 * minute;
  await send("webhook", "test");
  await after(5);
  expect(kept.map((batch) => noticeOf(batch)).map((one) => [one?.source, one?.cluster])).toEqual([["webhook", "prod"]]);
});

test("a failing source's reason is told with its silence", async () => {
  await send();
  stands.set("webhook", { why: "the certificate has expired" });
  await after(11);
  expect(noticeOf(kept[0] as Batch)).toMatchObject({ why: "the certificate has expired" });
});

test("what was missed for good is told once an hour, and counted each time", async () => {
  const what = { cluster: "prod", kind: "lost", why: "too much at once", count: 3 } as const;
  watch.blind("admission", what);
  await watch.check();
  watch.blind("admission", what);
  await watch.check();
  expect(kept.map((batch) => noticeOf(batch))).toMatchObject([{ notice: "blind", source: "admission", count: 3 }]);
  expect(signals.value("tiercel_source_missed_total", { source: "admission", cluster: "prod", kind: "lost" })).toBe(6);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { silence } from "../domain/signals.ts";
import type { Entry, Journal } from "../domain/store.ts";
import { backtesting } from "./backtesting.ts";
import { liveRules } from "./live-rules.ts";
import { ruleBook } from "./rule-book.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tiercel-backtesting-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const rule = (name: string, verb: string) =>
  `- {rule: ${name}, desc: d, condition: ka.verb = ${verb}, output: o %ka.uri, priority: INFO, source: k8s_audit}\n`;

const body = JSON.stringify({
  ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", auditID: "a", stage: "ResponseComplete" },
  ...{ verb: "delete", requestURI: "/api?token=very-secret-value", user: { username: "alice" } },
  stageTimestamp: "2026-03-01T00:00:00.000000Z",
});

/** A journal whose reads wait until they are let go. */
async function here() {
  const given = join(dir, "given.yaml");
  writeFileSync(given, rule("Given", "delete"));
  let now = Date.parse("2026-03-02T00:00:00Z");
  let gate = Promise.withResolvers<void>();
  const entry: Entry = {
    ...{ position: 1, source: "webhook", cluster: "prod", receivedAt: new Date("2026-03-01T12:00:00Z") },
    body: new TextEncoder().encode(body),
  };
  const journal = {
    first: 1,
    last: 1,
    read: async (after: number) => {
      await gate.promise;
      return after < 1 ? [entry] : [];
    },
    async *stretches() {
      await gate.promise;
      yield [entry];
    },
  } as unknown as Journal;
  const world = { choice: {}, log: () => {}, signals: silence, now: () => new Date(now) };
  const rules = liveRules({ ...world, paths: [given], ownFolder: join(dir, "rules") });
  const book = ruleBook({ rules, folder: join(dir, "rules"), documents: { record: async () => {} } });
  const kept = new Map<string, string>();
  const state = {
    get: async (key: string) => kept.get(key),
    set: async (key: string, value: string) => void kept.set(key, value),
  };
  const tests = await backtesting({
    journal,
    state,
    rules,
    book,
    clusterIds: new Map(),
    hostname: "here",
    now: world.now,
    log: () => {},
  });
  const mine = { files: [{ name: "mine.yaml", text: rule("Mine", "delete") }], days: 1 };
  return {
    tests,
    mine,
    go: () => gate.resolve(),
    fail: (why: string) => gate.reject(new Error(why)),
    hold: () => {
      gate = Promise.withResolvers<void>();
    },
    later: (millis: number) => {
      now += millis;
    },
    ended: (id: string) => vi.waitUntil(() => tests.get(id)?.state !== "running", { timeout: 60_000, interval: 5 }),
  };
}

test("two run at once, and a third is refused until one has ended", async () => {
  const { tests, mine, go, ended } = await here();
  const [one, two] = [await tests.start(mine), await tests.start(mine)];
  await expect(tests.start(mine)).rejects.toMatchObject({ code: "too_many", message: "2 back-tests run already" });
  expect(tests.get(one)).toMatchObject({ state: "running", progress: 0, events: 0, compared: 1 });
  go();
  await Promise.all([ended(one), ended(two)]);
  expect(tests.get(one)).toMatchObject({
    id: one,
    state: "done",
    progress: 1,
    events: 1,
    from: "2026-03-01T00:00:00.000Z",
    to: "2026-03-02T00:00:00.000Z",
    rules: [{ rule: "Mine", after: 1 }],
  });
  expect(JSON.stringify(tests.get(one))).not.toContain("very-secret-value");
  await tests.start(mine);
});

test("one that is broken off says so", async () => {
  const { tests, mine, go, ended } = await here();
  const id = await tests.start(mine);
  expect(tests.cancel(id)).toBe(true);
  go();
  await ended(id);
  expect(tests.get(id)).toMatchObject({ state: "cancelled", events: 0 });
  expect(tests.cancel("unknown")).toBe(false);
});

test("one whose journal cannot be read says why", async () => {
  const { tests, mine, fail, ended } = await here();
  const id = await tests.start(mine);
  fail("the disk is gone");
  await ended(id);
  expect(tests.get(id)).toMatchObject({ state: "failed", why: "the disk is gone" });
});

test("it is kept for an hour after its end, and no more than twenty are", async () => {
  const { tests, mine, go, ended, later } = await here();
  go();
  const first = await tests.start(mine);
  await ended(first);
  later(59 * 60_000);
  expect(tests.get(first)).toMatchObject({ state: "done" });
  later(2 * 60_000);
  expect(tests.get(first)).toBe(undefined);
  const all: string[] = [];
  for (let n = 0; n < 25; n++) {
    const id = await tests.start(mine);
    await ended(id);
    all.push(id);
  }
  expect(all.filter((id) => tests.get(id) !== undefined)).toEqual(all.slice(-20));
});

test("a server that stops waits for none", async () => {
  const { tests, mine, go } = await here();
  const id = await tests.start(mine);
  const stopped = tests.stop();
  go();
  await stopped;
  expect(tests.get(id)).toMatchObject({ state: "cancelled" });
});

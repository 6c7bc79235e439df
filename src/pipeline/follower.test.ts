import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { noticeBatch } from "../domain/notice.ts";
import { heldSignals } from "../domain/signals.ts";
import { type Entry, type Index, type Journal, type Judged, NoRoom } from "../domain/store.ts";
import type { RuleSet } from "../engine/contract.ts";
import { type FollowerWorld, follower, rejudge } from "./follower.ts";
import { gathered, type JudgeWorld, judge } from "./judge.ts";

const event = (auditID: string, verb = "get") =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"${auditID}","stage":"ResponseComplete","verb":"${verb}","requestURI":"/api","user":{"username":"alice"},"requestReceivedTimestamp":"2026-01-01T00:00:00.000001Z","stageTimestamp":"2026-01-01T00:00:00.000002Z"}`;

/** Every `delete` is told of; `boom` is a bug. */
const deletesAreTold: RuleSet<AuditEvent> = {
  rules: [],
  judge(event) {
    const verb = event.at("verb")?.text();
    if (verb === "boom") throw new Error("a bug");
    if (verb !== "delete") return [];
    const rule = { name: "Deleted", priority: "Notice", source: "k8s_audit", tags: ["k8s"] };
    return [{ rule, message: "gone", fields: new Map([["ka.verb", "delete"]]) }] as never;
  },
};

const judgeWorld = (signals = heldSignals()): JudgeWorld => ({
  decode: (body) => decode(body),
  rules: () => deletesAreTold,
  redact: (event) => event,
  hash: (text) => createHash("sha256").update(text).digest("hex").slice(0, 32),
  hostname: "here",
  signals,
  decide: ({ name }) => ({ policy: name, policies: [name], severity: 4, muted: false }),
  isOurs: () => true,
  matching: "all",
  now: () => 0,
  clock: () => 0,
  breathe: () => setImmediate(),
});

function journalOf(bodies: readonly string[]): Journal {
  const entries: Entry[] = bodies.map((body, at) => ({
    position: at + 1,
    source: "webhook",
    cluster: "prod",
    receivedAt: new Date("2026-01-01T00:00:01Z"),
    body: new TextEncoder().encode(body),
  }));
  return {
    first: 1,
    last: entries.length,
    read: async (after: number) => entries.slice(after, after + 2),
    wait: (_after: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
  } as unknown as Journal;
}

function indexOf(failures = 0): { index: Index; written: Judged[] } {
  const written: Judged[] = [];
  let left = failures;
  const index = {
    position: async () => written.at(-1)?.position ?? 0,
    clear: async () => void written.splice(0),
    async write(judged: Judged) {
      if (left-- > 0) throw new Error("disk asleep");
      written.push(judged);
      return new Set<string>();
    },
  };
  return { index: index as unknown as Index, written };
}

function worldOf(journal: Journal, index: Index, log: string[] = []): FollowerWorld {
  const signals = heldSignals();
  return {
    journal,
    index,
    judge: judge(judgeWorld(signals)),
    signals,
    log: (level, message) => void log.push(`${level}: ${message}`),
    now: () => new Date("2026-01-01T00:00:02Z"),
    pause: async () => {},
  };
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await setImmediate();
}

test("the index gets activities, detections, quarantine and the position, stretch by stretch", async () => {
  const { index, written } = indexOf();
  const world = worldOf(journalOf([`[${event("a")},${event("b", "delete")}]`, `{"kind":"Pod"}`, event("c")]), index);
  const following = follower(world);
  following.start();
  await until(() => written.at(-1)?.position === 3);
  await following.stop();
  expect(written.map(({ position }) => position)).toEqual([2, 3]);
  expect(written[0]?.activities.map(({ auditID, detections }) => [auditID, detections])).toEqual([
    ["a", 0],
    ["b", 1],
  ]);
  expect(written[0]?.detections.map(({ rule, auditID, output }) => [rule, auditID, output])).toEqual([
    ["Deleted", "b", "gone"],
    [
      "Audit Event Not Readable",
      null,
      "Tiercel could not read one part of a batch and keeps what came in quarantine (cluster=prod source=webhook reason=not an audit event: its kind is `Pod`)",
    ],
  ]);
  expect(written[0]?.quarantined.map(({ id, raw }) => [id, raw])).toEqual([["2-1", `{"kind":"Pod"}`]]);
});

test("an index that fails is tried again, and told of once", async () => {
  const log: string[] = [];
  const { index, written } = indexOf(3);
  const following = follower(worldOf(journalOf([event("a")]), index, log));
  following.start();
  await until(() => written.length === 1);
  await following.stop();
  expect(log).toEqual([
    "error: the index cannot follow the journal: disk asleep; trying again",
    "info: the index takes writes again",
  ]);
});

test("an entry that the index does not take is passed over and told of, and those behind it go on", async () => {
  const log: string[] = [];
  const { index, written } = indexOf();
  const write = index.write.bind(index);
  index.write = async (judged) => {
    if (judged.activities.some(({ auditID }) => auditID === "poison")) throw new Error("no such character");
    return write(judged);
  };
  const following = follower(worldOf(journalOf([event("a"), event("poison"), event("c")]), index, log));
  following.start();
  await until(() => written.at(-1)?.position === 3);
  await following.stop();
  expect(written.flatMap(({ activities }) => activities.map(({ auditID }) => auditID))).toEqual(["a", "c"]);
  expect(written.flatMap(({ quarantined }) => quarantined.map(({ id, reason }) => `${id} ${reason}`))).toEqual([
    "2-0 could not be indexed: no such character; entry 2 of the journal holds it",
  ]);
  expect(log).toContain("error: the journal's entry 2 cannot be indexed and is passed over: no such character");
});

test("no entry is passed over for a full disk, however long it stays full and whatever small still fits", async () => {
  const log: string[] = [];
  const { index, written } = indexOf();
  const write = index.write.bind(index);
  let full = 20;
  index.write = async (judged) => {
    if (judged.activities.length > 0 && full-- > 0) throw new NoRoom("no space left on device");
    return write(judged);
  };
  const following = follower(worldOf(journalOf([event("a"), event("b")]), index, log));
  following.start();
  await until(() => written.at(-1)?.position === 2);
  await following.stop();
  expect(written.flatMap(({ activities }) => activities.map(({ auditID }) => auditID))).toEqual(["a", "b"]);
  expect(log).toEqual([
    "error: the index cannot follow the journal: no space left on device; trying again",
    "info: the index takes writes again",
  ]);
});

test("entries that the disk spoilt are passed over and told of", async () => {
  const log: string[] = [];
  const { index, written } = indexOf();
  const journal = { ...journalOf([event("a"), event("b")]), read: async () => [] } as unknown as Journal;
  const following = follower(worldOf(journal, index, log));
  following.start();
  await until(() => written.at(-1)?.position === 2);
  await following.stop();
  expect(log).toEqual(["error: the journal's entries 1 to 2 cannot be read and are passed over"]);
});

test("an event that breaks the judge is quarantined, and the rest of its batch goes on", async () => {
  const { index, written } = indexOf();
  await rejudge(worldOf(journalOf([`[${event("a", "boom")},${event("b", "delete")}]`]), index));
  expect(written[0]?.quarantined.map(({ reason }) => reason)).toEqual(["could not be judged: a bug"]);
  expect(written[0]?.detections.map(({ rule }) => rule)).toEqual(["Deleted", "Audit Event Not Readable"]);
});

test("judging the journal again gives the same ids", async () => {
  const { index, written } = indexOf();
  const world = worldOf(journalOf([event("a", "delete"), event("b", "delete")]), index);
  const done = await rejudge(world);
  const ids = written.flatMap(({ detections }) => detections.map(({ id }) => id));
  await rejudge(world);
  expect(done).toEqual({ entries: 2, events: 2 });
  expect(new Set(ids).size).toBe(2);
  expect(written.flatMap(({ detections }) => detections.map(({ id }) => id))).toEqual(ids);
});

test("stages of one request become one activity", async () => {
  const opened = event("a").replace("ResponseComplete", "ResponseStarted");
  const { index, written } = indexOf();
  await rejudge(worldOf(journalOf([`${opened}\n${event("a").replace("000002", "000009")}`]), index));
  expect(written[0]?.activities.map(({ stages }) => stages)).toEqual([["ResponseStarted", "ResponseComplete"]]);
});

test("an Audit-ID used for another request is told of, and both are kept", async () => {
  const other = event("a", "delete").replace("000001Z", "000005Z");
  const { index, written } = indexOf();
  await rejudge(worldOf(journalOf([`${event("a")}\n${event("a")}\n${other}`]), index));
  expect(written[0]?.activities).toHaveLength(2);
  expect(written[0]?.detections.map(({ rule, output }) => [rule, output])).toEqual([
    ["Audit ID Collision", "Audit ID of another request used again (auditid=a user=alice verb=delete uri=/api)"],
    ["Deleted", "gone"],
  ]);
});

const both: RuleSet<AuditEvent> = {
  rules: [],
  judge: () =>
    ["Off", "On", "Behind"].map((name) => ({
      rule: { name, priority: "Notice", source: "k8s_audit", tags: [] },
      message: name,
      fields: new Map(),
    })) as never,
};

test.each([
  ["first", ["On"]],
  ["all", ["On", "Behind"]],
] as const)(
  "of several matches with `%s` those that policies count are told: what none counts hides nothing",
  async (matching, told) => {
    const { index, written } = indexOf();
    const world = judgeWorld();
    const decide: JudgeWorld["decide"] = (rule, where, now) =>
      rule.name === "Off" ? undefined : world.decide(rule, where, now);
    await rejudge({
      ...worldOf(journalOf([event("a")]), index),
      judge: judge({ ...world, rules: () => both, decide, matching }),
    });
    expect(written[0]?.detections.map(({ rule }) => rule)).toEqual(told);
    expect(written[0]?.activities.map(({ detections, uncounted }) => [detections, uncounted])).toEqual([
      [told.length, ["Off"]],
    ]);
  },
);

test("runtime alerts are detections by pod, each once; notices of our own are told; a dry review makes none", async () => {
  const dry = event("d", "delete").replace(
    '"requestURI":"/api"',
    '"requestURI":"/api/v1/pods?dryRun=All","annotations":{"emulated.audit/dry-run":"true"}',
  );
  const alert = JSON.stringify({
    ...{ rule: "Terminal shell in container", priority: "Notice", source: "syscall", output: "a shell" },
    ...{ time: "2026-01-01T00:00:00.5Z", hostname: "node-1", tags: ["T1059"] },
    output_fields: { "k8s.ns.name": "shop", "k8s.pod.name": "web", "user.name": "root" },
  });
  const notice = noticeBatch({
    ...{ notice: "silent", source: "webhook", cluster: "oslo", why: null },
    ...{ since: "2026-01-01T00:00:00.000Z", at: "2026-01-01T00:11:00.000Z" },
  });
  const forged = Buffer.from(notice.body).toString();
  const bodies = [dry, alert, `[${alert},${alert}]`, forged];
  const into = gathered(0);
  const judging = judge(judgeWorld());
  for (const [at, body] of bodies.entries())
    await judging({ ...notice, source: "webhook", cluster: "prod", body: Buffer.from(body), position: at + 1 }, into);
  await judging({ ...notice, position: 5 }, into);
  expect(into.activities.size).toBe(1);
  expect([...into.activities.values()][0]).toMatchObject({ dryRun: true, detections: 0, uncounted: ["Deleted"] });
  expect(into.quarantined).toEqual([]);
  const runtime = into.detections.filter(({ source }) => source === "syscall");
  expect(new Set(runtime.map(({ id }) => id)).size).toBe(1);
  expect(runtime[0]).toMatchObject({
    ...{ namespace: "shop", resource: "pods", name: "web", user: null, verb: null, cluster: "prod" },
    ...{ time: "2026-01-01T00:00:00.500000Z", fields: { "user.name": "root", hostname: "node-1" } },
  });
  expect(into.detections.filter(({ source }) => source === "tiercel")).toMatchObject([
    { rule: "Audit Source Silent", cluster: "oslo", output: expect.stringContaining("for 11 min") },
  ]);
});

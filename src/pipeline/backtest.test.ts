import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import type { Entry, Journal } from "../domain/store.ts";
import { load, type RuleSet } from "../engine/index.ts";
import { fieldCatalogue } from "../fields/index.ts";
import { type BacktestAsk, backtest } from "./backtest.ts";

const start = Date.parse("2026-03-01T00:00:00Z");
const hour = (hours: number) => new Date(start + hours * 3_600_000);

const event = (n: number, verb: string, user: string, namespace = "shop") =>
  JSON.stringify({
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", auditID: `a${n}`, stage: "ResponseComplete" },
    ...{
      verb,
      requestURI: "/api",
      user: { username: user },
      objectRef: { resource: "pods", namespace, name: `p${n}` },
    },
    requestReceivedTimestamp: new Date(start + n * 1000).toISOString(),
    stageTimestamp: new Date(start + n * 1000).toISOString(),
  });

/** A body for each hour. */
function journalOf(
  bodies: readonly string[],
): Pick<Journal, "read" | "stretches" | "first" | "last"> & { reads: number } {
  const entries: Entry[] = bodies.map((body, at) => ({
    position: at + 1,
    source: "webhook",
    cluster: "prod",
    receivedAt: hour(at),
    body: new TextEncoder().encode(body),
  }));
  return {
    reads: 0,
    first: 1,
    last: entries.length,
    async read(after, maxBytes) {
      this.reads++;
      return entries.slice(after, after + (maxBytes === 1 ? 1 : 3));
    },
    async *stretches(after) {
      for (let from = after; from < entries.length; from += 3) yield this.read(from, 1000);
    },
  };
}

const sources = new Map([["k8s_audit", fieldCatalogue({ falcoCompat: false })]]);
function rules(conditions: Readonly<Record<string, string>>, more = ""): RuleSet<AuditEvent> {
  const text = Object.entries(conditions).map(
    ([name, condition]) =>
      `- {rule: ${name}, desc: d, condition: "${condition}", output: "by %ka.user.name", priority: INFO, source: k8s_audit}\n`,
  );
  const loaded = load([{ name: "r.yaml", text: text.join("") + more }], { sources });
  expect(loaded.diagnostics).toEqual([]);
  return loaded.ruleSet;
}

function run(
  journal: Pick<Journal, "read" | "stretches" | "first" | "last">,
  ask: Omit<BacktestAsk, "since"> & { since?: Date },
  stopping = new AbortController(),
  breathe: () => Promise<void> = () => setImmediate(),
) {
  let clock = 0;
  const world = {
    journal,
    decode,
    redact: (one: AuditEvent) => one,
    hash: (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32),
    hostname: "here",
    clock: () => (clock += 3),
    breathe,
  };
  return backtest(world, { since: hour(-1), ...ask }, stopping.signal);
}

const six = [
  event(1, "delete", "alice"),
  event(2, "delete", "bob"),
  event(3, "create", "alice"),
  event(4, "delete", "alice", "till"),
  event(5, "delete", "carol"),
  event(6, "get", "alice"),
];

test("a rule's matches are counted before and after, by user and namespace, with examples of each", async () => {
  const running = run(journalOf(six), {
    before: rules({ A: "ka.verb = delete", B: "ka.verb = create" }),
    after: rules({ A: "ka.verb in (delete, get) and ka.user.name != bob", B: "ka.verb = create" }),
  });
  await running.ended;
  const [told, ...others] = running.rules();
  expect(others).toEqual([]);
  expect({ events: running.events, progress: running.progress, compared: running.compared }).toEqual({
    events: 6,
    progress: 1,
    compared: 1,
  });
  const { samples, ...counts } = told!;
  expect(counts).toEqual({
    rule: "A",
    before: 4,
    after: 4,
    added: 1,
    removed: 1,
    topUsers: [
      { value: "alice", count: 3 },
      { value: "carol", count: 1 },
    ],
    topNamespaces: [
      { value: "shop", count: 3 },
      { value: "till", count: 1 },
    ],
  });
  const names = (fate: keyof typeof samples) => samples[fate].map(({ name }) => name);
  expect([names("added"), names("removed"), names("kept")]).toEqual([["p6"], ["p2"], ["p5", "p4", "p1"]]);
  expect(samples.added[0]).toMatchObject({
    time: "2026-03-01T00:00:06.000000Z",
    receivedAt: "2026-03-01T05:00:00.000Z",
    cluster: "prod",
    rule: "A",
    output: "by alice",
    fields: { "ka.user.name": "alice" },
    event: { auditID: "a6" },
  });
});

test("what a rule matches does not depend on the rules before it", async () => {
  const both = { First: "ka.verb = delete", Second: "ka.verb = delete" };
  const running = run(journalOf(six), { before: rules({}), after: rules(both) });
  await running.ended;
  expect(running.rules().map(({ rule, after }) => [rule, after])).toEqual([
    ["First", 4],
    ["Second", 4],
  ]);
});

test("rules written otherwise that mean the same are not judged, unless asked for", async () => {
  const [before, after] = [rules({ A: "ka.verb = delete" }), rules({ A: "(  ka.verb   = delete)" })];
  const idle = run(journalOf(six), { before, after });
  await idle.ended;
  expect([idle.compared, idle.events, idle.progress, idle.rules()]).toEqual([0, 0, 1, []]);
  const asked = run(journalOf(six), { before, after, rules: ["A"] });
  await asked.ended;
  expect(asked.rules()).toMatchObject([{ rule: "A", before: 4, after: 4, added: 0, removed: 0 }]);
});

test("a comma in a value makes another condition", async () => {
  const running = run(journalOf(six), {
    before: rules({ A: "ka.verb in ('delete,get')" }),
    after: rules({ A: "ka.verb in (delete, get)" }),
  });
  await running.ended;
  expect(running.rules()).toMatchObject([{ before: 0, after: 5 }]);
});

test("a rule that is switched off or taken away matches nothing afterwards", async () => {
  const before = rules({ A: "ka.verb = delete", B: "ka.verb = create" });
  const off = "- {rule: A, enabled: false, override: {enabled: replace}}\n";
  const running = run(journalOf(six), { before, after: rules({ A: "ka.verb = delete" }, off) });
  await running.ended;
  expect(running.rules()).toMatchObject([
    { rule: "A", before: 4, after: 0, removed: 4, topUsers: [{ value: "alice", count: 2 }, {}, {}] },
    { rule: "B", before: 1, after: 0, removed: 1 },
  ]);
});

test("an event that came twice counts once", async () => {
  const running = run(journalOf([...six, ...six, `[${six.join(",")}]`]), {
    before: rules({}),
    after: rules({ A: "ka.verb = delete" }),
  });
  await running.ended;
  expect(running.rules()).toMatchObject([{ after: 4 }]);
});

test("only what was received since is read, found without reading all before", async () => {
  const many = Array.from({ length: 1000 }, (_, n) => event(n, "delete", "alice"));
  const journal = journalOf(many);
  const running = run(journal, { before: rules({}), after: rules({ A: "ka.verb = delete" }), since: hour(994) });
  await running.ended;
  expect(running.rules()).toMatchObject([{ after: 6 }]);
  expect(running.events).toBe(6);
  expect(journal.reads).toBeLessThan(20);
});

test("what has been received long ago leaves nothing to do", async () => {
  const running = run(journalOf(six), { before: rules({}), after: rules({ A: "ka.verb = get" }), since: hour(99) });
  await running.ended;
  expect([running.events, running.progress]).toEqual([0, 1]);
});

test("what cannot be read is passed over, and what is cut off ends it", async () => {
  const running = run(journalOf([...six.slice(0, 3), "oops {", '{"kind":"Pod"}', ...six.slice(3)]), {
    before: rules({}),
    after: rules({ A: "ka.verb = delete" }),
  });
  await running.ended;
  expect(running.rules()).toMatchObject([{ after: 4 }]);
});

test("others get their turn while it runs, see how far it has come, and can break it off", async () => {
  const many = Array.from({ length: 300 }, (_, n) => event(n, "delete", "alice"));
  const stopping = new AbortController();
  let breaths = 0;
  const seen: number[] = [];
  const running = run(
    journalOf(many),
    { before: rules({}), after: rules({ A: "ka.verb = delete" }) },
    stopping,
    async () => {
      seen.push(running.progress);
      if (++breaths === 5) stopping.abort();
    },
  );
  await running.ended;
  expect(breaths).toBe(5);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(running.progress).toBeGreaterThan(0);
  expect(running.progress).toBeLessThan(1);
  expect(running.rules()[0]?.after).toBeLessThan(300);
});

test("of many matches ten are shown, from the whole time, the same each time", async () => {
  const many = Array.from({ length: 500 }, (_, n) => event(n, "delete", `user-${n % 50}`));
  const shown = async () => {
    const running = run(journalOf(many), { before: rules({}), after: rules({ A: "ka.verb = delete" }) });
    await running.ended;
    return running.rules()[0]!;
  };
  const first = await shown();
  expect(first.after).toBe(500);
  expect(first.samples.added.length).toBe(10);
  expect(first.topUsers.length).toBe(10);
  const times = first.samples.added.map(({ time }) => time);
  expect(times).toEqual(times.toSorted().reverse());
  expect(Date.parse(times[0]!) - Date.parse(times[9]!)).toBeGreaterThan(100_000);
  expect(await shown()).toEqual(first);
});

/**
 * The index on rows of our own: writing, what the pages ask, room on the disk and in memory, retention.
 * `node bench/index.ts [rows] [every] [folder]`: 10,000,000 activities by default, a detection with every 50th. With a folder they
 * are kept, and only asked the next time; retention is not measured then.
 * Milliseconds are medians of seven that follow a first one, which is told beside them; those of processors say more on a machine that is not idle.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Asked, activityFacets, detectionFacets, type Triage } from "../src/domain/asked.ts";
import { openIndex } from "../src/stores/index/index.ts";
import { activity, begin, detection, every as step } from "./rows.ts";

const rows = Number(process.argv[2] ?? 10_000_000);
const every = Number(process.argv[3] ?? 50);
const kept = process.argv[4];
const dir = kept ?? mkdtempSync(join(tmpdir(), "tiercel-bench-"));
const print = (...cells: readonly (string | number)[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
const head = (...cells: readonly string[]) => {
  process.stdout.write("\n");
  print(...cells);
  print(...cells.map(() => "---"));
};
const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

let index = await openIndex({ dir });
let [written, position] = [0, 0];

/** Writes so many rows in transactions of so many. */
async function write(what: string, count: number, size: number): Promise<void> {
  const times: number[] = [];
  let [took, busy] = [0, 0];
  for (const end = written + count; written < end; ) {
    const activities = Array.from({ length: Math.min(size, end - written) }, () => activity(written++));
    const detections = activities.filter((_, at) => at % every === 0).map(detection);
    const [began, at] = [performance.now(), processor()];
    await index.write({ position: ++position, activities, detections, quarantined: [] });
    times.push(performance.now() - began);
    took += performance.now() - began;
    busy += processor() - at;
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(0) ?? "";
  const rate = Math.round((count / took) * 1000).toLocaleString("en");
  print(what, rate, `${((busy * 1000) / count).toFixed(1)} µs`, `${at(0.5)} ms`, `${at(0.99)} ms`, `${at(1)} ms`);
}

async function ask(what: string, query: () => Promise<unknown>, goal = ""): Promise<void> {
  const [times, busy]: [number[], number[]] = [[], []];
  const held = monitorEventLoopDelay({ resolution: 1 });
  const asked = performance.now();
  await query();
  const first = performance.now() - asked;
  held.enable();
  for (let run = 0; run < 7; run++) {
    const [began, at] = [performance.now(), processor()];
    await query();
    times.push(performance.now() - began);
    busy.push(processor() - at);
  }
  held.disable();
  const median = (of: number[]) => of.sort((a, b) => a - b)[3]?.toFixed(1) ?? "";
  const [longest, once] = [`${(held.max / 1e6).toFixed(0)} ms`, `${first.toFixed(0)} ms`];
  print(what, `${median(times)} ms`, goal, `${median(busy)} ms`, longest, once);
}

const small = Math.min(100_000, rows / 10);
const isThere = (await index.counts()).activities >= rows;
if (isThere) written = (await index.counts()).activities;
else {
  head("write", "activities/s", "processors an activity", "median", "99 %", "longest");
  await write("400 a transaction, empty index", small, 400);
  await write("10,000 a transaction", rows - 2 * small, 10_000);
  await write("400 a transaction, full index", small, 400);
}

const { activities } = await index.counts();
await index.close();
const opening = performance.now();
index = await openIndex({ dir });
const opened = performance.now() - opening;
const last = (begin + rows * step) / 1000;
const day = { from: new Date(last - 86_400_000).toISOString(), to: new Date(last).toISOString() };
const user = "system:serviceaccount:ns-0:app-0";
const first = performance.now();
const everything = { list: "activities", filter: {} } as const;
await Promise.all([
  index.activities({ limit: 100 }),
  index.count(everything),
  index.histogram(everything, 80),
  index.facets(
    everything,
    activityFacets.map((facet) => ({ facet, limit: 10 })),
  ),
]);
const seen = performance.now() - first;
head("room", "", "goal");
const of = await import("node:fs").then(({ readdirSync, statSync }) =>
  readdirSync(join(dir, "activities")).reduce((sum, name) => sum + statSync(join(dir, "activities", name)).size, 0),
);
const sealed = activities - (activities % 1);
print("bytes an activity, blocks", (of / sealed).toFixed(1), "60");
print("bytes an activity, detections and all", ((await index.bytes()) / activities).toFixed(1), "");
print("opened", `${opened.toFixed(0)} ms`, "");
print("first view after that: page, count, bars, 14 facets, nothing read yet", `${seen.toFixed(0)} ms`, "1000 ms");
print("memory of the process", `${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`, "");

head(
  `of ${activities.toLocaleString("en")} activities`,
  "median",
  "goal",
  "processors",
  "event loop held",
  "the first time",
);
const narrow = { namespace: ["ns-17"], not: { verb: ["get"] } };
for (const [name, filter] of [
  ["all", {}],
  ["by namespace and not verb", narrow],
  ["24 h + namespace + user + verb", { ...day, namespace: ["ns-0"], user: [user], verb: ["get"] }],
  ["rare user + delete", { user: ["system:serviceaccount:ns-290:app-1790"], verb: ["delete"] }],
  ["nobody's", { user: ["nobody"] }],
] as const)
  await ask(`newest 100, ${name}`, () => index.activities({ ...filter, limit: 100 }), "20 ms");
for (const [name, text] of [
  ["a name", "OBJECT-777"],
  ["part of many", "app-1"],
  ["one that nothing holds", "nowhere to be found"],
  ["part of an address", "pods/object-1999"],
] as const) {
  await ask(`text, ${name}: newest 100`, () => index.activities({ text, limit: 100 }), "200 ms");
  await ask(`text, ${name}: count`, () => index.count({ list: "activities", filter: { text } }), "200 ms");
}
let texts = 0;
await ask("text, another one each time: newest 100", () =>
  index.activities({ text: `none such ${texts++}`, limit: 100 }),
);
for (const [name, filter] of [
  ["all", {}],
  ["by namespace and not verb", narrow],
  ["by user", { user: [user] }],
  ["24 h", day],
  ["by text", { text: "app-1" }],
] as const)
  await ask(`bars, ${name}`, () => index.histogram({ list: "activities", filter }, 80), "50 ms");
for (const facet of activityFacets)
  await ask(
    `facet ${facet}, by namespace and not verb`,
    () => index.facets({ list: "activities", filter: narrow }, [{ facet, limit: 10 }]),
    "100 ms",
  );
for (const facet of ["user", "name"] as const)
  await ask(`facet ${facet}, all`, () => index.facets(everything, [{ facet, limit: 10 }]), "100 ms");
const wishes = activityFacets.map((facet) => ({ facet, limit: 10 }));
await ask("all 14 facets, all", () => index.facets(everything, wishes));
await ask("all 14 facets, by namespace and not verb", () =>
  index.facets({ list: "activities", filter: narrow }, wishes),
);
await ask("count, by namespace and not verb", () => index.count({ list: "activities", filter: narrow }));
const middle = await index.activities({ limit: 1, to: new Date(last - (rows * step) / 2000).toISOString() });
await ask("a page of 100 from the middle", () => index.activities({ limit: 100, cursor: `${middle.next}` }));
await ask("one by its id", () => index.activity(middle.items[0]?.id ?? ""));
const { next: arrived } = await index.arrivals(everything, undefined, 500);
await ask("what arrived: one write", () => index.arrivals(everything, `${Number.parseInt(arrived, 10) - 1}:~`, 500));
process.stdout.write(`\nmemory of the process: ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB\n`);

head("of detections", "median", "", "processors", "event loop held", "the first time");
const found = { list: "detections", filter: {} } as Asked;
const now = new Date(last);
const triage = Array.from(
  { length: 200 },
  (_, at): Triage => ({ fingerprint: `fingerprint-${at}`, state: "resolved", at: day.from, by: "bench" }),
);
await ask("newest 100", () => index.detections({ limit: 100 }));
await ask("a text, newest 100", () => index.detections({ limit: 100, text: "OBJECT-777" }));
await ask("bars", () => index.histogram(found, 80));
await ask("all 13 facets", () =>
  index.facets(
    found,
    detectionFacets.map((facet) => ({ facet, limit: 10 })),
  ),
);
await ask("groups, 200 decided: open ones", () => index.groups({ limit: 100 }, triage, ["open"], now));
await ask("records of all rules", () => index.ruleRecords({ ...day, stretches: 24 }));

if (kept !== undefined) {
  await index.close();
  process.exit(0);
}

head("write", "activities/s", "processors an activity", "median", "99 %", "longest");
let reading = true;
const reads = (async () => {
  let count = 0;
  for (; reading; count++) await index.activities({ limit: 100, ...narrow });
  return count;
})();
await write("10,000 a transaction, a reader never resting", 100_000, 10_000);
reading = false;
process.stdout.write(`\npages read meanwhile: ${await reads}\n`);

head("retention", "took", "rows removed", "bytes left");
for (const [what, limits] of [
  ["by age: the older half", { before: new Date(last - (rows * step) / 2000) }],
  ["by size: to a third of that", { maxBytes: Math.floor((await index.bytes()) / 6) }],
] as const) {
  const from = performance.now();
  const { removedRows } = await index.retain(limits);
  print(what, `${(performance.now() - from).toFixed(0)} ms`, removedRows, await index.bytes());
}
await index.close();
rmSync(dir, { recursive: true });

/**
 * The index on rows of our own: writes, look-ups, lists, counts, memory and space. `node bench/index.ts [rows] [every]`:
 * 2,000,000 rows by default, a detection with every 50th.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Activity } from "../src/domain/activity.ts";
import { type Asked, activityFacets, detectionFacets, type Triage } from "../src/domain/asked.ts";
import { type Detection, severities } from "../src/domain/detection.ts";
import { JsonText } from "../src/domain/json-text.ts";
import { timeText } from "../src/domain/time.ts";
import { openIndex } from "../src/stores/index/index.ts";

const rows = Number(process.argv[2] ?? 2_000_000);
const every = Number(process.argv[3] ?? 50);
const dir = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
const begin = BigInt(Date.UTC(2026, 2, 1)) * 1_000_000n;

let state = 42;
function chance(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * below);
}
/** Few are seen often, many seldom. */
const rank = (below: number) => Math.min(below - 1, Math.floor(below ** (chance(1_000_000) / 1_000_000)) - 1);
const verbs = ["get", "list", "watch", "update", "patch", "create", "delete"];
const resources = ["leases", "pods", "configmaps", "secrets", "nodes", "events", "endpoints", "deployments", "roles"];

/** The nth request, 60 ms after the one before it, its event of some 1.2 kB at level Metadata. */
function activity(n: number): Activity {
  const time = timeText(begin + BigInt(n) * 60_000_000n);
  const [user, namespace] = [`system:serviceaccount:ns-${rank(300)}:app-${rank(2000)}`, `ns-${rank(300)}`];
  const [verb, resource, name] = [verbs[rank(7)] ?? "", resources[rank(9)] ?? "", `object-${chance(20_000)}`];
  const id = `${n.toString(16).padStart(8, "0")}${(chance(2 ** 30) * 7919).toString(16).padStart(24, "0")}`;
  const requestURI = `/api/v1/namespaces/${namespace}/${resource}/${name}`;
  const address = `10.0.${chance(8)}.${chance(250)}`;
  const event = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: id,
    stage: "ResponseComplete",
    requestURI,
    verb,
    user: {
      username: user,
      uid: id.slice(8, 20),
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      extra: {
        "authentication.kubernetes.io/credential-id": [`JTI=${id.slice(4)}`],
        "authentication.kubernetes.io/node-name": [`node-${chance(100)}`],
        "authentication.kubernetes.io/pod-name": [`app-${chance(2000)}-${id.slice(20, 30)}`],
      },
    },
    sourceIPs: [address],
    userAgent: `app/v1.${rank(40)} (linux/amd64) kubernetes/${chance(50)}`,
    objectRef: { resource, namespace, name, apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    annotations: {
      "authorization.k8s.io/decision": "allow",
      "authorization.k8s.io/reason": `RBAC: allowed by RoleBinding "app-${rank(2000)}/${namespace}" of Role "app" to ServiceAccount "app/${namespace}"`,
    },
  };
  return {
    id,
    time,
    lastTime: time,
    receivedAt: time,
    cluster: "prod",
    auditID: id,
    events: [{ stage: "ResponseComplete", time, detections: 0 }],
    stages: ["ResponseComplete"],
    level: "Metadata",
    user,
    groups: event.user.groups,
    impersonatedUser: null,
    verb,
    apiGroup: null,
    resource,
    subresource: null,
    namespace,
    name,
    requestURI,
    sourceIPs: [address],
    userAgent: event.userAgent,
    code: 200,
    reason: null,
    decision: "allow",
    dryRun: false,
    latencyMicros: 1200,
    detections: 0,
    actor: user.startsWith("system:") ? "machine" : "human",
    outcome: "done",
    uncounted: [],
    event: new JsonText(JSON.stringify(event)),
  };
}

function detection(of: Activity): Detection {
  return {
    id: of.id,
    time: of.time,
    receivedAt: of.receivedAt,
    cluster: of.cluster,
    rule: `Rule ${rank(100)}`,
    priority: "Warning",
    source: "k8s_audit",
    output: `something was done (user=${of.user} resource=${of.resource} name=${of.name} ns=${of.namespace})`,
    fields: { "ka.user.name": of.user, "ka.target.resource": of.resource, "ka.target.namespace": of.namespace },
    tags: ["k8s"],
    auditID: of.auditID,
    stage: "ResponseComplete",
    user: of.user,
    verb: of.verb,
    namespace: of.namespace,
    resource: of.resource,
    name: of.name,
    sourceIP: of.sourceIPs.at(-1) ?? null,
    userAgent: of.userAgent,
    policy: "Suspicious K8s Activity",
    policies: ["Suspicious K8s Activity"],
    severity: severities[rank(8)] ?? 4,
    muted: false,
    fingerprint: `fingerprint-${rank(5000)}`,
    activity: of.id,
  };
}

const index = await openIndex({ dir });
let [written, position, generating] = [0, 0, 0];

/** Writes so many rows in transactions of so many; answers milliseconds of each. */
async function write(count: number, size: number): Promise<number[]> {
  const times: number[] = [];
  for (const end = written + count; written < end; ) {
    const began = performance.now();
    const activities = Array.from({ length: Math.min(size, end - written) }, () => activity(written++));
    const detections = activities.filter((_, at) => at % every === 0).map(detection);
    const ready = performance.now();
    generating += ready - began;
    await index.write({ position: ++position, activities, detections, quarantined: [] });
    times.push(performance.now() - ready);
  }
  return times;
}

function tell(what: string, count: number, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const sum = times.reduce((all, time) => all + time, 0);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(1);
  const rate = Math.round((count / sum) * 1000).toLocaleString("en");
  console.log(
    `${what.padEnd(48)} ${rate.padStart(9)} rows/s   median ${at(0.5)} ms   p99 ${at(0.99)} ms   max ${at(1)} ms`,
  );
}

async function ask(what: string, query: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  let found = "";
  const held = monitorEventLoopDelay({ resolution: 1 });
  held.enable();
  for (let run = 0; run < 7; run++) {
    const began = performance.now();
    const answer = await query();
    times.push(performance.now() - began);
    const items = Object(answer).items;
    found = Array.isArray(items) ? `${items.length} items` : "";
  }
  held.disable();
  times.sort((a, b) => a - b);
  const [median, longest] = [times[3] ?? 0, held.max / 1e6];
  console.log(
    `${what.padEnd(48)} ${median.toFixed(1).padStart(9)} ms   event loop held ${longest.toFixed(0)} ms at most   ${found}`,
  );
}

/** What the pages ask of a list beside its pages. */
async function askAll(list: Asked["list"], range: { readonly from?: string; readonly to?: string }, of: string) {
  const asked = { list, filter: range } as Asked;
  const narrow = { list, filter: { ...range, namespace: ["ns-17"], not: { verb: ["get"] } } } as Asked;
  const facets = list === "detections" ? detectionFacets : activityFacets;
  const wishes = facets.map((facet) => ({ facet, limit: 10 }));
  const page = (filter: object) =>
    list === "detections"
      ? index.detections({ ...filter, limit: 100 })
      : index.activities({ ...filter, limit: 100, withoutEvents: true });
  await ask(`${list}, ${of}: newest 100`, () => page(asked.filter));
  await ask(`${list}, ${of}: newest 100 by filter`, () => page(narrow.filter));
  await ask(`${list}, ${of}: text, newest 100`, () => page({ ...range, text: "OBJECT-777" }));
  await ask(`${list}, ${of}: text, no hit`, () => page({ ...range, text: "nowhere to be found" }));
  await ask(`${list}, ${of}: count`, () => index.count(asked));
  await ask(`${list}, ${of}: histogram`, () => index.histogram(asked, 80));
  await ask(`${list}, ${of}: histogram by filter`, () => index.histogram(narrow, 80));
  await ask(`${list}, ${of}: one facet`, () => index.facets(asked, wishes.slice(6, 7)));
  await ask(`${list}, ${of}: all ${facets.length} facets`, () => index.facets(asked, wishes));
  await ask(`${list}, ${of}: all ${facets.length} facets by filter`, () => index.facets(narrow, wishes));
}

async function size(what: string): Promise<void> {
  const files = readdirSync(dir).map((name) => `${name} ${(statSync(join(dir, name)).size / 1e6).toFixed(0)} MB`);
  const { activities } = await index.counts();
  const rss = (process.memoryUsage.rss() / 1e6).toFixed(0);
  console.log(`${what.padEnd(48)} ${activities.toLocaleString("en")} activities: ${files.join(", ")}; RSS ${rss} MB`);
}

const small = Math.min(100_000, rows / 10);
tell("write, 400 rows a transaction, empty index", small, await write(small, 400));
const large = rows - 2 * small;
tell("write, 10,000 rows a transaction", large, await write(large, 10_000));
tell("write, 400 rows a transaction, full index", small, await write(small, 400));
console.log(
  `${"(making the rows themselves)".padEnd(48)} ${Math.round((rows / generating) * 1000)
    .toLocaleString("en")
    .padStart(9)} rows/s`,
);
await size("full");

const last = Number(begin / 1_000_000n) + rows * 60;
const day = { from: new Date(last - 86_400_000).toISOString(), to: new Date(last).toISOString() };
const user = "system:serviceaccount:ns-0:app-0";
await ask("newest 100", () => index.activities({ limit: 100 }));
await ask("24 h + namespace + user + verb, newest 100", () =>
  index.activities({ limit: 100, ...day, namespace: ["ns-0"], user: [user], verb: ["get"] }),
);
await ask("whole range, namespace, newest 100", () => index.activities({ limit: 100, namespace: ["ns-17"] }));
await ask("rare user + delete, all", () =>
  index.activities({ limit: 100, user: ["system:serviceaccount:ns-290:app-1900"], verb: ["delete"] }),
);
await ask("no hit at all", () => index.activities({ limit: 100, user: ["nobody"] }));
await ask("newest 1000", () => index.activities({ limit: 1000 }));
await ask("newest 100 detections of a rule", () => index.detections({ limit: 100, rule: ["Rule 3"] }));
const middle = await index.activities({ limit: 1, to: new Date(last - rows * 30).toISOString() });
await ask("page of 100 from the middle", () => index.activities({ limit: 100, cursor: `${middle.next}` }));

for (const [range, of] of [
  [{}, "all"],
  [day, "24 h"],
] as const) {
  await askAll("activities", range, of);
  await askAll("detections", range, of);
}
const now = new Date(last);
const triage = Array.from(
  { length: 200 },
  (_, at): Triage => ({ fingerprint: `fingerprint-${at}`, state: "resolved", at: day.from, by: "bench" }),
);
await ask("groups, all: the first 100", () => index.groups({ limit: 100 }, [], undefined, now));
await ask("groups, all, 200 decided: open ones", () => index.groups({ limit: 100 }, triage, ["open"], now));
await ask("groups, 24 h: the first 100", () => index.groups({ ...day, limit: 100 }, triage, undefined, now));
await ask("records of all rules", () => index.ruleRecords({ ...day, stretches: 24 }));
const one = (await index.detections({ limit: 1, to: new Date(last - rows * 30).toISOString() })).items[0];
await ask("one detection", () => index.detection(one?.id ?? ""));
await ask("one activity", () => index.activity(one?.activity ?? ""));
const { next: arrived } = await index.arrivals({ list: "activities", filter: {} }, undefined, 500);
await ask("what arrived: nothing", () => index.arrivals({ list: "activities", filter: {} }, arrived, 500));
await ask("what arrived: one write", () =>
  index.arrivals({ list: "activities", filter: {} }, `${Number.parseInt(arrived, 10) - 1}:~`, 500),
);

let reading = true;
const reads = (async () => {
  let count = 0;
  for (; reading; count++) await index.activities({ limit: 100, namespace: ["ns-17"] });
  return count;
})();
tell("write, 10,000 rows, a reader never resting", 100_000, await write(100_000, 10_000));
reading = false;
console.log(`${"  pages read meanwhile".padEnd(48)} ${String(await reads).padStart(9)}`);

for (const [what, limits] of [
  ["retention by age: the older half", { before: new Date(last - rows * 30) }],
  ["retention by size: to a third of that", { maxBytes: Math.floor((await index.bytes()) / 6) }],
] as const) {
  const from = performance.now();
  const { removedRows } = await index.retain(limits);
  console.log(
    `${what.padEnd(48)} ${(performance.now() - from).toFixed(0).padStart(9)} ms   ${removedRows} rows removed`,
  );
  await size("");
}
const closing = performance.now();
await index.close();
const opening = performance.now();
await (await openIndex({ dir })).close();
console.log(
  `${"close; open and close".padEnd(48)} ${(opening - closing).toFixed(0).padStart(9)} ms; ${(performance.now() - opening).toFixed(0)} ms`,
);
rmSync(dir, { recursive: true });

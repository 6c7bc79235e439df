/**
 * How fast the main job is, as ratios to `JSON.parse` of the same bytes in the same run: `npm run bench [ROUNDS]`.
 * Absolute figures depend on the machine and the minute; read the ratios. Workloads come from ../shared/bench.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readShippedPolicies } from "../src/cli/policy-files.ts";
import type { AuditEvent } from "../src/domain/audit-event.ts";
import { decode } from "../src/domain/decode.ts";
import { redactEvent } from "../src/domain/redact.ts";
import { silence } from "../src/domain/signals.ts";
import type { Entry } from "../src/domain/store.ts";
import { load, type RuleSet } from "../src/engine/index.ts";
import { fieldCatalogue } from "../src/fields/index.ts";
import { gathered, judge } from "../src/pipeline/judge.ts";
import { decider } from "../src/policies/index.ts";
import { openIndex } from "../src/stores/index/index.ts";
import { openFileJournal } from "../src/stores/journal/index.ts";
import { manyRules } from "./rules.ts";

const rounds = Number(process.argv[2] ?? 7);
const batchEvents = 400;
const generator = resolve("../shared/bench/audit-events.mjs");
const officialRules = join(
  process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance",
  "falco/rules/k8s_audit_rules.yaml",
);
for (const needed of [generator, officialRules]) {
  if (existsSync(needed)) continue;
  process.stderr.write(`bench: ${needed} is missing; the workloads are kept beside the repository\n`);
  process.exit(2);
}
const { make } = (await import(pathToFileURL(generator).href)) as {
  make: (seed: number) => { one: (mix: string) => unknown };
};

/** Batches as an API server posts them, `batches` of 400 events. */
function workload(mix: string, batches: number): readonly Uint8Array[] {
  const { one } = make(42);
  return Array.from({ length: batches }, () => {
    const items = Array.from({ length: batchEvents }, () => one(mix));
    return new TextEncoder().encode(
      JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items }),
    );
  });
}

function rules(text: string): RuleSet<AuditEvent> {
  const world = { sources: new Map([["k8s_audit", fieldCatalogue({ falcoCompat: false })]]), matching: "all" as const };
  const { diagnostics, ruleSet } = load([{ name: "bench.yaml", text }], world);
  if (diagnostics.length > 0) throw new Error(`${diagnostics[0]?.message}`);
  return ruleSet;
}

type Subject = (bodies: readonly Uint8Array[]) => unknown | Promise<unknown>;

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);

function parsed(bodies: readonly Uint8Array[]): void {
  for (const body of bodies) JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
}

function decoded(bodies: readonly Uint8Array[]): void {
  for (const body of bodies) for (const _ of decode(body));
}

function judged(ruleSet: RuleSet<AuditEvent>): Subject {
  return (bodies) => {
    let num = 0n;
    for (const body of bodies) {
      for (const part of decode(body)) {
        if (part.kind !== "event") throw new Error(`${part.kind}: the workload holds audit events alone`);
        const { event } = part;
        ruleSet.judge(event, { num: ++num, time: event.time, source: "k8s_audit", hostname: "bench" });
      }
    }
  };
}

/** Batches appended to a journal of files, as many at once as an API server has in flight; resolved when on disk. */
async function journalled(folder: string): Promise<Subject> {
  const journal = await openFileJournal({ dir: folder });
  return async (bodies) => {
    const receivedAt = new Date();
    // The journal knows a body again, so each gets a tail of its own; blanks end a payload as well as nothing does.
    const salted = bodies.map((body) =>
      Buffer.concat([body, Buffer.from(randomBytes(8).toString("hex").replace(/./g, salt))]),
    );
    await Promise.all(salted.map((body) => journal.append({ source: "bench", cluster: "bench", receivedAt, body })));
  };
}

const salt = (digit: string) =>
  Number.parseInt(digit, 16).toString(2).padStart(4, "0").replace(/0/g, " ").replace(/1/g, "\n");

/** Decode, judge, redact and write to the index: what the follower does. */
async function followed(folder: string, ruleSet: RuleSet<AuditEvent>): Promise<Subject> {
  const index = await openIndex({ dir: folder });
  let position = 0;
  const judgeEntry = judge({
    decode: (body) => decode(body),
    rules: () => ruleSet,
    redact: (event) => redactEvent(event, hash),
    hash,
    hostname: "bench",
    signals: silence,
    decide: decider(readShippedPolicies()),
    isOurs: () => false,
    matching: "all",
    now: () => Date.now(),
    clock: () => performance.now(),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
  });
  return async (bodies) => {
    const into = gathered(position);
    for (const body of bodies) {
      const entry: Entry = {
        position: ++position,
        source: "bench",
        cluster: `c${position}`,
        receivedAt: new Date(),
        body,
      };
      await judgeEntry(entry, into);
    }
    const { detections, quarantined } = into;
    await index.write({ position, activities: [...into.activities.values()], detections, quarantined });
  };
}

async function millis(subject: Subject, bodies: readonly Uint8Array[]): Promise<number> {
  const began = performance.now();
  await subject(bodies);
  return performance.now() - began;
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
try {
  const official = rules(readFileSync(officialRules, "utf8"));
  const many = rules(manyRules(500));
  const subjects: readonly (readonly [string, Subject])[] = [
    ["JSON.parse", parsed],
    ["decode", decoded],
    ["decode, judge by 48 rules", judged(official)],
    ["decode, judge by 500 rules", judged(many)],
    ["journal, durable", await journalled(join(folder, "journal"))],
    ["follow: judge by 48, redact, index", await followed(join(folder, "index"), official)],
  ];
  process.stdout.write("| workload | what | events/s | MB/s | to JSON.parse |\n|---|---|---|---|---|\n");
  for (const [mix, batches] of [
    ["mix", 10],
    ["meta", 10],
    ["heavy", 2],
  ] as const) {
    const bodies = workload(mix, batches);
    const megabytes = bodies.reduce((sum, body) => sum + body.length, 0) / 1e6;
    const events = batches * batchEvents;
    const times = subjects.map((): number[] => []);
    for (const [, subject] of subjects) await subject(bodies);
    for (let round = 0; round < rounds; round++) {
      for (const [at, [, subject]] of subjects.entries()) times[at]!.push(await millis(subject, bodies));
    }
    for (const [at, [name]] of subjects.entries()) {
      const each = median(times[at]!);
      const ratio = median(times[at]!.map((time, round) => times[0]![round]! / time));
      const cells = [
        mix,
        name,
        Math.round((events / each) * 1000),
        ((megabytes / each) * 1000).toFixed(0),
        ratio.toFixed(2),
      ];
      process.stdout.write(`| ${cells.join(" | ")} |\n`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

/**
 * How fast the main job is, as ratios to `JSON.parse` of the same bytes in the same run: `npm run bench [ROUNDS]`.
 * Absolute figures depend on the machine and the minute; read the ratios. Workloads come from ../shared/bench.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readShippedPolicies } from "../src/cli/policy-files.ts";
import type { AuditEvent } from "../src/domain/audit-event.ts";
import { decode } from "../src/domain/decode.ts";
import { redactEvent } from "../src/domain/redact.ts";
import { silence } from "../src/domain/signals.ts";
import type { Entry } from "../src/domain/store.ts";
import type { RuleSet } from "../src/engine/index.ts";
import { gathered, judge } from "../src/pipeline/judge.ts";
import { decider } from "../src/policies/index.ts";
import { openIndex } from "../src/stores/index/index.ts";
import { openFileJournal } from "../src/stores/journal/index.ts";
import { engineTable } from "./engine.ts";
import { receiveTable } from "./receive.ts";
import {
  batchEvents,
  median,
  mixes,
  officialRules,
  parsed,
  ratio,
  rules,
  type Subject,
  takeTurns,
  workload,
} from "./workload.ts";

const rounds = Number(process.argv[2] ?? 7);

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);

function decoded(bodies: readonly Uint8Array[]): void {
  for (const body of bodies) for (const _ of decode(body));
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

await engineTable(rounds);
process.stdout.write("\n");
await receiveTable(rounds);
process.stdout.write("\n");
const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
try {
  const official = rules(officialRules());
  const subjects: readonly (readonly [string, Subject])[] = [
    ["JSON.parse", parsed],
    ["decode", decoded],
    ["journal, durable", await journalled(join(folder, "journal"))],
    ["follow: judge by 48, redact, index", await followed(join(folder, "index"), official)],
  ];
  process.stdout.write("| workload | what | events/s | MB/s | to JSON.parse |\n|---|---|---|---|---|\n");
  for (const [mix, batches] of mixes) {
    const bodies = workload(mix, batches);
    const megabytes = bodies.reduce((sum, body) => sum + body.length, 0) / 1e6;
    const events = batches * batchEvents;
    const times = await takeTurns(
      subjects.map(([, subject]) => subject),
      bodies,
      rounds,
    );
    for (const [at, [name]] of subjects.entries()) {
      const each = median(times[at]!);
      const rate = [Math.round((events / each) * 1000), ((megabytes / each) * 1000).toFixed(0)];
      process.stdout.write(`| ${[mix, name, ...rate, ratio(times[0]!, times[at]!).toFixed(2)].join(" | ")} |\n`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

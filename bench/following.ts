/**
 * The follower alone: a journal of batches judged by 500 rules into an index, beside `JSON.parse` of the same bytes:
 * `node bench/following.ts [BATCHES] [ROUNDS]`. Microseconds of the processor, of all threads together, are compared, since
 * those hold while others use the machine as well.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prometheusSignals } from "../src/api/metrics.ts";
import { judging } from "../src/cli/judging.ts";
import { readShippedPolicies } from "../src/cli/policy-files.ts";
import { rejudge } from "../src/pipeline/follower.ts";
import { decider } from "../src/policies/index.ts";
import { openIndex } from "../src/stores/index/index.ts";
import { openFileJournal } from "../src/stores/journal/index.ts";
import { fresh } from "./fresh.ts";
import { manyRules } from "./rules.ts";
import { batchEvents, median, parsed, rules, workload } from "./workload.ts";

async function followingTable(batches: number, rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
  const journal = await openFileJournal({ dir: folder });
  const bodies = workload("mix", batches);
  for (const [nth, body] of bodies.entries())
    await journal.append({ source: "bench", cluster: "bench", receivedAt: new Date(), body: fresh(body, nth) });
  const ruleSet = rules(manyRules(500));
  const signals = prometheusSignals();
  const kept = new Map<string, string>();
  const judge = await judging({
    state: {
      get: async (key: string) => kept.get(key),
      set: async (key: string, value: string) => void kept.set(key, value),
    },
    rules: () => ruleSet,
    hostname: "bench",
    signals,
    decide: decider(readShippedPolicies()),
    matching: "all",
    clusterIds: new Map(),
  });
  const times: [number[], number[]] = [[], []];
  let counts = { activities: 0, detections: 0 };
  let size = 0;
  try {
    for (let round = -1; round < rounds; round++) {
      const index = await openIndex({ dir: join(folder, "index"), fresh: true });
      const world = { journal, index, judge, signals, log: () => {}, now: () => new Date(), pause: async () => {} };
      const began = process.cpuUsage();
      parsed(bodies);
      const between = process.cpuUsage();
      await rejudge(world);
      const ended = process.cpuUsage(between);
      const took = process.cpuUsage(began);
      counts = await index.counts();
      size = await index.bytes();
      await index.close();
      if (round < 0) continue;
      times[0].push(took.user + took.system - ended.user - ended.system);
      times[1].push(ended.user + ended.system);
    }
    const events = batches * batchEvents;
    process.stdout.write(
      `| ${events} events of \`mix\`, ${counts.detections} detections, ${Math.round(size / events)} bytes an event | µs an event | to JSON.parse |\n|---|---|---|\n`,
    );
    for (const [at, name] of ["JSON.parse", "followed by 500 rules, indexed"].entries())
      process.stdout.write(
        `| ${name} | ${(median(times[at]!) / events).toFixed(1)} | ${(median(times[0]) / median(times[at]!)).toFixed(2)} |\n`,
      );
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  await followingTable(Number(process.argv[2] ?? 60), Number(process.argv[3] ?? 3));
  process.exit(0);
}

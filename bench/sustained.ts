/**
 * What is sustained to the end: over HTTP, kept, judged by 500 rules, activities and detections in the index, beside a server
 * that parses and drops. `node bench/sustained.ts [ROUNDS]`. The built `tiercel serve` is asked how far its index is.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, stopped, tiercel } from "./command.ts";
import { atLeast, type Goal } from "./goals.ts";
import { bare } from "./ingest.ts";
import { startLoad } from "./load.ts";
import { manyRules } from "./rules.ts";
import { batchEvents, median, ratio } from "./workload.ts";

const connections = 4;
/** Batches a round: more than fits into what is gathered for one transaction. */
const batches = 60;
/** How often the index is looked at: telling its metrics takes a server some milliseconds. */
const lookMillis = 50;

export async function sustainedTable(rounds: number): Promise<readonly Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
  const load = await startLoad("mix");
  const parsing = await bare((body) => JSON.parse(body.toString()));
  const rules = join(folder, "rules.yaml");
  writeFileSync(rules, manyRules(500));
  const [port, listen] = [await freePort(), await freePort()];
  const args = ["-r", rules, "--data", join(folder, "data"), "--rule-matching", "all"];
  const server = tiercel(["serve", ...args, "--ingest", `127.0.0.1:${port}`, "--listen", `127.0.0.1:${listen}`]);
  const metrics = `http://127.0.0.1:${listen}/metrics`;
  try {
    while ((await indexed(metrics)) === undefined) {
      if (server.exitCode !== null) throw new Error(`tiercel serve ended with ${server.exitCode}`);
      await pause(100);
    }
    let sent = 0;
    const times: [number[], number[]] = [[], []];
    for (let round = -1; round < rounds; round++) {
      const { millis } = await load.send({ port: parsing.port, batches, connections });
      const began = performance.now();
      await load.send({ port, batches, connections });
      sent += batches;
      while (((await indexed(metrics)) ?? 0) < sent) await pause(lookMillis);
      if (round < 0) continue;
      times[0].push(millis);
      times[1].push(performance.now() - began);
    }
    process.stdout.write("| over HTTP, to the end, `mix` | events/s | to JSON.parse, dropped |\n|---|---|---|\n");
    for (const [at, name] of ["JSON.parse, dropped", "tiercel serve, 500 rules, indexed"].entries()) {
      const rate = Math.round((batches * batchEvents * 1000) / median(times[at]!));
      process.stdout.write(`| ${[name, rate, ratio(times[0], times[at]!).toFixed(2)].join(" | ")} |\n`);
    }
    return [atLeast("5", "the same with the index, sustained, to parsed and dropped", 0.7, ratio(times[0], times[1]))];
  } finally {
    load.stop();
    await stopped(server);
    await parsing.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How far the index is; undefined while nobody answers. */
async function indexed(metrics: string): Promise<number | undefined> {
  try {
    const [, position] = /^tiercel_index_position(?:\{.*\})? (\S+)$/m.exec(await (await fetch(metrics)).text()) ?? [];
    return position === undefined ? undefined : Number(position);
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  await sustainedTable(Number(process.argv[2] ?? 3));
  process.exit(0);
}

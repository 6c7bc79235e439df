/**
 * How much more two workers judge than one, each with an engine of its own, batches handed over without copying them twice:
 * `node bench/workers.ts [ROUNDS]`.
 */
import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { aboutEvent } from "../src/engine/audit-world.ts";
import { manyRules } from "./rules.ts";
import { batchEvents, engines, median, workload } from "./workload.ts";

/** Batches on their way to a worker at once. */
const inFlight = 4;

if (!isMainThread) {
  const { fast } = engines(manyRules(500));
  let num = 0n;
  parentPort!.on("message", (body: Uint8Array) => {
    let matches = 0;
    fast.judgeBody(body, { about: (event) => aboutEvent(event, ++num, "bench", 0n) }, (_, matched) => {
      matches += matched.length;
    });
    parentPort!.postMessage(matches);
  });
  parentPort!.postMessage("ready");
}

/** Milliseconds until so many workers have judged all bodies. */
async function judgedBy(workers: readonly Worker[], bodies: readonly Uint8Array[]): Promise<number> {
  const began = performance.now();
  let next = 0;
  const send = (worker: Worker): boolean => {
    const body = bodies[next++];
    if (body === undefined) return false;
    const copy = body.slice();
    worker.postMessage(copy, [copy.buffer]);
    return true;
  };
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve) => {
          let waiting = 0;
          const answered = () => {
            if (send(worker) || --waiting > 0) return;
            worker.off("message", answered);
            resolve();
          };
          worker.on("message", answered);
          while (waiting < inFlight && send(worker)) waiting++;
        }),
    ),
  );
  return performance.now() - began;
}

export async function workerTable(rounds: number): Promise<void> {
  const workers = [0, 1].map(() => new Worker(new URL(import.meta.url)));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const bodies = [...workload("mix", 10), ...workload("mix", 10), ...workload("mix", 10), ...workload("mix", 10)];
  const times: [number[], number[]] = [[], []];
  for (let round = -2; round < rounds; round++)
    for (const count of [1, 2] as const) {
      const time = await judgedBy(workers.slice(0, count), bodies);
      if (round >= 0) times[count - 1]!.push(time);
    }
  await Promise.all(workers.map((worker) => worker.terminate()));
  const gain = median(times[0].map((time, round) => time / times[1][round]!));
  process.stdout.write(
    "| 500 rules, `mix`, bodies transferred | events/s | to one worker | goal |\n|---|---|---|---|\n",
  );
  for (const [at, name] of ["one worker", "two workers"].entries()) {
    const rate = Math.round((bodies.length * batchEvents * 1000) / median(times[at]!));
    process.stdout.write(`| ${name} | ${rate} | ${at === 0 ? "1.00 | " : `${gain.toFixed(2)} | 1.8`} |\n`);
  }
}

if (isMainThread && import.meta.main) {
  await workerTable(Number(process.argv[2] ?? 7));
  process.exit(0);
}

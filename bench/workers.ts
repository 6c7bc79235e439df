/**
 * How much more two workers judge than one, each with an engine of its own; batches are handed over and back without a copy, so
 * that the thread between them costs little: `node bench/workers.ts [ROUNDS]`.
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
  parentPort!.on("message", (body: Uint8Array<ArrayBuffer>) => {
    let matches = 0;
    fast.judgeBody(body, { about: (event) => aboutEvent(event, ++num, "bench", 0n) }, (_, matched) => {
      matches += matched.length;
    });
    if (matches === 0) throw new Error("none of 500 rules matched a whole batch");
    parentPort!.postMessage(body, [body.buffer]);
  });
  parentPort!.postMessage("ready");
}

type Body = Uint8Array<ArrayBuffer>;

/** Milliseconds until so many workers have judged all bodies, which stand in the list again then. */
async function judgedBy(workers: readonly Worker[], bodies: Body[]): Promise<number> {
  const began = performance.now();
  const judged: Body[] = [];
  const send = (worker: Worker): boolean => {
    const body = bodies.pop();
    if (body === undefined) return false;
    worker.postMessage(body, [body.buffer]);
    return true;
  };
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve) => {
          let waiting = 0;
          const answered = (body: Body) => {
            judged.push(body);
            if (send(worker) || --waiting > 0) return;
            worker.off("message", answered);
            resolve();
          };
          worker.on("message", answered);
          while (waiting < inFlight && send(worker)) waiting++;
        }),
    ),
  );
  const took = performance.now() - began;
  bodies.push(...judged);
  return took;
}

export async function workerTable(rounds: number): Promise<void> {
  const workers = [0, 1].map(() => new Worker(new URL(import.meta.url)));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const ten = workload("mix", 10);
  const bodies = Array.from({ length: 80 }, (_, at): Body => Uint8Array.from(ten[at % ten.length]!));
  const times: [number[], number[]] = [[], []];
  for (let round = -5; round < rounds; round++)
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

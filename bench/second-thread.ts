/** Batches kept durably and judged by 500 rules, by one thread and by two: `node bench/second-thread.ts [ROUNDS]`. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { openFileJournal } from "../src/stores/journal/index.ts";
import { fast } from "./engine.ts";
import { fresh } from "./fresh.ts";
import { atLeast, type Goal } from "./goals.ts";
import { manyRules } from "./rules.ts";
import { batchEvents, engines, median, ratio, workload } from "./workload.ts";

const batches = 80;
/** Batches that are on their way at once. */
const atOnce = 8;

/** A thread that judges by 500 rules. */
export interface JudgeThread {
  /** Resolves when the body, which is handed over, has been judged. */
  judge(body: Uint8Array<ArrayBuffer>): Promise<void>;
  stop(): Promise<void>;
}

export async function startJudge(): Promise<JudgeThread> {
  const worker = new Worker(fileURLToPath(import.meta.url));
  await once(worker, "message");
  const waiting: (() => void)[] = [];
  worker.on("message", () => waiting.shift()?.());
  return {
    judge(body) {
      worker.postMessage(body, [body.buffer]);
      return new Promise((resolve) => waiting.push(resolve));
    },
    stop: async () => void (await worker.terminate()),
  };
}

export async function secondThreadTable(rounds: number): Promise<readonly Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
  const journal = await openFileJournal({ dir: folder });
  const elsewhere = await startJudge();
  const judge = fast(engines(manyRules(500)));
  const bodies = workload("mix", 10);
  let nth = 0;
  const kept = (body: Uint8Array) =>
    journal.append({ source: "bench", cluster: "bench", receivedAt: new Date(), body });
  const subjects = [
    async (body: Buffer<ArrayBuffer>) => {
      const safe = kept(body);
      // The write is under way when the rules are asked.
      await setImmediate();
      judge([body]);
      await safe;
    },
    async (body: Buffer<ArrayBuffer>) => {
      await kept(body);
      await elsewhere.judge(body);
    },
  ] as const;
  try {
    const times = subjects.map((): number[] => []);
    for (let round = -1; round < rounds; round++)
      for (const [at, subject] of subjects.entries()) {
        const began = performance.now();
        let left = batches;
        const sender = async () => {
          while (left-- > 0) await subject(fresh(bodies[left % bodies.length]!, nth++));
        };
        await Promise.all(Array.from({ length: atOnce }, sender));
        if (round >= 0) times[at]!.push(performance.now() - began);
      }
    process.stdout.write("| kept durably and judged by 500 rules, `mix` | events/s | to one thread |\n|---|---|---|\n");
    for (const [at, name] of ["one thread", "a second one judges"].entries())
      process.stdout.write(
        `| ${[name, Math.round((batches * batchEvents * 1000) / median(times[at]!)), ratio(times[0]!, times[at]!).toFixed(2)].join(" | ")} |\n`,
      );
    return [atLeast("6", "kept durably and judged by two threads, to one", 1.4, ratio(times[0]!, times[1]!))];
  } finally {
    await elsewhere.stop();
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!isMainThread && parentPort !== null) {
  const judge = fast(engines(manyRules(500)));
  const port = parentPort;
  port.on("message", (body: Uint8Array) => {
    judge([body]);
    port.postMessage("judged");
  });
  port.postMessage("ready");
} else if (import.meta.main) {
  await secondThreadTable(Number(process.argv[2] ?? 7));
  process.exit(0);
}

/** Batches kept durably and judged by 500 rules, by one thread and by two: `node bench/second-thread.ts [ROUNDS]`. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { free } from "../src/domain/freed.ts";
import { openFileJournal } from "../src/stores/journal/index.ts";
import { fast } from "./engine.ts";
import { fresh } from "./fresh.ts";
import { atLeast, type Goal } from "./goals.ts";
import { manyRules } from "./rules.ts";
import { batchEvents, engines, median, ratio, workload } from "./workload.ts";

/** Batches a round: more than two segments of the journal hold, so that what sealing costs falls into its own round. */
const batches = 160;
/** Batches that are on their way at once. */
const atOnce = 8;

/** A thread that judges by 500 rules. */
export interface JudgeThread {
  /** Resolves when a copy of the body has been judged there: `tiercel serve` reads the journal's file instead. */
  judge(body: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

export async function startJudge(): Promise<JudgeThread> {
  const worker = new Worker(fileURLToPath(import.meta.url));
  await once(worker, "message");
  const waiting: (() => void)[] = [];
  worker.on("message", () => waiting.shift()?.());
  return {
    judge(body) {
      const copy = new Uint8Array(body);
      worker.postMessage(copy, [copy.buffer]);
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
  // As a source has it: lent again and again.
  const memories = Array.from({ length: atOnce }, () =>
    Buffer.allocUnsafeSlow(Math.max(...bodies.map(({ length }) => length))),
  );
  const kept = (body: Uint8Array) =>
    journal.append({ source: "bench", cluster: "bench", receivedAt: new Date(), body });
  const subjects = [
    // Nobody judges faster than this: it is the disk's time, and that of who compresses.
    async (body: Uint8Array) => void (await kept(body)),
    async (body: Uint8Array) => {
      const safe = kept(body);
      // The write is under way when the rules are asked.
      await setImmediate();
      judge([body]);
      await safe;
    },
    async (body: Uint8Array) => {
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
        const sender = async (memory: Buffer<ArrayBuffer>) => {
          while (left-- > 0) await subject(fresh(bodies[left % bodies.length]!, nth++, memory));
        };
        await Promise.all(memories.map(sender));
        if (round >= 0) times[at]!.push(performance.now() - began);
        await journal.retain({ upTo: 0 });
      }
    const [, one, two] = times as [number[], number[], number[]];
    process.stdout.write("| kept durably and judged by 500 rules, `mix` | events/s | to one thread |\n|---|---|---|\n");
    for (const [at, name] of ["kept, and not judged", "one thread", "a second one judges"].entries())
      process.stdout.write(
        `| ${[name, Math.round((batches * batchEvents * 1000) / median(times[at]!)), ratio(one, times[at]!).toFixed(2)].join(" | ")} |\n`,
      );
    return [atLeast("6", "kept durably and judged by two threads, to one", 1.4, ratio(one, two))];
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
    free(body);
    port.postMessage("judged");
  });
  port.postMessage("ready");
} else if (import.meta.main) {
  await secondThreadTable(Number(process.argv[2] ?? 7));
  process.exit(0);
}

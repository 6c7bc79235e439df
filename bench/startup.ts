/** From the built command to the first acknowledged batch: `node bench/startup.ts [ROUNDS]`. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, stopped, tiercel } from "./command.ts";
import { atMost, type Goal } from "./goals.ts";
import { median } from "./workload.ts";

/** Asked so often whether somebody listens yet. */
const pollMillis = 5;
const batch = JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items: [] });

export async function startupTable(rounds: number): Promise<readonly Goal[]> {
  const fresh: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
    try {
      fresh.push(await started(folder));
      again.push(await started(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  process.stdout.write("| from `tiercel serve` to the first acknowledged batch | ms |\n|---|---|\n");
  process.stdout.write(`| a new data folder | ${Math.round(median(fresh))} |\n`);
  process.stdout.write(`| a data folder of before | ${Math.round(median(again))} |\n`);
  return [
    atMost("10", "from `tiercel serve` to the first acknowledged batch", 1, median([...fresh, ...again]) / 1000, " s"),
  ];
}

/** Milliseconds; the server is stopped again. */
async function started(folder: string): Promise<number> {
  const [ingest, listen] = [await freePort(), await freePort()];
  const began = performance.now();
  const args = ["serve", "--data", folder, "--ingest", `127.0.0.1:${ingest}`, "--listen", `127.0.0.1:${listen}`];
  const child = tiercel(args);
  try {
    while (!(await acknowledged(ingest))) {
      if (child.exitCode !== null) throw new Error(`tiercel serve ended with ${child.exitCode}`);
      await pause(pollMillis);
    }
    return performance.now() - began;
  } finally {
    await stopped(child);
  }
}

async function acknowledged(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1" });
  const { promise, resolve: settle } = Promise.withResolvers<boolean>();
  socket.on("error", () => settle(false)).on("close", () => settle(false));
  socket.on("data", (answer) => settle(answer.toString("latin1").startsWith("HTTP/1.1 200")));
  socket.on("connect", () =>
    socket.write(`POST /k8s_audit HTTP/1.1\r\nhost: bench\r\ncontent-length: ${batch.length}\r\n\r\n${batch}`),
  );
  const answered = await promise;
  socket.destroy();
  return answered;
}

if (import.meta.main) {
  await startupTable(Number(process.argv[2] ?? 5));
  process.exit(0);
}

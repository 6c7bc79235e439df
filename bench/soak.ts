/**
 * A server for a while under a steady load: `node bench/soak.ts [MINUTES]`. Three senders together send 4,000 events a second of
 * `mix` to the built `tiercel serve`, in batches of 400. Its memory is watched, and how long acknowledgements take beside those
 * of a bare writer: a server that appends each body to one file, syncs, and answers.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort, memoryOf, stopped, tiercel } from "./command.ts";
import { atMost, type Goal } from "./goals.ts";
import { startLoad } from "./load.ts";
import { batchEvents } from "./workload.ts";

const senders = 3;
const eventsPerSecond = 4000;
const everyMillis = (1000 * senders * batchEvents) / eventsPerSecond;
/** DuckDB may hold 512 MiB (`index.memory_limit_bytes`); bodies, the program and what it gathers come to less than as much. */
const boundMegabytes = 1024;

export async function soakTable(minutes: number): Promise<readonly Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
  const loads = await Promise.all(Array.from({ length: senders }, () => startLoad("mix")));
  const batches = Math.max(3, Math.round((minutes * 60_000) / everyMillis));
  const send = async (port: number) => {
    const sent = await Promise.all(loads.map((load) => load.send({ port, batches, connections: 1, everyMillis })));
    const refused = sent.reduce((sum, one) => sum + one.refused, 0);
    if (refused > 0) throw new Error(`${refused} batches were refused`);
    return sent.flatMap(({ waits }) => waits);
  };
  try {
    const bare = fork(fileURLToPath(import.meta.url), ["bare", join(folder, "bare")], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const [barePort] = (await once(bare, "message")) as [number];
    const bareWaits = await send(barePort);
    bare.kill();

    const [port, listen] = [await freePort(), await freePort()];
    const args = ["--data", join(folder, "data"), "--ingest", `127.0.0.1:${port}`, "--listen", `127.0.0.1:${listen}`];
    const server = tiercel(["serve", ...args]);
    while (!(await answers(`http://127.0.0.1:${listen}/readyz`))) await pause(50);
    const memory: number[] = [];
    const watching = setInterval(() => memory.push(memoryOf(server).now), 500);
    const waits = await send(port);
    clearInterval(watching);
    const { most } = memoryOf(server);
    const behind = await metric(`http://127.0.0.1:${listen}/metrics`, "tiercel_ingest_lag_seconds");
    await stopped(server);

    const third = Math.floor(memory.length / 3);
    const growth = mean(memory.slice(-third)) / mean(memory.slice(third, 2 * third));
    process.stdout.write(
      `| ${minutes} min of ${eventsPerSecond} events/s from ${senders} senders | acknowledged, median | 99 % | longest |\n|---|---|---|---|\n`,
    );
    for (const [name, all] of [
      ["bare durable writer", bareWaits],
      ["tiercel serve", waits],
    ] as const)
      process.stdout.write(
        `| ${[name, ...[0.5, 0.99, 1].map((share) => `${quantile(all, share).toFixed(1)} ms`)].join(" | ")} |\n`,
      );
    process.stdout.write(
      `\nmemory at most ${Math.round(most / 1e6)} MB; in the last third ${growth.toFixed(2)} times that of the second; behind at the end by ${behind ?? "?"} s\n`,
    );
    return [
      atMost(
        "8",
        `resident memory through ${minutes} min of ${eventsPerSecond} events/s`,
        boundMegabytes,
        most / 2 ** 20,
        " MiB",
      ),
      atMost(
        "8",
        "99 % of acknowledgements, to those of a bare durable writer",
        2,
        quantile(waits, 0.99) / quantile(bareWaits, 0.99),
      ),
    ];
  } finally {
    for (const load of loads) load.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const quantile = (numbers: readonly number[], share: number) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))]!;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function metric(url: string, name: string): Promise<string | undefined> {
  const text = await (await fetch(url)).text();
  return new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "m").exec(text)?.[1];
}

/** One at a time is enough here: three senders at this rate hardly ever meet. */
async function bareWriter(path: string): Promise<void> {
  const file = await open(path, "w");
  let turn: Promise<void> = Promise.resolve();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      turn = turn.then(async () => {
        await file.writev(chunks);
        await file.datasync();
        response.end();
      });
    });
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
}

if (process.argv[2] === "bare" && process.send !== undefined) await bareWriter(process.argv[3] ?? "");
else if (import.meta.main) {
  await soakTable(Number(process.argv[2] ?? 1));
  process.exit(0);
}

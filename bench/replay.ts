/**
 * A packed log judged by `tiercel replay`, beside `gunzip`: `node bench/replay.ts [MEGABYTES] [ROUNDS]`, megabytes unpacked. The
 * log is made first and removed afterwards.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { memoryOf, tiercel } from "./command.ts";
import { atLeast, atMost, type Goal } from "./goals.ts";
import { batchEvents, median, officialRules, ratio, workload } from "./workload.ts";

export async function replayTable(megabytes: number, rounds: number): Promise<readonly Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
  try {
    const [log, rules] = [join(folder, "audit.log.gz"), join(folder, "rules.yaml")];
    const events = await writeLog(log, megabytes * 1e6);
    writeFileSync(rules, officialRules());
    const peaks: number[] = [];
    const subjects: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["gunzip -c > /dev/null", () => ended(spawn("gunzip", ["-c", log], { stdio: ["ignore", "ignore", "inherit"] }))],
      ["Node's gunzip, dropped", () => dropped(log)],
      [
        "tiercel replay, the official rules",
        async () => peaks.push(await peak(tiercel(["replay", "-q", "-r", rules, log]))),
      ],
    ];
    const times = subjects.map((): number[] => []);
    for (let round = 0; round < rounds; round++)
      for (const [at, [, subject]] of subjects.entries()) {
        const began = performance.now();
        await subject();
        times[at]!.push(performance.now() - began);
      }
    const size = `${megabytes} MB, ${Math.round(statSync(log).size / 1e6)} MB packed`;
    process.stdout.write(`| a log of \`mix\`, ${size} | MB/s | events/s | to gunzip |\n|---|---|---|---|\n`);
    for (const [at, [name]] of subjects.entries()) {
      const each = median(times[at]!) / 1000;
      const row = [
        name,
        Math.round(megabytes / each),
        Math.round(events / each),
        ratio(times[0]!, times[at]!).toFixed(2),
      ];
      process.stdout.write(`| ${row.join(" | ")} |\n`);
    }
    return [
      atLeast(
        "9",
        `replay of a packed log (${megabytes} MB unpacked), to \`gunzip\` alone`,
        0.8,
        ratio(times[0]!, times[2]!),
      ),
      atMost("9", "memory of it at most, whatever the log's size", 500, Math.max(...peaks) / 1e6, " MB"),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One event a line; answers how many. */
async function writeLog(path: string, bytes: number): Promise<number> {
  const lines = workload("mix", 20).map((body) => {
    const { items } = JSON.parse(Buffer.from(body).toString()) as { items: readonly object[] };
    const text = items.map((item) => JSON.stringify({ kind: "Event", apiVersion: "audit.k8s.io/v1", ...item }));
    return Buffer.from(`${text.join("\n")}\n`);
  });
  let events = 0;
  const pieces = function* () {
    for (let at = 0, written = 0; written < bytes; at++) {
      const piece = lines[at % lines.length]!;
      written += piece.length;
      events += batchEvents;
      yield piece;
    }
  };
  await pipeline(Readable.from(pieces()), createGzip({ level: 1 }), createWriteStream(path));
  return events;
}

async function dropped(path: string): Promise<void> {
  const unpacked = createReadStream(path, { highWaterMark: 1 << 20 }).pipe(createGunzip({ chunkSize: 1 << 20 }));
  for await (const _ of unpacked);
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${code}`);
}

/** The most memory that the process ever held, in bytes. */
async function peak(child: ChildProcess): Promise<number> {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(child).most);
  }, 50);
  try {
    await ended(child);
  } finally {
    clearInterval(timer);
  }
  return most;
}

if (import.meta.main) {
  await replayTable(Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 3));
  process.exit(0);
}

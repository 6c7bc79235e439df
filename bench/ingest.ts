/**
 * Batches over HTTP, sent by another process: what is received, kept and judged, beside a server that drops what comes.
 * `node bench/ingest.ts [ROUNDS]`. All servers take turns; read the ratios.
 */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Batch } from "../src/domain/batch.ts";
import { silence } from "../src/domain/signals.ts";
import { webhook } from "../src/sources/index.ts";
import { openFileJournal } from "../src/stores/journal/index.ts";
import { fast } from "./engine.ts";
import { atLeast, type Goal } from "./goals.ts";
import { startLoad } from "./load.ts";
import { manyRules } from "./rules.ts";
import { startJudge } from "./second-thread.ts";
import { batchEvents, engines, median, ratio } from "./workload.ts";

const connections = 8;
/** Batches a round: more than two segments of a journal hold, so that what sealing costs falls into its own round. */
const batches = 160;

/** As `tiercel serve` has it: who takes in does not judge. */
const twoThreads = "webhook, in the journal, judged by 500 rules in another thread";

type KeptBodies = Awaited<ReturnType<typeof openFileJournal>>;

interface Served {
  readonly port: number;
  stop(): Promise<void>;
}

export async function ingestTable(rounds: number): Promise<readonly Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
  const judge = fast(engines(manyRules(500)));
  const journals = await Promise.all(
    ["kept", "judged", "handed over"].map((name) => openFileJournal({ dir: join(folder, name) })),
  );
  const [kept, judged, handedOver] = journals as [KeptBodies, KeptBodies, KeptBodies];
  const elsewhere = await startJudge();
  const servers: readonly (readonly [string, Served])[] = [
    ["dropped", await bare(() => undefined)],
    ["JSON.parse, dropped", await bare((body) => JSON.parse(body.toString()))],
    ["webhook", await received(async () => undefined)],
    ["webhook, judged by 500 rules", await received(async ({ body }) => void judge([body]))],
    ["webhook, in the journal", await received(async (batch) => void (await kept.append(batch)))],
    [
      "webhook, in the journal, judged by 500 rules",
      await received(async (batch) => {
        const safe = judged.append(batch);
        // The write is under way when the rules are asked.
        await setImmediate();
        judge([batch.body]);
        await safe;
      }),
    ],
    [
      twoThreads,
      await received(async (batch) => {
        const safe = handedOver.append(batch);
        const known = elsewhere.judge(batch.body);
        await safe;
        await known;
      }),
    ],
  ];
  const load = await startLoad("mix");
  try {
    const times = servers.map((): number[] => []);
    /** Of this process, all its threads: what the servers alone cost. */
    const work = servers.map((): number[] => []);
    for (let round = -1; round < rounds; round++)
      for (const [at, [name, { port }]] of servers.entries()) {
        const before = process.cpuUsage();
        const { millis, refused } = await load.send({ port, batches, connections });
        const { user, system } = process.cpuUsage(before);
        // What a journal is still sealing must not burden the next.
        for (const journal of journals) await journal.retain({ upTo: 0 });
        if (refused > 0) throw new Error(`${name}: ${refused} batches were refused`);
        // The first round warms up.
        if (round < 0) continue;
        times[at]!.push(millis);
        work[at]!.push((user + system) / 1000 / batches);
      }
    const of = (name: string) => times[servers.findIndex(([one]) => one === name)]!;
    process.stdout.write(
      "| received over HTTP, `mix` | events/s | to dropped | to JSON.parse, dropped | processor ms a batch |\n|---|---|---|---|---|\n",
    );
    for (const [at, [name]] of servers.entries()) {
      const rate = Math.round(((batches * batchEvents) / median(of(name))) * 1000);
      const ratios = [ratio(of("dropped"), of(name)), ratio(of("JSON.parse, dropped"), of(name))];
      process.stdout.write(
        `| ${[name, rate, ...ratios.map((one) => one.toFixed(2)), median(work[at]!).toFixed(2)].join(" | ")} |\n`,
      );
    }
    return [
      atLeast("4", "received and collected, to dropped", 0.85, ratio(of("dropped"), of("webhook"))),
      atLeast(
        "4",
        "received and judged by 500 rules, to dropped",
        0.25,
        ratio(of("dropped"), of("webhook, judged by 500 rules")),
      ),
      atLeast(
        "5",
        "kept durably and judged by 500 rules, to parsed and dropped",
        2.5,
        ratio(of("JSON.parse, dropped"), of(twoThreads)),
      ),
    ];
  } finally {
    load.stop();
    for (const [, server] of servers) await server.stop();
    await elsewhere.stop();
    for (const journal of journals) await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As little as a server can do: it reads what comes, and where it is wanted, puts it together. */
export async function bare(take: (body: Buffer) => unknown): Promise<Served> {
  const wanted = take.length > 0;
  // Servers take turns, so a connection rests for long.
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => wanted && chunks.push(chunk));
    request.on("end", () => {
      if (wanted) take(Buffer.concat(chunks));
      response.end();
    });
  });
  return listening(server);
}

async function listening(server: Server): Promise<Served> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The webhook as `tiercel serve` has it, but for what it delivers to. */
async function received(deliver: (batch: Batch) => Promise<void>): Promise<Served> {
  const source = webhook.open(webhook.config.parse({ listen: "127.0.0.1:0" }), {
    name: "bench",
    deliver,
    memory: { get: async () => undefined, set: async () => {} },
    clusters: { tokenOwner: async () => undefined, isKnown: async () => true, register: async () => false },
    signals: silence,
    now: () => new Date(),
    log: () => {},
  });
  await source.start();
  return { port: Number(new URL(source.address ?? "").port), stop: () => source.stop() };
}

if (import.meta.main) {
  await ingestTable(Number(process.argv[2] ?? 7));
  process.exit(0);
}

/**
 * The journal judged again, beside the engine over bytes in memory: `node bench/rejudge.ts [MEGABYTES] [ROUNDS]`. It is filled
 * first, and sealed as it is in use; so many megabytes of raw events.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { decode } from "../src/domain/decode.ts";
import type { Journal } from "../src/domain/store.ts";
import { backtest } from "../src/pipeline/backtest.ts";
import { openFileJournal } from "../src/stores/journal/index.ts";
import { fast } from "./engine.ts";
import { fresh } from "./fresh.ts";
import { atLeast, type Goal } from "./goals.ts";
import { manyRules } from "./rules.ts";
import { batchEvents, engines, median, ratio, rules, workload } from "./workload.ts";

export async function rejudgeTable(megabytes: number, rounds: number): Promise<readonly Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-bench-"));
  const bodies = workload("mix", 10);
  const filled = await openFileJournal({ dir: folder });
  const next = await fill(filled, bodies, megabytes * 1e6);
  await filled.close();
  // Any segment is old enough to be sealed; the last batch has one of its own.
  const journal = await openFileJournal({ dir: folder, segmentAgeMs: 0 });
  try {
    await keep(journal, bodies, next);
    await journal.verify();
    const judge = fast(engines(manyRules(500)));
    const bare = async () => {
      for (let at = 0; at < journal.last; at++) judge([bodies[at % bodies.length]!]);
    };
    const again = async () => {
      for await (const entries of journal.stretches(0)) judge(entries.map(({ body }) => body));
    };
    const tried = () => triedOn(journal);
    const subjects = [bare, again, tried] as const;
    const times = subjects.map((): number[] => []);
    for (let round = -1; round < rounds; round++)
      for (const [at, subject] of subjects.entries()) {
        const began = performance.now();
        await subject();
        if (round >= 0 || rounds === 1) times[at]!.push(performance.now() - began);
      }
    const names = [
      "500 rules over bytes in memory",
      "the journal judged again by 500 rules",
      "one changed rule tried on the journal",
    ];
    const events = journal.last * batchEvents;
    const size = `${megabytes} MB of raw events, ${Math.round((await journal.bytes()) / 1e6)} MB on disk`;
    process.stdout.write(`| \`mix\`, ${size} | events/s | to memory |\n|---|---|---|\n`);
    for (const [at, name] of names.entries())
      process.stdout.write(
        `| ${[name, Math.round((events / median(times[at]!)) * 1000), ratio(times[0]!, times[at]!).toFixed(2)].join(" | ")} |\n`,
      );
    return [
      ...(megabytes < 128
        ? []
        : [atLeast("7", "raw events' size, to that on disk", 6, (megabytes * 1e6) / (await journal.bytes()))]),
      atLeast(
        "5b",
        `the journal (${megabytes} MB) judged again by 500 rules, to the bare engine`,
        0.6,
        ratio(times[0]!, times[1]!),
      ),
      atLeast(
        "5b",
        `one changed rule tried on the journal (${megabytes} MB), to the bare engine`,
        0.6,
        ratio(times[0]!, times[2]!),
      ),
    ];
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const atOnce = 8;

/** How many it took. */
async function fill(journal: Journal, bodies: readonly Uint8Array[], bytes: number): Promise<number> {
  let at = 0;
  for (let filled = 0; filled < bytes; at += atOnce) {
    const some = Array.from({ length: atOnce }, (_, nth) => keep(journal, bodies, at + nth));
    filled += (await Promise.all(some)).reduce((sum, length) => sum + length, 0);
  }
  return at;
}

/** Its size. */
async function keep(journal: Journal, bodies: readonly Uint8Array[], nth: number): Promise<number> {
  const body = fresh(bodies[nth % bodies.length]!, nth);
  await journal.append({ source: "bench", cluster: "bench", receivedAt: new Date(), body });
  return body.length;
}

/** A back-test as the Rules Editor runs it: one of 500 rules has another condition. */
async function triedOn(journal: Journal): Promise<void> {
  const world = {
    journal,
    decode,
    redact: <T>(event: T) => event,
    hash: (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32),
    hostname: "bench",
    clock: () => performance.now(),
    breathe: () => setImmediate(),
  };
  const ask = { before: former, after: edited, since: new Date(0) };
  const running = backtest(world, ask, new AbortController().signal);
  await running.ended;
  if (running.compared !== 1 || running.events !== journal.last * batchEvents) throw new Error("not all was compared");
}

const former = rules(manyRules(500));
const edited = rules(manyRules(500).replace("ka.target.name contains bench-", "ka.target.name contains lease-"));

if (import.meta.main) {
  await rejudgeTable(Number(process.argv[2] ?? 256), Number(process.argv[3] ?? 3));
  process.exit(0);
}

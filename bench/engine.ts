/**
 * From bytes to matches: rules judged over batches, beside `JSON.parse` of the same bytes. `node bench/engine.ts [ROUNDS]`.
 * Only ratios within one row's mix are meant to be compared.
 */
import type { AuditEvent } from "../src/domain/audit-event.ts";
import { decode } from "../src/domain/decode.ts";
import { aboutEvent } from "../src/engine/audit-world.ts";
import type { RuleSet } from "../src/engine/index.ts";
import { manyRules } from "./rules.ts";
import {
  batchEvents,
  type Engines,
  engines,
  median,
  mixes,
  officialRules,
  parsed,
  ratio,
  type Subject,
  takeTurns,
  workload,
} from "./workload.ts";

/** What real Falco 0.45 judged of `mix` a second on two such cores, by its 48 official rules. */
const falcoEventsPerSecond = 3100;

/** One engine over batches, by its decoder and its rules. */
function judged(decoder: typeof decode, ruleSet: RuleSet<AuditEvent>): Subject {
  return (bodies) => {
    let num = 0n;
    for (const body of bodies)
      for (const part of decoder(body)) {
        if (part.kind !== "event") throw new Error(`${part.kind}: the workload holds audit events alone`);
        ruleSet.judge(part.event, aboutEvent(part.event, ++num, "bench", 0n));
      }
  };
}

export const plain = ({ plain }: Engines): Subject => judged(decode, plain);
export const fast =
  ({ fast }: Engines): Subject =>
  (bodies) => {
    let num = 0n;
    let matches = 0;
    const about = (event: AuditEvent) => aboutEvent(event, ++num, "bench", 0n);
    for (const body of bodies)
      fast.judgeBody(body, { about }, (part, matched) => {
        if (part.kind !== "event") throw new Error(`${part.kind}: the workload holds audit events alone`);
        matches += matched.length;
      });
    return matches;
  };

const ruleSets = [
  ["official", engines(officialRules())],
  ["50", engines(manyRules(50))],
  ["500", engines(manyRules(500))],
] as const;

const both = [
  ["plain", plain],
  ["fast", fast],
] as const;

export async function engineTable(rounds: number): Promise<void> {
  const subjects = both.flatMap(([engine, over]) =>
    ruleSets.map(([count, ruleSet]) => ({ name: `${engine}, ${count} rules`, engine, count, run: over(ruleSet) })),
  );
  process.stdout.write("| workload | bytes to matches | events/s | to JSON.parse | remarks |\n|---|---|---|---|---|\n");
  for (const [mix, batches] of mixes) {
    const bodies = workload(mix, batches);
    const events = batches * batchEvents;
    const [base = [], ...times] = await takeTurns([parsed, ...subjects.map(({ run }) => run)], bodies, rounds);
    row(mix, "JSON.parse", events, base, base, "");
    for (const [at, { name, engine, count }] of subjects.entries()) {
      const fifty = subjects.findIndex((one) => one.engine === engine && one.count === "50");
      const remarks =
        count === "500"
          ? `${ratio(times[at]!, times[fifty]!).toFixed(2)} times the cost of 50`
          : mix === "mix" && count === "official"
            ? `${Math.round((events / median(times[at]!)) * (1000 / falcoEventsPerSecond))} times Falco's documented ${falcoEventsPerSecond}`
            : "";
      row(mix, name, events, base, times[at]!, remarks);
    }
  }
}

function row(
  mix: string,
  name: string,
  events: number,
  base: readonly number[],
  times: readonly number[],
  remarks: string,
) {
  const rate = Math.round((events / median(times)) * 1000);
  process.stdout.write(`| ${[mix, name, rate, ratio(base, times).toFixed(2), remarks].join(" | ")} |\n`);
}

if (import.meta.main) {
  await engineTable(Number(process.argv[2] ?? 7));
  process.exit(0);
}

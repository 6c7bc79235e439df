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

/** Matches counted by rule; with `told`, each with the message that it makes. */
const fastly =
  (told: boolean) =>
  ({ fast }: Engines): Subject =>
  (bodies) => {
    const counts = new Map<string, number>();
    let letters = 0;
    const about = (event: AuditEvent, at: number) => aboutEvent(event, BigInt(at + 1), "bench", 0n);
    for (const body of bodies)
      fast.judgeBody(body, { about }, (part, matched) => {
        if (part.kind !== "event") throw new Error(`${part.kind}: the workload holds audit events alone`);
        for (const match of matched) {
          counts.set(match.rule.name, (counts.get(match.rule.name) ?? 0) + 1);
          if (told) letters += match.message.length + match.fields.size;
        }
      });
    return [counts, letters];
  };

export const fast = fastly(false);

/** Times `JSON.parse`, by mix, that 500 rules are to be judged at. */
const goals: Readonly<Record<string, number>> = { mix: 6, meta: 4, heavy: 12 };

const ruleSets = [
  ["official", engines(officialRules())],
  ["50", engines(manyRules(50))],
  ["500", engines(manyRules(500))],
] as const;

const subjects = [
  ...ruleSets.map(([count, sets]) => ({ engine: "plain", name: `plain, ${count} rules`, count, run: plain(sets) })),
  ...ruleSets.map(([count, sets]) => ({ engine: "fast", name: `fast, ${count} rules`, count, run: fast(sets) })),
  { engine: "told", name: "fast, 500 rules, messages made", count: "", run: fastly(true)(ruleSets[2][1]) },
];

export async function engineTable(rounds: number): Promise<void> {
  process.stdout.write(
    "| workload | bytes to matches | events/s | to JSON.parse | goals and remarks |\n|---|---|---|---|---|\n",
  );
  for (const [mix, batches] of mixes) {
    const bodies = workload(mix, batches);
    const events = batches * batchEvents;
    const [base = [], ...times] = await takeTurns([parsed, ...subjects.map(({ run }) => run)], bodies, rounds);
    row(mix, "JSON.parse", events, base, base, "");
    for (const [at, { name, engine, count }] of subjects.entries()) {
      const remarks: string[] = [];
      if (count === "500") {
        const fifty = subjects.findIndex((one) => one.engine === engine && one.count === "50");
        const cost = `${ratio(times[at]!, times[fifty]!).toFixed(2)} times the cost of 50`;
        remarks.push(engine === "fast" ? `goal ${goals[mix]}; ${cost}, goal 1.15` : cost);
      }
      if (mix === "mix" && count === "official") {
        const falcos = Math.round((events / median(times[at]!)) * (1000 / falcoEventsPerSecond));
        remarks.push(
          `${falcos} times Falco's documented ${falcoEventsPerSecond}${engine === "fast" ? ", goal 200" : ""}`,
        );
      }
      row(mix, name, events, base, times[at]!, remarks.join("; "));
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

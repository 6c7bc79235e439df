/** From bytes to matches: the goals of the engine, `JSON.parse` and rules taking turns over the same bytes. */
import { fast } from "./engine.ts";
import { atLeast, atMost, type Goal } from "./goals.ts";
import { manyRules } from "./rules.ts";
import { batchEvents, engines, median, mixes, officialRules, parsed, ratio, takeTurns, workload } from "./workload.ts";

/** What real Falco 0.45 judged of `mix` a second on two such cores by its 48 official rules, as documented. */
const falcoEventsPerSecond = 3100;
const toParse: Readonly<Record<string, number>> = { mix: 6, meta: 4, heavy: 12 };

export async function matchingGoals(rounds: number): Promise<readonly Goal[]> {
  const goals: Goal[] = [];
  const subjects = [parsed, ...[manyRules(500), manyRules(50), officialRules()].map((text) => fast(engines(text)))];
  for (const [mix, batches] of mixes) {
    const [base, many, few, official] = (await takeTurns(subjects, workload(mix, batches), rounds)) as [
      readonly number[],
      readonly number[],
      readonly number[],
      readonly number[],
    ];
    goals.push(atLeast("1", `${mix}: bytes to matches by 500 rules, to JSON.parse`, toParse[mix]!, ratio(base, many)));
    if (mix === "mix") {
      const rate = (batches * batchEvents * 1000) / median(official);
      goals.push(atLeast("2", "the official 48 rules, to Falco 0.45", 200, rate / falcoEventsPerSecond));
    }
    goals.push(atMost("3", `${mix}: the cost of 500 rules, to that of 50`, 1.15, ratio(many, few)));
  }
  return goals;
}

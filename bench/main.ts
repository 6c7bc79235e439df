/**
 * How fast Tiercel is, beside what it must reach: `npm run bench [-- --full] [-- --rounds N]`. Everything is measured in rounds
 * that take turns with what it is compared with; read the ratios, since machines and minutes differ. It takes some five
 * minutes on two idle cores. `--full` takes the sizes of the goals: 10 million activities, 10 GB of journal, a log of 10 GB,
 * ten minutes of load; over an hour, and 30 GB of disk. Workloads come from ../shared/bench.
 */
import { parseArgs } from "node:util";
import { engineTable } from "./engine.ts";
import { atLeast, type Goal, goalTable } from "./goals.ts";
import { ingestTable } from "./ingest.ts";
import { matchingGoals } from "./matching.ts";
import { rejudgeTable } from "./rejudge.ts";
import { replayTable } from "./replay.ts";
import { secondThreadTable } from "./second-thread.ts";
import { soakTable } from "./soak.ts";
import { startupTable } from "./startup.ts";
import { sustainedTable } from "./sustained.ts";
import { indexGoals, largest, toldBy } from "./told.ts";

const { values } = parseArgs({
  options: { full: { type: "boolean", default: false }, rounds: { type: "string", default: "7" } },
});
const rounds = Number(values.rounds);
const { full } = values;

/** Each with the rows of goals that it answers for. */
const parts: readonly (readonly [string, () => Promise<readonly Goal[]>])[] = [
  ["1, 2, 3", async () => matchingGoals(rounds)],
  ["", async () => engineTable(Math.min(3, rounds)).then(() => [])],
  ["4, 5", async () => ingestTable(rounds)],
  ["5", async () => sustainedTable(full ? 5 : 2)],
  ["5b", async () => rejudgeTable(full ? 10_000 : 300, 3)],
  ["6", async () => workersGoal(rounds)],
  ["6", async () => secondThreadTable(rounds)],
  ["7, 10", async () => indexGoals(full ? 10_000_000 : 1_000_000)],
  ["8", async () => soakTable(full ? 10 : 0.5)],
  ["9", async () => replayTable(full ? 10_000 : 300, 3)],
  ["10", async () => startupTable(5)],
];

async function workersGoal(turns: number): Promise<readonly Goal[]> {
  const rows = await toldBy("workers.ts", [String(turns)]);
  const two = rows.find(([name]) => name === "two workers");
  return [atLeast("6", "500 rules by two workers, to one", 1.8, largest([[two?.[0] ?? "", two?.[2] ?? ""]], /./) ?? 0)];
}

const goals: Goal[] = [];
for (const [row, part] of parts) {
  try {
    goals.push(...(await part()));
  } catch (error) {
    // What cannot be measured here does not keep the rest from it.
    const why = error instanceof Error ? error.message : String(error);
    goals.push({ row, what: "could not be measured", goal: "", measured: why, reached: false });
  }
  process.stdout.write("\n");
}
const order = (row: string) => Number.parseFloat(row) + (row.endsWith("b") ? 0.5 : 0);
process.stdout.write(goalTable(goals.toSorted((a, b) => order(a.row) - order(b.row))));
const missed = goals.filter(({ reached }) => !reached).length;
process.stdout.write(`\n${goals.length - missed} of ${goals.length} goals are reached.\n`);
process.exit(0);

/** What must be reached, beside what was measured: the rows of the table that `npm run bench` ends with. */

export interface Goal {
  /** The row of the table of goals in docs/performance.md: `4`, `5b`. */
  readonly row: string;
  readonly what: string;
  /** As it reads in the table: `≥ 2.5`. */
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

export function atLeast(row: string, what: string, goal: number, measured: number, unit = ""): Goal {
  return { row, what, goal: `≥ ${goal}${unit}`, measured: `${shown(measured)}${unit}`, reached: measured >= goal };
}

export function atMost(row: string, what: string, goal: number, measured: number, unit = ""): Goal {
  return { row, what, goal: `≤ ${goal}${unit}`, measured: `${shown(measured)}${unit}`, reached: measured <= goal };
}

const shown = (number: number) =>
  number >= 100 ? Math.round(number).toString() : number >= 10 ? number.toFixed(1) : number.toFixed(2);

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map((one) =>
    [one.row, one.what, one.goal, one.measured, one.reached ? "reached" : "**not reached**"].join(" | "),
  );
  return ["| # | what | goal | measured | |", "|---|---|---|---|---|", ...rows.map((row) => `| ${row} |`), ""].join(
    "\n",
  );
}

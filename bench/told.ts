/** What another benchmark prints: passed on, and its tables read, so that its numbers stand in the one table of goals. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { atMost, type Goal } from "./goals.ts";

/** The rows of its tables, cell by cell. Throws where it fails, or is not there. */
export async function toldBy(script: string, args: readonly string[]): Promise<readonly (readonly string[])[]> {
  const path = join(import.meta.dirname, script);
  if (!existsSync(path)) throw new Error(`bench/${script} is not there`);
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    process.stdout.write(piece);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`bench/${script} ended with ${code}`);
  return text
    .split("\n")
    .filter((line) => line.startsWith("|") && !line.startsWith("|--"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The largest number in the second cell of the rows so named. */
export function largest(rows: readonly (readonly string[])[], names: RegExp): number | undefined {
  const found = rows.filter(([name = ""]) => names.test(name)).map(([, value = ""]) => Number.parseFloat(value));
  return found.length === 0 ? undefined : Math.max(...found);
}

/** The index's goals: the slowest of each kind of question counts. */
export async function indexGoals(activities: number): Promise<readonly Goal[]> {
  // What has no goal beside it, such as questions about detections, is told there and no goal here.
  const rows = (await toldBy("index.ts", [String(activities)])).filter(([, , goal = ""]) => /\d/.test(goal));
  const of = `${activities.toLocaleString("en")} activities`;
  const kinds = [
    ["7", "newest 100 by any filter", /^newest 100/, 20, " ms"],
    ["7", "bars of any filter", /^bars/, 50, " ms"],
    ["7", "substring", /^text/, 200, " ms"],
    ["7", "facet of any field", /^facet/, 100, " ms"],
    ["7", "on disk an activity", /^bytes an activity/, 60, " bytes"],
    ["10", "the first view", /^first view/, 1000, " ms"],
  ] as const;
  return kinds.map(([row, what, names, goal, unit]) => {
    const measured = largest(rows, names);
    if (measured === undefined)
      return { row, what: `${what}, ${of}`, goal: `≤ ${goal}${unit}`, measured: "not measured", reached: false };
    return atMost(row, `${what}, ${of}`, goal, measured, unit);
  });
}

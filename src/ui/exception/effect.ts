/** What a back-test says about an exception, in a sentence. */
import type { BacktestRule } from "../../api/backtests/schema.ts";

export interface Effect {
  readonly tone: "good" | "warn" | "plain";
  readonly words: string;
}

const daysText = (days: number) => (days === 1 ? "the last day" : `the last ${days} days`);
const number = (count: number) => count.toLocaleString("en");

export function effectOf(
  { before, after, removed, added }: Pick<BacktestRule, "before" | "after" | "removed" | "added">,
  days: number,
): Effect {
  const more = added === 0 ? "" : ` ${number(added)} would be new.`;
  if (before === 0)
    return {
      tone: "plain",
      words: `The rule matched nothing in ${daysText(days)}: there is nothing to compare.${more}`,
    };
  const all = `${number(before)} ${before === 1 ? "match" : "matches"} in ${daysText(days)}`;
  if (removed === 0) return { tone: "warn", words: `It would have removed none of ${all}.${more}` };
  if (removed === before && after === 0)
    return { tone: "warn", words: `It would have removed all of ${all}: the rule would have been silent.` };
  return {
    tone: "good",
    words: `It would have removed ${number(removed)} of ${all}, and keeps ${number(before - removed)}.${more}`,
  };
}

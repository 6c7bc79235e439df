/** Conditions whose answer is the same for every event: how Falco's rules write "always" and "never". */
import type { Condition } from "../syntax.ts";

/** The event's time in nanoseconds as text, which every event has. */
export const rawTimes: ReadonlySet<string> = new Set(["jevt.rawtime", "json.rawtime"]);

/** The answer; undefined where it depends on the event. Events are numbered from 1. */
export function knownAnswer(node: Condition): boolean | undefined {
  if (node.kind === "not") {
    const answer = knownAnswer(node.child);
    return answer === undefined ? undefined : !answer;
  }
  if ((node.kind !== "exists" && node.kind !== "comparison") || node.left.kind !== "field") return undefined;
  const { name } = node.left;
  if (node.kind === "exists") return rawTimes.has(name) || name === "evt.num" ? true : undefined;
  if (name !== "evt.num" || node.right.kind !== "literal" || !/^0+$/.test(node.right.value)) return undefined;
  if (node.operator === "=" || node.operator === "==") return false;
  return node.operator === ">=" || node.operator === ">" || node.operator === "!=" ? true : undefined;
}

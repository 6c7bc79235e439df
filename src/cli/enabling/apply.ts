/** Does a plan, step by step, and stops at the first that fails. */
import {
  type Answer,
  here,
  type Plan,
  placeName,
  type RunStep,
  type Step,
  type WaitStep,
} from "../../distributions/plan/contract.ts";
import { removeScript, sha256, writeScript } from "../../distributions/plan/shell.ts";
import { type Machine, Missing, Unreadable } from "./machine.ts";
import type { Records } from "./records.ts";
import { firstLine } from "./world.ts";

export interface Applied {
  /** How many steps are done. */
  readonly done: number;
  /** Why the next one failed; absent where all are done. */
  readonly failure?: string;
}

export interface Telling {
  starts(step: Step, number: number): Promise<void>;
  ends(step: Step, number: number): Promise<void>;
}

export interface Hands {
  readonly machine: Machine;
  readonly records: Records;
  /** Milliseconds between two questions of a wait. */
  readonly pause: (ms: number) => Promise<unknown>;
}

type FollowingStep = (RunStep | WaitStep) & { readonly follows: true };
const isFollowing = (step: Step): step is FollowingStep => "follows" in step && step.follows === true;

export async function apply({ steps, action }: Pick<Plan, "steps" | "action">, hands: Hands, tell: Telling) {
  const { records } = hands;
  let owed: readonly Step[] = [];
  // What is owed is written down before it is owed: the command may end at any time.
  const owe = (now: readonly Step[]): void => {
    owed = now;
    records.owe(action, owed);
  };
  owe(steps.filter((step, at) => isFollowing(step) && !steps.slice(0, at).some(isChange)));
  records.owe(action === "enable" ? "disable" : "enable", []);
  for (const [done, step] of steps.entries()) {
    await tell.starts(step, done + 1);
    if (isChange(step)) owe([...new Set([...owed, ...followersOf(steps, done)])]);
    if ("keeps" in step && step.keeps !== undefined) records.keep(step.keeps.what, step.keeps.value);
    const failure = await failureOf(step, hands);
    if (failure !== undefined) return { done, failure } satisfies Applied;
    if (step.kind === "run" && step.record !== undefined) records.add(step.record);
    if (step.kind === "run" && step.forget !== undefined) records.remove(step.forget);
    if ("drops" in step && step.drops !== undefined) records.drop(step.drops);
    if (isFollowing(step)) owe(owed.filter((one) => one !== step));
    await tell.ends(step, done + 1);
  }
  return { done: steps.length } satisfies Applied;
}

const isChange = (step: Step): boolean => !isFollowing(step);

/** The first restart and what comes with it, behind a change. */
function followersOf(steps: readonly Step[], at: number): readonly Step[] {
  const rest = steps.slice(at + 1);
  const from = rest.findIndex(isFollowing);
  if (from < 0) return [];
  const until = rest.slice(from).findIndex((step) => !isFollowing(step));
  return rest.slice(from, until < 0 ? undefined : from + until);
}

/** The plan with what an earlier run left to be done, in front. */
export function withOwed(steps: readonly Step[], owed: readonly Step[]): readonly Step[] {
  const key = (step: Step) => ("argv" in step ? JSON.stringify([step.on, step.argv]) : "");
  const planned = new Set(steps.map(key));
  return [...owed.filter((step) => !planned.has(key(step))), ...steps];
}

async function failureOf(step: Step, hands: Hands): Promise<string | undefined> {
  try {
    if (step.kind === "wait") return await waitFor(step, hands);
    const { code, stdout, stderr } = await doStep(step, hands.machine);
    if (code === 0) return undefined;
    const said = telling(stderr) || firstLine(stdout) || `it ended with ${code}`;
    return /unrecognized arguments|unknown (flag|option|shorthand)|flag provided but not defined|Unknown options/i.test(
      said,
    )
      ? `${said} (this \`${"argv" in step ? step.argv[0] : ""}\` is older or newer than the plan was made for: update it)`
      : said;
  } catch (error) {
    if (error instanceof Missing)
      return `${error.message}${step.on.via === "here" ? "" : ` (to reach ${placeName(step.on)})`}`;
    if (error instanceof Unreadable) return telling(error.message);
    throw error;
  }
}

/** The line that says what is wrong, rather than the warnings before it. */
function telling(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  return lines.find((line) => /\b(error|denied|refused|failed|fatal)\b/i.test(line)) ?? firstLine(stderr);
}

async function doStep(step: Exclude<Step, WaitStep>, machine: Machine): Promise<Answer> {
  if (step.kind === "run") return machine.run(step.on, step.argv, { stdin: step.stdin ?? "" });
  // Somebody may have changed it between the look and now: his change would be lost.
  const changed = (what: string) => ({ code: 1, stdout: "", stderr: `${what} was changed since it was looked at` });
  if (step.kind === "edit") {
    const now = await machine.run(here, step.look, { secs: 60 });
    if (now.code !== 0) return now;
    return now.stdout === step.before ? machine.run(here, step.argv, { stdin: step.after }) : changed(step.what);
  }
  if ((await machine.read(step.on, step.path)) !== step.before)
    return changed(step.before === null ? `${step.path} has appeared, and` : step.path);
  return step.after === null
    ? machine.run(step.on, ["sh", "-c", removeScript(step)])
    : machine.run(step.on, ["sh", "-c", writeScript(step, sha256(step.after))], { stdin: step.after });
}

async function waitFor(
  { on, argv, expect, everySecs, withinSecs, help }: WaitStep,
  { machine, pause }: Hands,
): Promise<string | undefined> {
  const wanted = new RegExp(expect, "m");
  for (let waited = 0; ; waited += everySecs) {
    const { code, stdout, stderr } = await machine.run(on, argv, { secs: 60 });
    if (code === 0 && wanted.test(stdout)) return undefined;
    if (waited >= withinSecs)
      return `not so after ${withinSecs} s: ${firstLine(code === 0 ? stdout : stderr) || `\`${argv[0]}\` ended with ${code}`}${help === undefined ? "" : `\nhelp: ${help}`}`;
    await pause(everySecs * 1000);
  }
}

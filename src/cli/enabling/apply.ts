/** Does a plan, step by step, and stops at the first that fails. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Answer,
  here,
  type Plan,
  placeName,
  type Step,
  type WaitStep,
} from "../../distributions/plan/contract.ts";
import { type Machine, Missing } from "./machine.ts";
import type { Records } from "./records.ts";
import { removeScript, writeScript } from "./shell.ts";
import { firstLine, sha256 } from "./world.ts";

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

export async function apply(plan: Plan, machine: Machine, records: Records, tell: Telling): Promise<Applied> {
  for (const [done, step] of plan.steps.entries()) {
    await tell.starts(step, done + 1);
    const failure = await failureOf(step, machine);
    if (failure !== undefined) return { done, failure };
    if (step.kind === "run" && step.record !== undefined) records.add(step.record);
    if (step.kind === "run" && step.forget !== undefined) records.remove(step.forget);
    await tell.ends(step, done + 1);
  }
  return { done: plan.steps.length };
}

async function failureOf(step: Step, machine: Machine): Promise<string | undefined> {
  try {
    if (step.kind === "wait") return await waitFor(step, machine);
    const { code, stdout, stderr } = await doStep(step, machine);
    if (code === 0) return undefined;
    return firstLine(stderr) || firstLine(stdout) || `it ended with ${code}`;
  } catch (error) {
    if (error instanceof Missing)
      return `${error.message}${step.on.via === "here" ? "" : ` (to reach ${placeName(step.on)})`}`;
    throw error;
  }
}

async function doStep(step: Exclude<Step, WaitStep>, machine: Machine): Promise<Answer> {
  if (step.kind === "run") return machine.run(step.on, step.argv, { stdin: step.stdin ?? "" });
  if (step.kind === "edit") return machine.run(here, step.argv, { stdin: step.after });
  // Somebody may have changed it between the look and now: his change would be lost.
  if ((await machine.read(step.on, step.path)) !== step.before && step.before !== null)
    return { code: 1, stdout: "", stderr: `${step.path} was changed since it was looked at` };
  return step.after === null
    ? machine.run(step.on, ["sh", "-c", removeScript(step)])
    : machine.run(step.on, ["sh", "-c", writeScript(step, sha256(step.after))], { stdin: step.after });
}

async function waitFor(
  { on, argv, expect, everySecs, withinSecs }: WaitStep,
  machine: Machine,
): Promise<string | undefined> {
  const wanted = new RegExp(expect, "m");
  for (let waited = 0; ; waited += everySecs) {
    const { code, stdout, stderr } = await machine.run(on, argv, { secs: 60 });
    if (code === 0 && wanted.test(stdout)) return undefined;
    if (waited >= withinSecs)
      return `not so after ${withinSecs} s: ${firstLine(code === 0 ? stdout : stderr) || `\`${argv[0]}\` ended with ${code}`}`;
    await sleep(everySecs * 1000);
  }
}

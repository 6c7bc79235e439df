/** `tiercel enable` and `tiercel disable`: the plan is made, shown, agreed to, and done. */
import { createInterface } from "node:readline/promises";
import { stringify } from "yaml";
import { distributions } from "../../distributions/index.ts";
import { CannotSee, type Plan, placeName, Refused } from "../../distributions/plan/contract.ts";
import { type ExitCode, exitCodes, type Io, paint, UsageError } from "../io.ts";
import { apply } from "./apply.ts";
import { writePlan } from "./files.ts";
import { type EnableFlags, knownDistribution, wishOf } from "./flags.ts";
import { machine } from "./machine.ts";
import { records as recordsOf } from "./records.ts";
import { planScript } from "./script.ts";
import { masker, planData, planText } from "./shown.ts";
import { lookingAt } from "./world.ts";

export interface DoFlags extends EnableFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly out?: string;
  readonly output: "text" | "json" | "yaml" | "sh";
}

export async function listDistributions(output: DoFlags["output"], io: Io): Promise<ExitCode> {
  if (output === "json" || output === "yaml") {
    const data = distributions.map(({ name, aliases = [], title, doc, tools, options = [], route }) => ({
      name,
      aliases,
      title,
      doc,
      tools,
      route,
      options,
    }));
    await io.stdout.write(output === "json" ? `${JSON.stringify(data, null, 2)}\n` : stringify(data));
    return exitCodes.fine;
  }
  const style = paint(io.stdout, io.env);
  const width = Math.max(...distributions.map(({ name }) => name.length));
  for (const { name, title, doc, options = [], aliases = [], takesHosts } of distributions) {
    const pad = " ".repeat(width + 2);
    await io.stdout.write(
      `${style.bold(name.padEnd(width))}  ${title}${aliases.length > 0 ? style.dim(` (also ${aliases.join(", ")})`) : ""}\n${pad}${doc}\n`,
    );
    if (takesHosts === true)
      await io.stdout.write(style.dim(`${pad}--host <user@address>, once for each control-plane host\n`));
    for (const option of options)
      await io.stdout.write(
        style.dim(
          `${pad}--${option.name} <value>${option.required === true ? " (needed)" : ""}: ${option.doc}${option.default === undefined ? "" : `; default ${option.default}`}\n`,
        ),
      );
  }
  return exitCodes.fine;
}

/** Exit code: 0 done or nothing to do, 1 a step failed, 2 refused or not agreed to, 3 something cannot be seen. */
export async function turn(action: Plan["action"], typed: string, flags: DoFlags, io: Io): Promise<ExitCode> {
  const one = knownDistribution(typed);
  const { wish, notes } = wishOf(typed, one, flags, io, { undoing: action === "disable" });
  const dry = flags.dryRun === true || flags.out !== undefined || flags.output !== "text";
  const hands = machine({ env: io.env as NodeJS.ProcessEnv });
  const records = recordsOf(one.name, wish.cluster, io.env as NodeJS.ProcessEnv);
  const world = lookingAt(hands, records, { dry, env: io.env as NodeJS.ProcessEnv });
  let plan: Plan;
  try {
    const planned = await (action === "enable" ? one.plan(wish, world) : one.undo(wish, world));
    plan = {
      distribution: one.name,
      cluster: wish.cluster,
      action,
      steps: planned.steps,
      notes: [...(action === "enable" ? notes : []), ...(planned.notes ?? [])],
      unseen: world.unseen,
    };
  } catch (error) {
    if (error instanceof Refused) throw new UsageError(error.message, error.help);
    if (!(error instanceof CannotSee)) throw error;
    await io.stderr.write(`tiercel: ${error.message}\nhelp: ${error.help}, or see the plan alone with --dry-run\n`);
    return exitCodes.unreachable;
  }
  const mask = masker(wish.token);
  if (dry) return show(plan, flags, wish.token, io);
  const style = paint(io.stderr, io.env);
  await io.stderr.write(planText(plan, mask, style));
  if (plan.steps.length === 0) return exitCodes.fine;
  if (flags.yes !== true && !(await agreed(io))) {
    await io.stderr.write("Nothing was done.\n");
    return exitCodes.invalid;
  }
  return carryOut(plan, io, () =>
    apply(plan, hands, records, {
      starts: (step, number) =>
        io.stderr.write(
          `${number}/${plan.steps.length} ${step.title}${step.on.via === "here" ? "" : ` (${placeName(step.on)})`} ... `,
        ),
      ends: () => io.stderr.write(`${style.green("done")}\n`),
    }),
  );
}

async function carryOut(plan: Plan, io: Io, run: () => ReturnType<typeof apply>): Promise<ExitCode> {
  const { done, failure } = await run();
  if (failure === undefined) {
    const next =
      plan.action === "enable"
        ? ` See that events come: tiercel verify ${plan.distribution} --cluster ${plan.cluster}`
        : "";
    await io.stderr.write(`All ${done} steps are done.${next}\n`);
    return exitCodes.fine;
  }
  const left = plan.steps.slice(done);
  await io.stderr.write(
    `failed\ntiercel: ${failure}\n${done} of ${plan.steps.length} steps are done. Not done:\n${left.map((step, at) => `  ${done + at + 1}. ${step.title}\n`).join("")}help: mend the cause and run the same command again, it goes on from here; or go back with \`tiercel ${plan.action === "enable" ? "disable" : "enable"} ${plan.distribution} --cluster ${plan.cluster}\`\n`,
  );
  return exitCodes.findings;
}

async function show(plan: Plan, { output, out }: DoFlags, token: string | undefined, io: Io): Promise<ExitCode> {
  const mask = masker(token);
  if (out !== undefined) {
    const written = writePlan(plan, out, token, mask);
    await io.stdout.write(written.map((path) => `${path}\n`).join(""));
    return exitCodes.fine;
  }
  if (output === "sh") await io.stdout.write(planScript(plan, token));
  else if (output === "json") await io.stdout.write(`${JSON.stringify(planData(plan, mask), null, 2)}\n`);
  else if (output === "yaml") await io.stdout.write(stringify(planData(plan, mask), { lineWidth: 0 }));
  else await io.stdout.write(planText(plan, mask, paint(io.stdout, io.env)));
  return exitCodes.fine;
}

async function agreed(io: Io): Promise<boolean> {
  if (!io.stdinIsTTY)
    throw new UsageError("nobody is there to agree to this plan", "say --yes, or see the plan alone with --dry-run");
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await ask.question("Do this? [y/N] ")).trim());
  } finally {
    ask.close();
  }
}

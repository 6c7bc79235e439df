/** `tiercel enable` and `tiercel disable`: the plan is made, shown, agreed to, and done. */
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { distributions } from "../../distributions/index.ts";
import {
  CannotSee,
  type Distribution,
  here,
  type Plan,
  placeName,
  Refused,
  type Step,
} from "../../distributions/plan/contract.ts";
import { planScript } from "../../distributions/plan/script.ts";
import { masker, planData, planText } from "../../distributions/plan/shown.ts";
import { needTools } from "../../distributions/plan/tools.ts";
import { needsReceiver } from "../../distributions/wish.ts";
import { type ExitCode, exitCodes, type Io, paint, UsageError } from "../io.ts";
import { type Applied, apply, withOwed } from "./apply.ts";
import { writePlan } from "./files.ts";
import { askedOf, type EnableFlags, knownDistribution, toldVersion, wishOf } from "./flags.ts";
import { type Machine, machine } from "./machine.ts";
import { foundReceiver, type Receiver, toldReceiver } from "./receiver.ts";
import { type Records, records as recordsOf } from "./records.ts";
import { type LookedAt, lookingAt } from "./world.ts";

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
export async function turn(
  action: Plan["action"],
  typed: string,
  flags: DoFlags,
  io: Io,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<ExitCode> {
  const one = knownDistribution(typed);
  const dry = flags.dryRun === true || flags.out !== undefined || flags.output !== "text";
  const env = io.env as NodeJS.ProcessEnv;
  const hands = machine({ env });
  const records = recordsOf(one.name, flags.cluster ?? "default", env);
  const world = lookingAt(hands, records, { dry, env });
  let planned: Awaited<ReturnType<typeof planOf>>;
  try {
    planned = await planOf(action, typed, one, flags, { io, world, records, machine: hands });
  } catch (error) {
    if (error instanceof Refused) throw new UsageError(error.message, error.help);
    if (!(error instanceof CannotSee)) throw error;
    await io.stderr.write(`tiercel: ${error.message}\nhelp: ${error.help}, or see the plan alone with --dry-run\n`);
    return exitCodes.unreachable;
  }
  const { plan, token } = planned;
  const mask = masker(token);
  if (dry) return show(plan, flags, token, io);
  const style = paint(io.stderr, io.env);
  await io.stderr.write(planText(plan, mask, style));
  if (plan.steps.length === 0) return exitCodes.fine;
  if (flags.yes !== true && !(await agreed(io))) {
    await io.stderr.write("Nothing was done.\n");
    return exitCodes.invalid;
  }
  return carryOut(plan, mask, io, () =>
    apply(
      plan,
      { machine: hands, records, pause },
      {
        starts: (step, number) =>
          io.stderr.write(
            `${number}/${plan.steps.length} ${step.title}${step.on.via === "here" ? "" : ` (${placeName(step.on)})`} ... `,
          ),
        ends: () => io.stderr.write(`${style.green("done")}\n`),
      },
    ),
  );
}

interface Eyes {
  readonly io: Io;
  readonly world: LookedAt;
  readonly records: Records;
  readonly machine: Machine;
}

/** Looks at what is there, and makes the plan. @throws Refused, CannotSee, UsageError */
async function planOf(
  action: Plan["action"],
  typed: string,
  one: Distribution,
  flags: DoFlags,
  { io, world, records, machine: hands }: Eyes,
): Promise<{ readonly plan: Plan; readonly token: string | undefined }> {
  const undoing = action === "disable";
  const asked = askedOf(one, flags, { undoing });
  const told = toldReceiver(flags.receiver, io);
  // An address that cannot be one is told before anything is looked for.
  if (told !== undefined) wishOf(typed, one, flags, { ...asked, receiver: told }, io);
  const receiver: Receiver | undefined =
    told === undefined ? (undoing || !needsReceiver(one) ? undefined : await foundReceiver(hands)) : { address: told };
  const isVersionTold = flags.policy !== undefined || toldVersion(typed, one, flags) !== undefined;
  await needTools(one, world);
  const found = isVersionTold ? undefined : await one.version?.(asked, world);
  const { wish, notes } = wishOf(
    typed,
    one,
    flags,
    {
      ...asked,
      ...(receiver === undefined ? {} : { receiver: receiver.address }),
      ...(found === undefined ? {} : { found }),
    },
    io,
  );
  const planned = await (undoing ? one.undo(wish, world) : one.plan(wish, world));
  const owed = records.owed(action);
  const steps = withOwed(planned.steps, owed);
  const left = steps.length - planned.steps.length;
  return {
    token: wish.token,
    plan: {
      distribution: one.name,
      cluster: wish.cluster,
      action,
      steps,
      notes: [
        ...(left > 0 ? [`An earlier run did not come to its end: ${left} of these steps are left over from it.`] : []),
        ...(receiver?.note === undefined ? [] : [receiver.note]),
        ...(undoing ? [] : notes),
        ...(planned.notes ?? []),
      ],
      unseen: world.unseen,
    },
  };
}

async function carryOut(
  plan: Plan,
  mask: (text: string) => string,
  io: Io,
  run: () => Promise<Applied>,
): Promise<ExitCode> {
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
    `failed\ntiercel: ${mask(failure)}\n${done} of ${plan.steps.length} steps are done. Not done:\n${left.map((step, at) => `  ${done + at + 1}. ${step.title}${step.on.via === "here" ? "" : ` (${placeName(step.on)})`}\n`).join("")}${untouched(plan.steps, done)}help: mend the cause and run the same command again, it goes on from here; or go back with \`tiercel ${plan.action === "enable" ? "disable" : "enable"} ${plan.distribution} --cluster ${plan.cluster}\`\n`,
  );
  return exitCodes.findings;
}

/** The hosts that nothing was done to: they go on as before. */
function untouched(steps: readonly Step[], done: number): string {
  const begun = new Set(steps.slice(0, done + 1).map(({ on }) => placeName(on)));
  const left = new Set(steps.slice(done + 1).map(({ on }) => placeName(on)));
  const names = [...left].filter((name) => !begun.has(name) && name !== placeName(here));
  return names.length === 0 ? "" : `Not touched, and as before: ${names.join(", ")}\n`;
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

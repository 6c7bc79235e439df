/** What the clouds' and the operators' kinds share: things that are there or not, each made and removed by a command. */
import { type Answer, here, type RunStep, type Step, type WaitStep, type World } from "./contract.ts";

export interface Thing {
  readonly title: string;
  /** Asks whether it is there: the program ends well, and its answer fits `is`. */
  readonly look: {
    readonly argv: readonly string[];
    /** It is there as wished. */
    readonly is?: (stdout: string) => boolean;
    /** It is there at all, though with another receiver or policy: enough to take it away. Unless told: as wished. */
    readonly some?: (stdout: string) => boolean;
  };
  readonly make: Pick<RunStep, "argv" | "stdin" | "secret" | "restarts">;
  /** What is waited for when it was made, and when it was removed. */
  readonly settled?: readonly Omit<WaitStep, "kind" | "on">[];
  readonly remove?: Pick<RunStep, "argv" | "stdin">;
  /** Others may have made it as well: taken away only where our record says that it was us. */
  readonly record?: string;
}

/** Makes what is not there, in order. */
export async function thingsPlan(world: World, things: readonly Thing[]): Promise<Step[]> {
  const steps: Step[] = [];
  for (const thing of things) {
    if (await isThere(world, thing)) continue;
    const { title, make, remove, record } = thing;
    steps.push({
      kind: "run",
      on: here,
      title,
      ...make,
      ...(remove === undefined ? {} : { undo: remove.argv }),
      ...(record === undefined ? {} : { record }),
    });
    steps.push(...waits(thing));
  }
  return steps;
}

/** Takes away what is there and is ours, last made first. */
export async function thingsUndo(world: World, things: readonly Thing[]): Promise<{ steps: Step[]; notes: string[] }> {
  const [steps, notes]: [Step[], string[]] = [[], []];
  for (const thing of things.toReversed()) {
    if (thing.remove === undefined || !(await isThere(world, thing, thing.look.some))) continue;
    if (thing.record !== undefined && !(await world.recorded(thing.record))) {
      notes.push(
        `Left as it is, for nothing here says that it was Tiercel's doing: ${thing.title}. To undo it: ${thing.remove.argv.join(" ")}`,
      );
      continue;
    }
    const forget = thing.record === undefined ? {} : { forget: thing.record };
    steps.push({ kind: "run", on: here, title: `Undone: ${thing.title}`, ...thing.remove, ...forget });
  }
  return { steps, notes };
}

async function isThere(world: World, { look, title }: Thing, is = look.is ?? (() => true)): Promise<boolean> {
  const { argv } = look;
  const answer = await world.try(argv);
  const doubt = `whether this is done already: ${title}`;
  if (answer === undefined) {
    world.assume(doubt, `put \`${argv[0]}\` on PATH, and log in with it`);
    return false;
  }
  if (answer.code === 0) return is(answer.stdout);
  if (!isAbsent(argv[0] ?? "", answer)) world.assume(`${doubt}: ${reasonOf(answer)}`, remedyOf(argv[0] ?? "", answer));
  return false;
}

/** How each program says that a thing is not there, in its own words. */
const absent: Readonly<Record<string, RegExp>> = {
  gcloud: /NOT_FOUND|not found|does not exist|Unknown service account/i,
  az: /\((ParentResourceNotFound|ResourceNotFound|NotFound|EntityNotFound)\)|was not found|code: 404|ErrorCode:NotFound/i,
  aws: /NoSuchEntity/,
  kubectl: /\(NotFound\)|not found/i,
  oc: /\(NotFound\)|not found/i,
};

/** Not being let in, and not being able to tell, are something else than not being there. */
const isAbsent = (program: string, { stderr, stdout }: Answer): boolean =>
  (stderr.trim() === "" && stdout.trim() === "") || (absent[program]?.test(stderr) === true && !isRefused(stderr));

const isRefused = (stderr: string): boolean =>
  /log ?in|credential|unauthori[sz]ed|forbidden|denied|ResourceGroupNotFound|SubscriptionNotFound|resource type/i.test(
    stderr,
  );

export const reasonOf = ({ code, stderr, stdout }: Answer): string =>
  (stderr.trim() || stdout.trim()).split("\n").find((line) => line.trim() !== "") ?? `it ended with ${code}`;

const logins: Readonly<Record<string, string>> = {
  gcloud: "gcloud auth login",
  az: "az login",
  aws: "aws configure, or aws sso login",
  oc: "oc login",
  ibmcloud: "ibmcloud login",
};

/** What to do about a program that does not tell. */
export function remedyOf(program: string, answer: Pick<Answer, "stderr" | "stdout">): string {
  const said = `${answer.stderr}${answer.stdout}`;
  if (/forbidden|denied|not authorized|AuthorizationFailed|AccessDenied/i.test(said))
    return `whoever is logged in with \`${program}\` may not look at this: it needs that right, and the right to make it`;
  if (/resource type/i.test(said))
    return "what serves this kind of object is not installed: install its operator first";
  if (/did not answer within/.test(said)) return `see by hand why \`${program}\` hangs: a proxy, a network, a prompt`;
  const login = logins[program];
  if (login !== undefined && /log ?in|credential|authenticat|unauthori[sz]ed|expired|token/i.test(said))
    return `log in first: ${login}`;
  return `see that \`${program}\` works by hand: the same login is used`;
}

const waits = ({ settled = [] }: Thing): Step[] =>
  settled.map((wait) => ({ kind: "wait", on: here, follows: true, ...wait }));

/** For `some`: an answer that says anything. */
export const anything = (stdout: string): boolean => stdout.trim() !== "";

/** What the clouds' and the operators' kinds share: things that are there or not, each made and removed by a command. */
import { here, type RunStep, type Step, type WaitStep, type World } from "./contract.ts";

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
  if (answer === undefined) {
    world.assume(`whether this is done already: ${title}`, `put \`${argv[0]}\` on PATH, and log in with it`);
    return false;
  }
  return answer.code === 0 && is(answer.stdout);
}

const waits = ({ settled = [] }: Thing): Step[] => settled.map((wait) => ({ kind: "wait", on: here, ...wait }));

/** For `some`: an answer that says anything. */
export const anything = (stdout: string): boolean => stdout.trim() !== "";

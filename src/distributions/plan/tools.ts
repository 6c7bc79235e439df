/** The programs that a plan is carried out with: there at all, and not older than what the plan says to them. */
import { type Distribution, Refused, type World } from "./contract.ts";

interface Tool {
  /** Prints its version. */
  readonly argv: readonly string[];
  /** The first that can do what we ask. */
  readonly least: string;
  /** What came with it. */
  readonly why: string;
}

const tools: Readonly<Record<string, Tool>> = {
  // EKS' control plane logging, April 2019.
  aws: { argv: ["aws", "--version"], least: "1.16.139", why: "it changes a cluster's logging since then" },
};

/**
 * In a dry run a missing program is told by the first look that needs it. A program of another age than that is known by
 * its answer, when it does not understand a step. @throws Refused where one is too old.
 */
export async function needTools({ tools: names }: Pick<Distribution, "tools">, world: World): Promise<void> {
  for (const name of names) {
    const tool = tools[name];
    if (tool === undefined) continue;
    const answer = await world.try(tool.argv);
    // Older ones print it on the other output.
    const version = /\d+(\.\d+)+/.exec(`${answer?.stdout}${answer?.stderr}`)?.[0];
    if (version !== undefined && isOlder(version, tool.least))
      throw new Refused(`\`${name}\` is ${version}, and ${tool.least} is needed: ${tool.why}`, `update ${name}`);
  }
}

function isOlder(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const at = b.findIndex((part, index) => (a[index] ?? 0) !== part);
  return at >= 0 && (a[at] ?? 0) < (b[at] as number);
}

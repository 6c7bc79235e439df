/** `tiercel audit-policy generate`: the smallest policy under which rules answer as they would on everything. */
import { parse } from "yaml";
import { generatePolicy, type levels, readPolicy, type Starved, starvedBy } from "../coverage/index.ts";
import { policyProblem } from "../distributions/audit-policy.ts";
import { printed } from "../distributions/audit-policy-text.ts";
import { isAtLeast, readKubernetesVersion } from "../distributions/kubernetes-version.ts";
import { nearest } from "../text/nearest.ts";
import { policySource } from "./audit-policy.ts";
import { drawerFor, type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";
import { loadedRules } from "./loaded-rules.ts";
import { readRuleFiles } from "./rule-files.ts";

export interface GenerateOptions {
  readonly rules?: readonly string[];
  /** By their names; none: all that are enabled. */
  readonly rule?: readonly string[];
  readonly kubernetes?: string;
  readonly levelCap?: (typeof levels)[number];
  /** A policy that is in use. */
  readonly policy?: string;
  readonly output?: "yaml" | "json";
}

const current = "1.23";

/** Exit code 1 where a rule asks for more than is recorded, or `--policy` records less than they ask for. */
export async function generate(options: GenerateOptions, io: Io): Promise<ExitCode> {
  const kubernetes = options.kubernetes ?? current;
  const problem = policyProblem(kubernetes);
  const version = readKubernetesVersion(kubernetes);
  if (problem !== undefined || version === undefined) throw new UsageError(problem ?? "no version");
  const loaded = await loadedRules(readRuleFiles(options.rules ?? []), {}, io);
  if (loaded === undefined) return exitCodes.invalid;
  const rules = chosen(loaded.ruleSet.rules, options.rule ?? []);
  const { sections, omitStages, notices } = generatePolicy(rules, {
    version,
    levelCap: options.levelCap ?? "RequestResponse",
  });
  if (sections.length === 0)
    throw new UsageError(
      `no request can make ${rules.map(({ name }) => name).join(", ")} match, as ${rules.length === 1 ? "it is" : "they are"} written`,
      "a list of the rule's may have to be filled first",
    );
  const count = `${rules.length} rule${rules.length === 1 ? "" : "s"}`;
  const served =
    options.kubernetes === undefined
      ? `Kubernetes ${current} and later`
      : `Kubernetes ${version.major}.${version.minor}`;
  const text = printed({
    apiVersion: isAtLeast(version, "1.12") ? "audit.k8s.io/v1" : "audit.k8s.io/v1beta1",
    omitManagedFields: isAtLeast(version, "1.23"),
    note: `Made for ${count}${count.startsWith("1 ") ? ` (${rules[0]?.name})` : ""}, for ${served}.`,
    sections,
    omitStages,
  });
  await io.stdout.write(options.output === "json" ? `${JSON.stringify(parse(text), null, 2)}\n` : text);
  for (const notice of notices) await io.stderr.write(`note: ${notice}\n`);
  const starved = options.policy === undefined ? [] : await compared(options.policy, rules, io);
  for (const one of starved) await io.stderr.write(`${starvedText(one)}\n`);
  if (options.policy !== undefined && starved.length === 0)
    await io.stderr.write(`${options.policy} records all that ${count} ask for\n`);
  return notices.length + starved.length > 0 ? exitCodes.findings : exitCodes.fine;
}

type Rules = Parameters<typeof generatePolicy>[0];

function chosen(rules: Rules, names: readonly string[]): Rules {
  const known = rules.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name)) {
      const near = nearest(name, known);
      throw new UsageError(
        `there is no rule \`${name}\``,
        near === undefined ? "`tiercel rules list` shows all of them" : `did you mean \`${near}\`?`,
      );
    }
  const some = rules.filter(({ name, enabled }) => (names.length === 0 ? enabled : names.includes(name)));
  if (some.length === 0) throw new UsageError("no rule is enabled", "name some with --rule");
  return some;
}

async function compared(path: string, rules: Rules, io: Io): Promise<readonly Starved[]> {
  const read = readPolicy(await policySource(path, io));
  if (read.ok) return starvedBy(read.policy, rules);
  const draw = drawerFor(io);
  throw new UsageError(
    `no API server takes ${path}:\n${read.problems.map(draw).join("\n")}`,
    "`tiercel audit-policy lint` says more",
  );
}

const starvedText = ({ what, verbs, has, needs, rules }: Starved): string =>
  `missing: ${what} (${verbs.join(", ")}) is recorded at ${has}, and ${needs} is needed by ${rules.slice(0, 3).join(", ")}${rules.length > 3 ? ` and ${rules.length - 3} more` : ""}`;

/** What somebody asked a distribution for, by its own names of options, made a wish or a problem with a remedy. */
import { auditPolicy, policyProblem } from "./audit-policy.ts";
import { isAtLeast, readKubernetesVersion } from "./kubernetes-version.ts";
import { type Distribution, type DistributionOption, Refused } from "./plan/contract.ts";

/** The audit webhook's flags came with it, and back-off and truncation's last ones too (reference 03 §1.0). */
const oldest = "1.11";

/** Each option of a distribution with its value; `undoing` needs none. @throws Refused where one is missing or is none. */
export function checkedOptions(
  { name, options = [] }: Pick<Distribution, "name" | "options">,
  given: Readonly<Record<string, string | undefined>>,
  { undoing = false } = {},
): Readonly<Record<string, string>> {
  const known = new Set(options.map((option) => option.name));
  for (const [key, value] of Object.entries(given))
    if (value !== undefined && !known.has(key))
      throw new Refused(`${name} has no option --${key}`, "`tiercel enable --list` shows what each takes");
  const checked: Record<string, string> = {};
  for (const option of options) {
    const value = given[option.name]?.trim() || option.default;
    if (value !== undefined) checked[option.name] = checkedOption(option, value);
    else if (option.required === true && !(undoing && option.name === "url"))
      throw new Refused(`${name} needs --${option.name}`, option.doc);
  }
  return checked;
}

function checkedOption({ name, choices }: DistributionOption, value: string): string {
  if (choices !== undefined && !choices.includes(value))
    throw new Refused(`\`${value}\` is no value of --${name}`, `one of ${choices.join(", ")}`);
  return value;
}

/** Our policy for the cluster's version, however that is known. @throws Refused where its API server is too old. */
export function policyFor(
  kubernetes: string | undefined,
  levelCap?: "Metadata" | "Request" | "RequestResponse",
): string {
  if (kubernetes !== undefined) {
    const problem = policyProblem(kubernetes);
    if (problem !== undefined) throw new Refused(problem, "give it with --kubernetes, like `1.30`");
    const version = readKubernetesVersion(kubernetes);
    if (version !== undefined && !isAtLeast(version, oldest))
      throw new Refused(
        `Kubernetes ${version.major}.${version.minor} is too old: its API server does not know all flags of the webhook`,
        `${oldest} is the first that does; \`tiercel enable admission\` needs none`,
      );
  }
  return auditPolicy({
    ...(kubernetes === undefined ? {} : { kubernetes }),
    ...(levelCap === undefined ? {} : { levelCap }),
  });
}

/** Whether a plan needs to be told where Tiercel is reached. */
export const needsReceiver = ({ route, name }: Pick<Distribution, "route" | "name">): boolean =>
  route === "webhook" || name === "openshift" || name === "gardener";

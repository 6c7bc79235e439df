/** What a person typed, checked: a distribution and a wish. */
import { readFileSync } from "node:fs";
import { readPolicy } from "../../coverage/index.ts";
import { auditPolicy, policyProblem } from "../../distributions/audit-policy.ts";
import { distributionOf, distributions } from "../../distributions/index.ts";
import type { Distribution, Wish } from "../../distributions/plan/contract.ts";
import { receiverNotes, receiverUrl } from "../../distributions/receiver-url.ts";
import { nearest } from "../../text/nearest.ts";
import { drawerFor, type Io, UsageError } from "../io.ts";
import { readText } from "../rule-files.ts";

export interface EnableFlags {
  readonly cluster?: string;
  readonly receiver?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly policy?: string;
  readonly kubernetes?: string;
  readonly levelCap?: "Metadata" | "Request" | "RequestResponse";
  readonly host?: readonly string[];
  readonly merge?: "keep" | "replace";
  /** Options of single distributions, by their names in camel case. */
  readonly [option: string]: unknown;
}

export function knownDistribution(name: string): Distribution {
  const found = distributionOf(name);
  if (found !== undefined) return found;
  const names = distributions.flatMap((one) => [one.name, ...(one.aliases ?? [])]);
  const near = nearest(name, names);
  throw new UsageError(
    `there is no distribution \`${name}\``,
    near === undefined ? "`tiercel enable --list` shows all of them" : `did you mean \`${near}\`?`,
  );
}

export interface Wished {
  readonly wish: Wish;
  readonly notes: readonly string[];
}

/** `undoing` needs no receiver: what is ours is known by its name. */
export function wishOf(typed: string, one: Distribution, flags: EnableFlags, io: Io, { undoing = false } = {}): Wished {
  const cluster = flags.cluster ?? "default";
  const written = flags.receiver ?? (io.env.TIERCEL_RECEIVER || undefined);
  const needed = !undoing && (one.route === "webhook" || one.name === "openshift" || one.name === "gardener");
  if (written === undefined && needed)
    throw new UsageError(
      "where the API server reaches Tiercel is not told",
      "give it with --receiver, as `https://10.0.0.5:7765` or a Service's ClusterIP: an API server does not ask the cluster's DNS",
    );
  const made = receiverUrl(written ?? "https://127.0.0.1:7765", cluster);
  if ("problem" in made) throw new UsageError(made.problem, made.help);
  const token = tokenOf(flags, io);
  const authority = flags.caFile === undefined ? undefined : readText(flags.caFile);
  if (flags.host !== undefined && one.takesHosts !== true)
    throw new UsageError(`${one.name} takes no --host`, "leave it out: its hosts are found");
  const wish: Wish = {
    cluster,
    receiver: made.url,
    ...(token === undefined ? {} : { token }),
    ...(authority === undefined ? {} : { authority }),
    policy: policyOf(typed, one, flags, io),
    hosts: flags.host ?? [],
    ...(flags.merge === undefined ? {} : { merge: flags.merge }),
    options: optionsOf(one, flags),
  };
  return { wish, notes: written === undefined ? [] : receiverNotes(made.url) };
}

function tokenOf({ tokenFile }: EnableFlags, { env }: Io): string | undefined {
  if (tokenFile === undefined) return env.TIERCEL_INGEST_TOKEN?.trim() || undefined;
  try {
    const token = readFileSync(tokenFile, "utf8").trim();
    if (token !== "") return token;
  } catch (error) {
    throw new UsageError(`the token cannot be read: ${(error as Error).message}`, "write it into that file alone");
  }
  throw new UsageError(`${tokenFile} is empty`, "write the cluster's token into it");
}

/** One's own, checked as an API server checks it; else ours, for the version. */
function policyOf(typed: string, one: Distribution, flags: EnableFlags, io: Io): string {
  if (flags.policy !== undefined) {
    const text = readText(flags.policy);
    const read = readPolicy({ name: flags.policy, text });
    if (read.ok) return text;
    const draw = drawerFor(io);
    throw new UsageError(
      `no API server takes this policy:\n${read.problems.map(draw).join("\n")}`,
      "`tiercel audit-policy lint` says more",
    );
  }
  const told = flags.kubernetes ?? /-(1\.\d+)$/.exec(typed)?.[1];
  const kubernetes = one.kubernetes === undefined ? told : `1.${one.kubernetes}`;
  const problem = kubernetes === undefined ? undefined : policyProblem(kubernetes);
  if (problem !== undefined) throw new UsageError(problem);
  return auditPolicy({
    ...(kubernetes === undefined ? {} : { kubernetes }),
    ...(flags.levelCap === undefined ? {} : { levelCap: flags.levelCap }),
  });
}

const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function optionsOf(one: Distribution, flags: EnableFlags): Readonly<Record<string, string>> {
  const mine = new Map((one.options ?? []).map((option) => [option.name, option]));
  const all = new Set(distributions.flatMap(({ options = [] }) => options.map(({ name }) => name)));
  for (const name of all)
    if (flags[camel(name)] !== undefined && !mine.has(name))
      throw new UsageError(`${one.name} has no option --${name}`, `\`tiercel enable --list\` shows what each takes`);
  const options: Record<string, string> = {};
  for (const option of mine.values()) {
    const value = (flags[camel(option.name)] as string | undefined) ?? option.default;
    if (value === undefined && option.required === true)
      throw new UsageError(`${one.name} needs --${option.name}`, option.doc);
    if (value !== undefined) options[option.name] = value;
  }
  return options;
}

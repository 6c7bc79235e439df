/** What a person typed, checked: a distribution and a wish. */
import { readFileSync } from "node:fs";
import { readPolicy } from "../../coverage/index.ts";
import { distributionOf, distributions } from "../../distributions/index.ts";
import type { Asked, Distribution, Wish } from "../../distributions/plan/contract.ts";
import { receiverNotes, receiverUrl } from "../../distributions/receiver-url.ts";
import { checkedOptions, policyFor } from "../../distributions/wish.ts";
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

/** Where to look. `undoing` needs nothing that only a new cluster has. */
export function askedOf(one: Distribution, flags: EnableFlags, { undoing }: { readonly undoing: boolean }): Asked {
  if (flags.host !== undefined && one.takesHosts !== true)
    throw new UsageError(`${one.name} takes no --host`, "leave it out: its hosts are found");
  const policyFlag = flags.policy !== undefined ? "--policy" : flags.levelCap !== undefined ? "--level-cap" : undefined;
  if (one.policy === "theirs" && policyFlag !== undefined)
    throw new UsageError(
      `${one.name} takes no ${policyFlag}: what is recorded there is not set by an audit policy of ours`,
      "`tiercel enable --list` shows what it takes",
    );
  const all = new Set(distributions.flatMap(({ options = [] }) => options.map(({ name }) => name)));
  const given = Object.fromEntries([...all].map((name) => [name, flags[camel(name)] as string | undefined]));
  return {
    cluster: flags.cluster ?? "default",
    hosts: flags.host ?? [],
    options: checkedOptions(one, given, { undoing }),
  };
}

export interface Told extends Asked {
  /** As written, or found in the cluster; absent where none is needed. */
  readonly receiver?: string;
  /** The version that nobody told and that was found. */
  readonly found?: string;
}

export function wishOf(typed: string, one: Distribution, flags: EnableFlags, told: Told, io: Io) {
  const { receiver, found, ...asked } = told;
  const made = receiverUrl(receiver ?? "https://127.0.0.1:7765", asked.cluster);
  if ("problem" in made) throw new UsageError(made.problem, made.help);
  const token = tokenOf(flags, io);
  const authority = flags.caFile === undefined ? undefined : readText(flags.caFile);
  const wish: Wish = {
    ...asked,
    receiver: made.url,
    ...(token === undefined ? {} : { token }),
    ...(authority === undefined ? {} : { authority }),
    policy: policyOf(typed, one, flags, found, io),
    ...(flags.merge === undefined ? {} : { merge: flags.merge }),
  };
  return { wish, notes: receiver === undefined ? [] : receiverNotes(made.url) };
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

/** The version that somebody told: `--kubernetes`, an old name's `minikube-1.12`, or a distribution that has only one. */
export const toldVersion = (typed: string, one: Distribution, flags: EnableFlags): string | undefined =>
  one.kubernetes === undefined ? (flags.kubernetes ?? /-(1\.\d+)$/.exec(typed)?.[1]) : `1.${one.kubernetes}`;

/** One's own, checked as an API server checks it; else ours, for the version. */
function policyOf(typed: string, one: Distribution, flags: EnableFlags, found: string | undefined, io: Io): string {
  if (flags.policy === undefined) return policyFor(toldVersion(typed, one, flags) ?? found, flags.levelCap);
  const text = readText(flags.policy);
  const read = readPolicy({ name: flags.policy, text });
  if (read.ok) return text;
  const draw = drawerFor(io);
  throw new UsageError(
    `no API server takes this policy:\n${read.problems.map(draw).join("\n")}`,
    "`tiercel audit-policy lint` says more",
  );
}

const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

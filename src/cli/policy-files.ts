/** Policies as files: read with their places, checked by the same schema as the API's, written again. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { unknownOption, wordsOf } from "../config/problems.ts";
import { type Path, readWritten } from "../config/written.ts";
import { type Policy, PolicyFile } from "../policies/index.ts";
import type { Diagnostic, Source } from "../text/diagnostic.ts";

/** Ours, beside `src/` and `dist/` alike. */
export const shippedPolicies = fileURLToPath(new URL("../../policies/policies.yaml", import.meta.url));

export type ReadPolicies =
  | { readonly ok: true; readonly policies: readonly Policy[] }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Everything that is wrong at once, each at its place. */
export function readPolicies(source: Source): ReadPolicies {
  const written = readWritten(source);
  if (!("value" in written)) return { ok: false, problems: written };
  const checked = PolicyFile.safeParse(written.value);
  const problems: Diagnostic[] = [];
  for (const issue of checked.error?.issues ?? []) {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
      const there = known(path);
      for (const key of issue.keys) problems.push({ ...unknownOption(key, there), place: written.keyPlace(path, key) });
    } else {
      const name = String(path.findLast((step) => typeof step === "string") ?? "policies");
      problems.push({ ...wordsOf(issue, name, valueAt(written.value, path)), place: written.place(path) });
    }
  }
  const seen = new Set<string>();
  for (const [at, { name }] of (checked.data?.policies ?? []).entries()) {
    if (seen.has(name))
      problems.push({
        code: "same-name-twice",
        message: `policy \`${name}\` is there already`,
        place: written.place(["policies", at, "name"]),
        help: "give each policy a name of its own",
      });
    seen.add(name);
  }
  if (!checked.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, policies: checked.data.policies };
}

const members: Readonly<Record<string, readonly string[]>> = {
  "": ["policies"],
  scope: ["field", "operator", "values"],
  rules: ["name", "enabled"],
  muted: ["until", "by", "reason"],
  policies: [
    ...["name", "kind", "of", "description", "severity", "enabled", "scope", "rules", "runbook", "channels", "muted"],
  ],
};

const known = (path: Path): readonly string[] =>
  members[String(path.findLast((step) => typeof step === "string") ?? "")] ?? [];

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) at = (at as Record<string | number, unknown> | undefined)?.[step];
  return at;
}

/** Those that come with the program. A mistake in them is ours and thrown. */
export function readShippedPolicies(): readonly Policy[] {
  const read = readPolicies({ name: shippedPolicies, text: readFileSync(shippedPolicies, "utf8") });
  if (read.ok) return read.policies;
  throw new Error(`${shippedPolicies}: ${read.problems.map(({ message }) => message).join("; ")}`);
}

/** As a file that `policies apply` reads, without what is as it would be anyway. */
export function policiesYaml(policies: readonly Policy[]): string {
  const lean = policies.map(({ scope, rules, channels, description, ...rest }) => ({
    ...rest,
    ...(description === "" ? {} : { description }),
    ...(scope.length === 0 ? {} : { scope }),
    ...(channels.length === 0 ? {} : { channels }),
    ...(rules.length === 0 ? {} : { rules }),
  }));
  return stringify({ policies: lean }, { lineWidth: 120 });
}

/** An audit policy that fits our rules: what they read is recorded, what they never ask for is not. */
import { policyRules } from "./audit-policy-rules.ts";
import { printed } from "./audit-policy-text.ts";
import { isAtLeast, type KubernetesVersion, readKubernetesVersion } from "./kubernetes-version.ts";

/** From nothing to everything, as Kubernetes orders them. */
export const auditLevels = ["None", "Metadata", "Request", "RequestResponse"] as const;
export type AuditLevel = (typeof auditLevels)[number];

/** The oldest Kubernetes whose API server reads a policy as we write it (audit.k8s.io/v1beta1 came with it). */
export const oldestKubernetes = "1.8";

export interface PolicyWish {
  /** As `readKubernetesVersion` reads it. Absent: for 1.23 and later, which are all served the same. */
  readonly kubernetes?: string;
  /** Nothing is recorded deeper than this. */
  readonly levelCap?: Exclude<AuditLevel, "None">;
}

/** What stands in the way of a policy for such a version, small first letter; undefined: nothing. */
export function policyProblem(kubernetes: string): string | undefined {
  const version = readKubernetesVersion(kubernetes);
  if (version === undefined) return `\`${kubernetes}\` is no Kubernetes version: write it like \`1.30\``;
  if (!isAtLeast(version, oldestKubernetes))
    return `Kubernetes ${version.major}.${version.minor} has no audit policy that we can write: ${oldestKubernetes} is the first`;
  return undefined;
}

/**
 * Our policy as YAML with comments, for an API server of that version (reference 04 §1.3, §5.1): `v1beta1` before 1.12,
 * `omitManagedFields` from 1.23, the API groups that it serves.
 * @throws RangeError where `policyProblem` knows why not.
 */
export function auditPolicy({ kubernetes, levelCap = "RequestResponse" }: PolicyWish = {}): string {
  const problem = policyProblem(kubernetes ?? unlessTold);
  const version = readKubernetesVersion(kubernetes ?? unlessTold);
  if (problem !== undefined || version === undefined) throw new RangeError(problem);
  return printed({
    apiVersion: isAtLeast(version, "1.12") ? "audit.k8s.io/v1" : "audit.k8s.io/v1beta1",
    omitManagedFields: isAtLeast(version, "1.23"),
    sections: capped(policyRules(version), levelCap),
    note: noteOf(kubernetes === undefined ? undefined : version, levelCap),
  });
}

/** From here on all are served the same policy. */
const unlessTold = "1.23";

function noteOf(version: KubernetesVersion | undefined, cap: AuditLevel): string {
  const deep = cap === "RequestResponse" ? "" : ` Nothing deeper than ${cap}: rules that read more keep silent.`;
  const whose =
    version === undefined
      ? `For Kubernetes ${unlessTold} and later; \`tiercel audit-policy print --kubernetes 1.20\` writes one for an older.`
      : `For Kubernetes ${version.major}.${version.minor}.`;
  return whose + deep;
}

type Sections = ReturnType<typeof policyRules>;

/** Lowered to the cap. What then says the same as the catch-all, with nothing else between, is left out. */
function capped(sections: Sections, cap: AuditLevel): Sections {
  const most = auditLevels.indexOf(cap);
  const lowered = sections.map((section) => ({
    ...section,
    rules: section.rules.map((rule) => (auditLevels.indexOf(rule.level) > most ? { ...rule, level: cap } : rule)),
  }));
  const levels = lowered.map(({ rules }) => rules.at(-1)?.level);
  const last = levels.at(-1);
  const from = levels.findLastIndex((level) => level !== last) + 1;
  return cap === "RequestResponse" ? lowered : [...lowered.slice(0, from), ...lowered.slice(-1)];
}

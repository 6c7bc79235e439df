/** What an API server of one version does not know of a policy: what it refuses, passes over, or never sees. */
import { isAtLeast, type KubernetesVersion } from "../distributions/kubernetes-version.ts";
import type { Finding } from "./lint.ts";
import type { AuditPolicy, GroupResources, Word } from "./policy.ts";

/** The first and the last version that has it; absent: older or newer than any that we know. */
interface Served {
  readonly since?: string;
  readonly until?: string;
}

/** Groups of Kubernetes' own that not every version serves, an alpha that is switched on counted in. */
const groups: Readonly<Record<string, Served>> = {
  "auditregistration.k8s.io": { since: "1.13", until: "1.18" },
  "coordination.k8s.io": { since: "1.12" },
  "discovery.k8s.io": { since: "1.16" },
  extensions: { until: "1.21" },
  "flowcontrol.apiserver.k8s.io": { since: "1.18" },
  "internal.apiserver.k8s.io": { since: "1.20" },
  "node.k8s.io": { since: "1.14" },
  "resource.k8s.io": { since: "1.26" },
  "settings.k8s.io": { until: "1.19" },
  "storagemigration.k8s.io": { since: "1.30" },
};

const workloads = ["daemonsets", "deployments", "networkpolicies", "replicasets"];
/** Resources of groups that are older or stayed longer. */
const resources: Readonly<Record<string, Served>> = {
  "/pods/ephemeralcontainers": { since: "1.16" },
  "admissionregistration.k8s.io/validatingadmissionpolicies": { since: "1.26" },
  "admissionregistration.k8s.io/validatingadmissionpolicybindings": { since: "1.26" },
  "authentication.k8s.io/selfsubjectreviews": { since: "1.26" },
  "policy/podsecuritypolicies": { until: "1.24" },
  ...Object.fromEntries(workloads.map((name) => [`extensions/${name}`, { until: "1.15" }])),
};

/** A rule that names as many groups as a whole means all of them. */
const manyGroups = 8;

export function versionFindings(policy: AuditPolicy, version: KubernetesVersion): readonly Finding[] {
  const name = `Kubernetes ${version.major}.${version.minor}`;
  return [
    ...ofTheWhole(policy, version, name),
    ...policy.rules.flatMap(({ resources: some, level }) => [
      ...some.flatMap((one) => ofGroup(one, version, name)),
      ...(level === "None" ? [] : leftOut(some, version, name)),
    ]),
  ];
}

function ofTheWhole(policy: AuditPolicy, version: KubernetesVersion, name: string): readonly Finding[] {
  const found: Finding[] = [];
  const isOld = !isAtLeast(version, "1.12");
  const format = policy.apiVersion;
  if (
    format === "audit.k8s.io/v1"
      ? isOld
      : isAtLeast(version, "1.24") || (format.endsWith("v1beta1") && !isAtLeast(version, "1.8"))
  )
    found.push({
      code: "unknown-version",
      severity: "error",
      message: `an API server of ${name} does not know \`${format}\`, and does not start`,
      place: policy.placeOf("apiVersion"),
      help: `write \`audit.k8s.io/${isOld ? "v1beta1" : "v1"}\``,
    });
  if (!isAtLeast(version, "1.23")) {
    const said = policy.omitManagedFields ? [policy.placeOf("omitManagedFields")] : [];
    const inRules = policy.rules.filter((rule) => rule.omitManagedFields !== undefined).map(({ place }) => place);
    for (const place of [...said, ...inRules])
      found.push({
        code: "unknown-field",
        severity: "warning",
        message: `${name} passes over \`omitManagedFields\`: it is known from 1.23 on`,
        place,
        help: "leave it out",
      });
  }
  return found;
}

function ofGroup(
  { group, resources: words, place }: GroupResources,
  version: KubernetesVersion,
  name: string,
): readonly Finding[] {
  if (group === "*")
    return isAtLeast(version, "1.36")
      ? []
      : [
          {
            code: "star-group",
            severity: "error",
            message: `an API server of ${name} refuses \`*\` for all groups, and does not start: it is known from 1.36 on`,
            place,
            help: "leave `resources` out where any will do, or name the groups",
          },
        ];
  const served = groups[group];
  if (served !== undefined && !isServed(served, version))
    return [unserved(`the group \`${group}\``, served, place, name)];
  return words.flatMap((word): readonly Finding[] => {
    const one = resources[`${group}/${word.text}`];
    return one === undefined || isServed(one, version) ? [] : [unserved(`\`${word.text}\``, one, word.place, name)];
  });
}

/** Whether that version has the resource (`pods/exec`) in that group, as far as is known here. */
export const isServedBy = (group: string, resource: string, version: KubernetesVersion): boolean =>
  isServed(groups[group] ?? {}, version) && isServed(resources[`${group}/${resource}`] ?? {}, version);

const isServed = ({ since, until }: Served, version: KubernetesVersion): boolean =>
  (since === undefined || isAtLeast(version, since)) &&
  (until === undefined || !isAtLeast(version, until) || `${version.major}.${version.minor}` === until);

const unserved = (what: string, { since, until }: Served, place: Word["place"], name: string): Finding => ({
  code: "not-served",
  severity: "warning",
  message: `${name} does not serve ${what}`,
  place,
  help: [since && `it came with ${since}`, until && `${until} was the last that did`].filter(Boolean).join(", "),
});

/** A long list of whole groups is meant to be all of them, and new ones fall to what stands behind it. */
function leftOut(some: readonly GroupResources[], version: KubernetesVersion, name: string): readonly Finding[] {
  const whole = some.filter(({ resources: words }) => words.length === 0);
  if (whole.length < manyGroups) return [];
  const named = new Set(some.map(({ group }) => group));
  const missing = Object.keys(groups).filter(
    (group) => !named.has(group) && group !== "extensions" && isServed(groups[group] as Served, version),
  );
  const [first] = whole;
  if (missing.length === 0 || first === undefined) return [];
  return [
    {
      code: "groups-left-out",
      severity: "warning",
      message: `${missing.map((group) => `\`${group}\``).join(", ")} of ${name} ${missing.length === 1 ? "is" : "are"} not in this list of groups`,
      place: first.place,
      help: "add what should be recorded as deep; custom resources fall to the rules behind this one too",
    },
  ];
}

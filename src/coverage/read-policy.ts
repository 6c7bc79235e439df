/** An audit policy read from YAML as an API server reads it: what it refuses is an error, what it passes over a warning (reference 04 §5.1). */
import type { Diagnostic, Source } from "../text/diagnostic.ts";
import { type AuditPolicy, type GroupResources, levels, type Place, type PolicyRule, policyStages } from "./policy.ts";
import { isNothing, type Member, PolicyYaml } from "./policy-yaml.ts";

export type ReadPolicy =
  | { readonly ok: true; readonly policy: AuditPolicy; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

const apiVersions = ["audit.k8s.io/v1", "audit.k8s.io/v1beta1", "audit.k8s.io/v1alpha1"] as const;
const policyMembers = ["apiVersion", "kind", "metadata", "omitStages", "omitManagedFields", "rules"];
const ruleMembers = [
  ...["level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs"],
  ...["omitStages", "omitManagedFields"],
];

/** Never throws for what people wrote. All mistakes at once, in the order they stand. */
export function readPolicy(source: Source): ReadPolicy {
  const yaml = new PolicyYaml(source);
  const policy = yaml.problems.some(({ severity }) => severity === "error") ? undefined : whole(yaml);
  const sorted = yaml.problems.toSorted((a, b) => (a.place?.from ?? 0) - (b.place?.from ?? 0));
  if (policy === undefined || sorted.some(({ severity }) => severity === "error"))
    return { ok: false, problems: sorted };
  return { ok: true, policy, warnings: sorted };
}

function whole(yaml: PolicyYaml): AuditPolicy | undefined {
  const top = yaml.firstLine;
  const members = yaml.map(yaml.root, "a policy", top, policyMembers);
  if (members === undefined) return undefined;
  const apiVersion = yaml.text(members.get("apiVersion"), "apiVersion", top);
  if (apiVersion !== undefined) yaml.choice(apiVersion, "apiVersion", apiVersions);
  const kind = members.get("kind");
  if (kind === undefined || isNothing(kind.value))
    yaml.tell(
      "missing-kind",
      "an API server takes it for a Policy, other programs may not",
      top,
      "write `kind: Policy`",
      "warning",
    );
  else {
    const word = yaml.text(kind, "kind", top);
    if (word !== undefined) yaml.choice(word, "kind", ["Policy"]);
  }
  const written = members.get("rules");
  const rules = yaml.list(written, "rules");
  if (rules.length === 0)
    yaml.tell("no-rules", "a policy without rules is refused", written?.key ?? top, "add `- level: Metadata`");
  const placeOf: AuditPolicy["placeOf"] = (member) => members.get(member)?.key ?? top;
  return {
    source: yaml.source,
    apiVersion: apiVersion?.text ?? "",
    omitStages: yaml.choices(members.get("omitStages"), "omitStages", policyStages),
    omitManagedFields: yaml.flag(members.get("omitManagedFields"), "omitManagedFields") ?? false,
    rules: rules.flatMap((rule) => ruleOf(yaml, rule, yaml.place(rule, placeOf("rules"))) ?? []),
    placeOf,
  };
}

function ruleOf(yaml: PolicyYaml, node: unknown, around: Place): PolicyRule | undefined {
  const members = yaml.map(node, "a rule", around, ruleMembers);
  if (members === undefined) return undefined;
  const words = (name: string) => yaml.words(members.get(name), name);
  const level = yaml.text(members.get("level"), "level", around);
  const omitManagedFields = yaml.flag(members.get("omitManagedFields"), "omitManagedFields");
  const rule: PolicyRule = {
    level: (level && yaml.choice(level, "level", levels)) ?? "None",
    users: words("users"),
    userGroups: words("userGroups"),
    verbs: words("verbs"),
    resources: yaml
      .list(members.get("resources"), "resources")
      .flatMap((one) => groupOf(yaml, one, yaml.place(one, members.get("resources")!.key)) ?? []),
    namespaces: words("namespaces"),
    nonResourceURLs: words("nonResourceURLs"),
    omitStages: yaml.choices(members.get("omitStages"), "omitStages", policyStages),
    ...(omitManagedFields === undefined ? {} : { omitManagedFields }),
    place: level?.place ?? around,
  };
  checkUrls(yaml, rule, members);
  return rule;
}

function checkUrls(
  yaml: PolicyYaml,
  { nonResourceURLs, resources, namespaces }: PolicyRule,
  members: ReadonlyMap<string, Member>,
): void {
  for (const { text, place } of nonResourceURLs) {
    if (text !== "*" && !text.startsWith("/"))
      yaml.tell("invalid-url", "a non-resource URL begins with `/`", place, `write \`/${text}\``);
    if (text.slice(0, -1).includes("*"))
      yaml.tell("invalid-url", "`*` can stand at the end of a URL alone", place, "cut the URL there");
  }
  const url = members.get("nonResourceURLs");
  if (url !== undefined && nonResourceURLs.length > 0 && (resources.length > 0 || namespaces.length > 0))
    yaml.tell(
      "mixed-rule",
      `a rule is either for nonResourceURLs or for ${resources.length > 0 ? "resources" : "namespaces"}`,
      url.key,
      "make two rules of it",
    );
}

/** A DNS subdomain, as the API server asks for; `*` for all groups is for 1.36 and later, and ours to warn of. */
const groupName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

function groupOf(yaml: PolicyYaml, node: unknown, around: Place): GroupResources | undefined {
  const members = yaml.map(node, "`resources`", around, ["group", "resources", "resourceNames"]);
  if (members === undefined) return undefined;
  const written = members.get("group");
  const group = written && yaml.text(written, "group", around);
  const isGroup = (text: string) => text === "" || text === "*" || (text.length <= 253 && groupName.test(text));
  if (group && !isGroup(group.text)) {
    const [before = "", version] = group.text.split("/");
    const help = version === undefined ? undefined : `leave the version out: \`${before}\``;
    yaml.tell("invalid-group", `\`${group.text}\` is no API group`, group.place, help);
  }
  const resources = yaml.words(members.get("resources"), "resources");
  const resourceNames = yaml.words(members.get("resourceNames"), "resourceNames");
  if (resourceNames.length > 0 && resources.length === 0)
    yaml.tell(
      "names-without-resources",
      "`resourceNames` needs `resources` beside it",
      members.get("resourceNames")!.key,
      "say of which resources the names are",
    );
  return { group: group?.text ?? "", resources, resourceNames, place: group?.place ?? around };
}

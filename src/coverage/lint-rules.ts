/** What an API server takes without a word and yet is hardly meant, rule by rule (reference 04 §5.4 item 7). */
import { position } from "../text/source.ts";
import { decide } from "./decide.ts";
import { credentialBodies, eventVerbs, groupsOf } from "./known-names.ts";
import type { Finding } from "./lint.ts";
import { type AuditPolicy, levels, type PolicyRequest, type PolicyRule, policyStages, type Word } from "./policy.ts";
import { unreachable } from "./unreachable.ts";

export function ruleFindings(policy: AuditPolicy): readonly Finding[] {
  return [
    ...shadowed(policy),
    ...policy.rules.flatMap((rule, index) => [
      ...literalStars(rule),
      ...strangeVerbs(rule),
      ...wrongGroups(rule),
      ...emptyNames(rule),
      ...depthWithoutGain(rule),
      ...storedCredentials(policy, rule, index),
      ...blindIdentity(rule),
      ...noStageLeft(policy, rule),
    ]),
  ];
}

function shadowed(policy: AuditPolicy): readonly Finding[] {
  const lineOf = (index: number) => position(policy.source, policy.rules[index]!.place.from).line;
  return [...unreachable(policy)].map(([index, takers]) => ({
    code: "unreachable-rule",
    message: "no request comes as far as this rule",
    place: policy.rules[index]!.place,
    notes: [`taken before by the rule${takers.length > 1 ? "s" : ""} at line ${takers.map(lineOf).join(", ")}`],
    help: "the first rule that fits counts: move it up, or leave it out",
  }));
}

function literalStars(rule: PolicyRule): readonly Finding[] {
  const lists: readonly (readonly [string, readonly Word[]])[] = [
    ["users", rule.users],
    ["userGroups", rule.userGroups],
    ["verbs", rule.verbs],
    ["namespaces", rule.namespaces],
    ["resourceNames", rule.resources.flatMap(({ resourceNames }) => resourceNames)],
  ];
  const stars = lists.flatMap(([name, words]) =>
    words.filter(({ text }) => text.includes("*")).map((word) => [name, word] as const),
  );
  const parts = rule.resources
    .flatMap(({ resources }) => resources)
    .filter(({ text }) => text !== "*" && text.includes("*") && !/^(\*\/[^*]+|[^*]+\/\*)$/.test(text));
  return [
    ...stars.map(([name, { text, place }]) => ({
      code: "literal-star",
      message: `\`*\` is no wildcard in \`${name}\`: nothing is called \`${text}\``,
      place,
      help: text === "*" ? `leave \`${name}\` out: then any fits` : "name each in full",
    })),
    ...parts.map(({ text, place }) => ({
      code: "literal-star",
      message: `\`${text}\` fits no resource`,
      place,
      help: "`*`, `pods/*` and `*/status` are the forms with a star",
    })),
    ...rule.resources
      .filter(({ group }) => group === "*")
      .map(({ place }) => ({
        code: "star-group",
        message: "`*` for all groups is refused before Kubernetes 1.36: the API server does not start",
        place,
        help: "leave `resources` out where any will do, or name the groups",
      })),
  ];
}

function strangeVerbs({ verbs }: PolicyRule): readonly Finding[] {
  return verbs
    .filter(({ text }) => !text.includes("*") && !eventVerbs.has(text))
    .map(({ text, place }) => ({
      code: "unknown-verb",
      message: `no request has the verb \`${text}\``,
      place,
      help: "there are: get, list, watch, create, update, patch, delete, deletecollection, proxy",
    }));
}

function wrongGroups({ resources }: PolicyRule): readonly Finding[] {
  return resources.flatMap(({ group, resources: words }) =>
    words.flatMap(({ text, place }) => {
      const [resource = ""] = text.split("/");
      const homes = groupsOf.get(resource);
      // What others call so too is known in groups of Kubernetes' own alone.
      const isOurs = group === "" || [...groupsOf.values()].some((groups) => groups.includes(group));
      if (homes === undefined || homes.includes(group) || group === "*" || !isOurs) return [];
      return [
        {
          code: "wrong-group",
          message: `\`${resource}\` is not in the group \`${group}\``,
          place,
          help: `it is in ${homes.map((one) => (one === "" ? 'the core group, `""`' : `\`${one}\``)).join(", ")}`,
        },
      ];
    }),
  );
}

/** A create, a list and a watch have no name in their URL, so a rule for names does not see them. */
function emptyNames({ verbs, resources, place }: PolicyRule): readonly Finding[] {
  const nameless = ["create", "list", "watch", "deletecollection"];
  if (verbs.length === 0 || !verbs.every(({ text }) => nameless.includes(text))) return [];
  return resources
    .filter((one) => one.resourceNames.length > 0 && one.resources.every(({ text }) => !text.includes("/")))
    .map(({ resourceNames }) => ({
      code: "names-never-fit",
      message: `a request to ${verbs.map(({ text }) => text).join(" or ")} has no name when the policy is asked`,
      place: resourceNames[0]?.place ?? place,
      help: "leave `resourceNames` out",
    }));
}

function depthWithoutGain({ level, verbs, place }: PolicyRule): readonly Finding[] {
  const reads = ["get", "list", "watch"];
  if (level !== "Request" || verbs.length === 0 || !verbs.every(({ text }) => reads.includes(text))) return [];
  return [
    {
      code: "request-of-reads",
      message: "a read has no body: Request records no more than Metadata here",
      place,
      help: "write Metadata",
    },
  ];
}

function storedCredentials(policy: AuditPolicy, rule: PolicyRule, index: number): readonly Finding[] {
  return credentialBodies.flatMap(({ group, resource, subresource, from }) => {
    const deep = levels.indexOf(rule.level);
    if (deep < levels.indexOf(from)) return [];
    const probes = probesOf(rule, { group, resource, subresource }, rule.level === "Request");
    if (![...probes].some((probe) => decide(policy, probe).rule === index)) return [];
    const name = subresource === "" ? resource : `${resource}/${subresource}`;
    return [
      {
        code: "stored-credentials",
        message: `${rule.level} puts what is in \`${name}\` into the audit log`,
        place: rule.place,
        help: `put \`${name}\` into a rule of level Metadata before this one`,
      },
    ];
  });
}

type Asked = Pick<NonNullable<PolicyRequest["resource"]>, "group" | "resource" | "subresource">;

/** Requests for a resource by all whom a rule names; writes alone where reads have no body. */
function* probesOf(rule: PolicyRule, asked: Asked, writesOnly: boolean): Generator<PolicyRequest> {
  const each = (words: readonly Word[], any: string) => (words.length === 0 ? [any] : words.map(({ text }) => text));
  const writes = asked.subresource === "" ? ["create", "update", "patch"] : ["create"];
  const all = writesOnly ? writes : [...writes, ...(asked.subresource === "" ? ["get", "list", "watch"] : [])];
  const names = rule.resources.flatMap(({ resourceNames }) => resourceNames);
  for (const verb of all.filter((one) => rule.verbs.length === 0 || rule.verbs.some(({ text }) => text === one)))
    for (const user of each(rule.users, "somebody"))
      for (const group of each(rule.userGroups, "system:authenticated"))
        for (const namespace of each(rule.namespaces, "some-namespace"))
          for (const name of verb === "create" && asked.subresource === ""
            ? [""]
            : ["some-name", ...names.map(({ text }) => text)])
            yield {
              user: { name: user, groups: [group, "system:authenticated"] },
              verb,
              path: "/",
              resource: { ...asked, namespace, name },
            };
}

/** Who takes over such an identity is not seen at all. */
function blindIdentity(rule: PolicyRule): readonly Finding[] {
  const { level, users, userGroups, verbs, resources, nonResourceURLs } = rule;
  const narrow = [verbs, resources, nonResourceURLs].some(({ length }) => length > 0);
  const [who] = [...users, ...userGroups];
  if (level !== "None" || narrow || who === undefined) return [];
  return [
    {
      code: "blind-identity",
      message: `nothing that \`${who.text}\` does is recorded: whoever takes it over is not seen`,
      place: who.place,
      help: "name the verbs and resources of its routine",
    },
  ];
}

function noStageLeft(policy: AuditPolicy, rule: PolicyRule): readonly Finding[] {
  if (rule.level === "None" || rule.omitStages.length === 0) return [];
  const omitted = new Set([...policy.omitStages, ...rule.omitStages]);
  if (!policyStages.every((stage) => omitted.has(stage))) return [];
  return [
    {
      code: "no-stage-left",
      message: "all stages are left out: nothing is recorded",
      place: rule.place,
      help: "write `level: None` where that is meant",
    },
  ];
}

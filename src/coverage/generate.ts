/** The smallest audit policy under which rules answer as they would on everything (reference 04 §5.5). */

import type { PolicySection, ResourceGroup, ShippedRule } from "../distributions/audit-policy-rules.ts";
import { policyRules } from "../distributions/audit-policy-rules.ts";
import type { KubernetesVersion } from "../distributions/kubernetes-version.ts";
import type { AuditEvent } from "../domain/audit-event.ts";
import type { LoadedRule } from "../engine/contract.ts";
import { type Demand, demandsOf, type RequestKind, someOther } from "./demand.ts";
import { credentialBodies } from "./known-names.ts";
import { isServedBy } from "./lint-version.ts";
import { levels, type PolicyLevel, type PolicyStage, policyStages } from "./policy.ts";
import { homesOf, namesOf, verbs } from "./resources-asked.ts";

export interface Generated {
  readonly sections: readonly PolicySection[];
  readonly omitStages: readonly PolicyStage[];
  /** What the rules ask for and do not get, and why. */
  readonly notices: readonly string[];
}

export interface GenerateWish {
  readonly version: KubernetesVersion;
  readonly levelCap: PolicyLevel;
}

const plainVerbs = ["get", "head", "options", "post", "put", "patch", "delete"];
/** One resource or subresource, and what is asked of it by each verb. */
interface Cell {
  readonly resource: string;
  readonly subresource: string;
  readonly byVerb: ReadonlyMap<string, Demand>;
}

export function generatePolicy(rules: readonly LoadedRule<AuditEvent>[], wish: GenerateWish): Generated {
  const demands = demandsOf(rules);
  const cell = (resource: string, subresource: string): Cell => ({
    resource,
    subresource,
    byVerb: new Map(verbs.map((verb) => [verb, demands({ verb, resource, subresource })])),
  });
  const cells = namesOf(rules).map(([resource, subresource]) => cell(resource, subresource));
  const others = cell(someOther, "");
  const pathless = plainVerbs.map((verb) => demands({ verb }));
  const all = [...cells.flatMap(({ byVerb }) => [...byVerb.values()]), ...others.byVerb.values(), ...pathless];
  const notices: string[] = [];
  const asked = cells.map((one) => capped(one, wish.levelCap, notices));
  // What has no group that is known here can only be named by not naming it.
  const homeless = asked.filter(({ resource }) => homesOf(resource).length === 0);
  const wide = deepestOf([capped(others, wish.levelCap, notices), ...homeless]);
  const isCaughtAll =
    [...wide.byVerb.values()].some((level) => level !== "None") || pathless.some(({ level }) => level !== "None");
  const stages = new Set(all.flatMap((demand) => [...demand.stages]));
  return {
    sections: [
      ...quiet(demands, wish.version, isCaughtAll),
      ...section(
        "Credentials: who asked for which, never what they are.",
        credentials(asked, isCaughtAll, wish.version),
      ),
      ...deepest(asked, wide, wish.version),
      ...(isCaughtAll
        ? section("All else that a rule can match, failed logins and unknown resources among it.", [
            { level: "Metadata" },
          ])
        : section("What a rule can match; nothing else is recorded.", ofLevel(asked, "Metadata", wish.version))),
    ],
    omitStages: policyStages.filter((stage) => !stages.has(stage) && stage !== "ResponseComplete"),
    notices: [...new Set(notices)],
  };
}

const section = (why: string, rules: readonly ShippedRule[]): readonly PolicySection[] =>
  rules.length === 0 ? [] : [{ why, rules }];

type Levels = ReadonlyMap<string, PolicyLevel>;
interface Asked {
  readonly resource: string;
  readonly subresource: string;
  readonly byVerb: Levels;
}

/** By each verb the deepest of all. */
const deepestOf = (some: readonly Asked[]): Asked => ({
  resource: someOther,
  subresource: "",
  byVerb: new Map(
    verbs.map((verb) => {
      const found = some.map(({ byVerb }) => levels.indexOf(byVerb.get(verb) ?? "None"));
      return [verb, levels[Math.max(...found)] as PolicyLevel];
    }),
  ),
});

const least = (one: PolicyLevel, other: PolicyLevel): PolicyLevel =>
  levels.indexOf(one) <= levels.indexOf(other) ? one : other;

/** Not deeper than is good for credentials, nor than somebody wants. */
function capped({ resource, subresource, byVerb }: Cell, levelCap: PolicyLevel, notices: string[]): Asked {
  const credential = credentialBodies.find((one) => one.resource === resource && one.subresource === subresource);
  const most =
    credential === undefined ? "RequestResponse" : (levels[levels.indexOf(credential.from) - 1] as PolicyLevel);
  const name = subresource === "" ? resource : `${resource}/${subresource}`;
  return {
    resource,
    subresource,
    byVerb: new Map(
      [...byVerb].map(([verb, { level, rules }]) => {
        const given = least(least(level, most), levelCap);
        if (given !== level && level !== "None")
          notices.push(
            `${rules.map((rule) => `\`${rule}\``).join(", ")}: reads ${level} of \`${name === someOther ? "any resource" : name}\`, and ${given} is recorded`,
          );
        return [verb, given];
      }),
    ),
  };
}

/** Before any wide rule, so that none of them records what is in them. */
function credentials(
  asked: readonly Asked[],
  isCaughtAll: boolean,
  version: KubernetesVersion,
): readonly ShippedRule[] {
  const those = asked.filter(({ resource, subresource }) =>
    credentialBodies.some((one) => one.resource === resource && one.subresource === subresource),
  );
  const wanted = those.filter(({ byVerb }) => isCaughtAll || [...byVerb.values()].some((level) => level !== "None"));
  return wanted.length === 0
    ? []
    : [
        {
          level: "Metadata",
          resources: groupsWith(wanted, version, { only: credentialBodies.map(({ group }) => group) }),
        },
      ];
}

/** What is read of bodies: with what came of it, then what was asked for. */
function deepest(asked: readonly Asked[], wide: Asked, version: KubernetesVersion): readonly PolicySection[] {
  const why = {
    RequestResponse: "What rules read of answers.",
    Request: "What rules read of what was asked for.",
  } as const;
  return (["RequestResponse", "Request"] as const).flatMap((level) => {
    const some = [...wide.byVerb].filter(([, one]) => one === level).map(([verb]) => verb);
    return [
      ...section(why[level], ofLevel(asked, level, version)),
      ...section(
        `Rules that read bodies and name no resource, or one whose API group is not known here.`,
        some.length === 0 ? [] : [{ level, ...(some.length === verbs.length ? {} : { verbs: some }) }],
      ),
    ];
  });
}

/** Resources that are asked for by the same verbs stand together. */
function ofLevel(asked: readonly Asked[], level: PolicyLevel, version: KubernetesVersion): readonly ShippedRule[] {
  const byVerbs = new Map<string, Asked[]>();
  for (const one of asked) {
    const said = verbs.filter((verb) => one.byVerb.get(verb) === level);
    if (said.length === 0) continue;
    byVerbs.set(said.join(" "), [...(byVerbs.get(said.join(" ")) ?? []), one]);
  }
  return [...byVerbs]
    .map(([said, ones]): ShippedRule => {
      const list = said.split(" ");
      const resources = groupsWith(ones, version);
      return { level, ...(list.length === verbs.length ? {} : { verbs: list }), resources };
    })
    .filter(({ resources }) => resources !== undefined && resources.length > 0);
}

function groupsWith(
  asked: readonly Asked[],
  version: KubernetesVersion,
  { only }: { readonly only?: readonly string[] } = {},
): readonly ResourceGroup[] {
  const byGroup = new Map<string, string[]>();
  for (const { resource, subresource } of asked)
    for (const group of homesOf(resource)) {
      if (group === "authorization.openshift.io" || (only !== undefined && !only.includes(group))) continue;
      const name = subresource === "" ? resource : `${resource}/${subresource}`;
      if (isServedBy(group, name, version)) byGroup.set(group, [...(byGroup.get(group) ?? []), name]);
    }
  return [...byGroup].map(([group, resources]) => ({ group, resources }));
}

/** Our policy's routine, as far as no rule can match it. */
function quiet(
  demands: (kind: RequestKind) => Demand,
  version: KubernetesVersion,
  isCaughtAll: boolean,
): readonly PolicySection[] {
  const isDemanded = (kind: RequestKind) => demands(kind).level !== "None";
  // Where little is recorded, what would not be anyway needs no rule.
  const matters = (kinds: readonly RequestKind[]) =>
    isCaughtAll || kinds.some(({ user: _, ...anybody }) => isDemanded(anybody));
  return policyRules(version).flatMap(({ why, rules }) =>
    section(
      why,
      rules.filter((rule) => {
        if (rule.level !== "None") return false;
        const kinds = kindsOf(rule);
        return matters(kinds) && !kinds.some(isDemanded);
      }),
    ),
  );
}

/** Requests that such a rule is for: each of its users, or somebody of each of its groups. */
function kindsOf({
  users = [],
  userGroups = [],
  resources,
  verbs: said = ["get"],
  namespaces,
  nonResourceURLs,
}: ShippedRule) {
  const people = [
    ...users.map((username) => ({ username, groups: ["system:authenticated"] })),
    ...userGroups.map((group) => ({ username: memberOf(group), groups: [group, "system:authenticated"] })),
  ];
  const [namespace] = namespaces ?? [];
  return people.flatMap((user): readonly RequestKind[] =>
    said.flatMap((verb) =>
      resources === undefined
        ? (nonResourceURLs ?? []).map((url): RequestKind => ({ verb, user, path: url.replace(/\*$/, "") }))
        : resources.flatMap(({ resources: names = [] }) =>
            names.map((name): RequestKind => {
              const [resource = "", subresource = ""] = name.split("/");
              return { verb, user, resource, subresource, ...(namespace === undefined ? {} : { namespace }) };
            }),
          ),
    ),
  );
}

const memberOf = (group: string): string =>
  group === "system:nodes"
    ? "system:node:some-node"
    : group.startsWith("system:serviceaccounts")
      ? `system:serviceaccount:${group.split(":")[2] ?? "some-namespace"}:some-account`
      : group === "system:unauthenticated"
        ? "system:anonymous"
        : "somebody";

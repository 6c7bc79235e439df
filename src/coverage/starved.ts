/** What rules ask for and an audit policy in use does not record. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { LoadedRule } from "../engine/contract.ts";
import { decide } from "./decide.ts";
import { demandsOf } from "./demand.ts";
import { type AuditPolicy, levels, type PolicyLevel } from "./policy.ts";
import { homesOf, namesOf, verbs } from "./resources-asked.ts";

/** What a policy does not record of what rules ask for. */
export interface Starved {
  /** `pods/exec` */
  readonly what: string;
  readonly verbs: readonly string[];
  readonly has: PolicyLevel;
  readonly needs: PolicyLevel;
  readonly rules: readonly string[];
}

/** Asked as somebody with a name, in a namespace: what a policy leaves out for single users is not looked at. */
export function starvedBy(policy: AuditPolicy, rules: readonly LoadedRule<AuditEvent>[]): readonly Starved[] {
  const demands = demandsOf(rules);
  const found = new Map<string, Starved>();
  for (const [resource, subresource] of namesOf(rules))
    for (const group of homesOf(resource))
      for (const verb of verbs) {
        const { level: needs, rules: names } = demands({ verb, resource, subresource });
        const name = verb === "create" && subresource === "" ? "" : "some-name";
        const { level: has } = decide(policy, {
          user: { name: "somebody", groups: ["system:authenticated"] },
          verb,
          path: "/",
          resource: { group, resource, subresource, namespace: "some-namespace", name },
        });
        if (group === "extensions" || group === "authorization.openshift.io") continue;
        if (levels.indexOf(has) >= levels.indexOf(needs)) continue;
        const what = subresource === "" ? resource : `${resource}/${subresource}`;
        const key = JSON.stringify([what, has, needs, names]);
        const there = found.get(key);
        found.set(key, { what, has, needs, rules: names, verbs: [...(there?.verbs ?? []), verb] });
      }
  return [...found.values()];
}

/** What rules can be asked about: every verb on every resource and subresource that is known, or that they name. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { LoadedRule } from "../engine/contract.ts";
import { literalsOf } from "./demand.ts";
import { groupsOf } from "./known-names.ts";

export const verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy"];

/** Subresources that API servers have. */
const subresources: Readonly<Record<string, readonly string[]>> = {
  pods: ["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "status"],
  services: ["proxy", "status"],
  nodes: ["proxy", "status"],
  serviceaccounts: ["token"],
  namespaces: ["finalize", "status"],
  deployments: ["scale", "status"],
  replicasets: ["scale", "status"],
  statefulsets: ["scale", "status"],
  certificatesigningrequests: ["approval", "status"],
};

/** Resources of Kubernetes' own, those that rules name, and their subresources. */
export function namesOf(rules: readonly LoadedRule<AuditEvent>[]): readonly (readonly [string, string])[] {
  const said = literalsOf(rules, "ka.target.resource");
  const known = new Set(Object.values(subresources).flat());
  const strange = [...literalsOf(rules, "ka.target.subresource")].filter((name) => name !== "" && !known.has(name));
  return [...new Set([...groupsOf.keys(), ...said])]
    .filter((name) => /^[a-z][a-z0-9.-]*$/.test(name))
    .flatMap((resource) => {
      const more = said.has(resource) ? strange : [];
      return ["", ...(subresources[resource] ?? []), ...more].map((sub) => [resource, sub] as const);
    });
}

/** The groups that serve a resource; others than Kubernetes' own use the name of events too. */
export const homesOf = (resource: string): readonly string[] =>
  resource === "events" ? ["", "events.k8s.io"] : (groupsOf.get(resource) ?? []);

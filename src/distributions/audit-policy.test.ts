import { expect, test } from "vitest";
import { parse } from "yaml";
import { auditPolicy } from "./audit-policy.ts";

interface Asked {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly path?: string;
}
interface Rule {
  readonly level: string;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly { readonly group: string; readonly resources?: readonly string[] }[];
  readonly nonResourceURLs?: readonly string[];
}
const policy = parse(auditPolicy) as { readonly rules: readonly Rule[]; readonly omitStages: readonly string[] };

/** As an API server decides (reference 04 §5.2), for what our policy uses. */
function level({ user, groups = [], verb, group = "", resource, path }: Asked): string {
  const found = policy.rules.find((rule) => {
    if (rule.users && (user === undefined || !rule.users.includes(user))) return false;
    if (rule.userGroups && !rule.userGroups.some((one) => groups.includes(one))) return false;
    if (rule.verbs && !rule.verbs.includes(verb)) return false;
    if (rule.resources)
      return (
        resource !== undefined &&
        rule.resources.some((one) => one.group === group && (one.resources?.includes(resource) ?? true))
      );
    if (rule.nonResourceURLs)
      return (
        resource === undefined && rule.nonResourceURLs.some((one) => (path ?? "").startsWith(one.replace(/\*$/, "")))
      );
    return true;
  });
  return found?.level ?? "None";
}
const everybody = ["system:authenticated"];
const person = (verb: string, resource: string, group = "") =>
  level({ user: "bob", groups: everybody, verb, resource, group });

test("the policy records what our rules read, and secrets by name alone", () => {
  expect(person("create", "pods")).toBe("Request");
  expect(person("patch", "deployments", "apps")).toBe("Request");
  expect(person("update", "configmaps")).toBe("Request");
  expect(person("create", "clusterrolebindings", "rbac.authorization.k8s.io")).toBe("RequestResponse");
  expect(person("patch", "validatingwebhookconfigurations", "admissionregistration.k8s.io")).toBe("RequestResponse");
  expect(person("update", "certificatesigningrequests/approval", "certificates.k8s.io")).toBe("RequestResponse");
  for (const verb of ["get", "list", "create", "patch", "delete"]) expect(person(verb, "secrets")).toBe("Metadata");
  expect(person("create", "serviceaccounts/token")).toBe("Metadata");
  expect(person("create", "tokenreviews", "authentication.k8s.io")).toBe("Metadata");
  for (const verb of ["get", "create"]) expect(person(verb, "pods/exec")).toBe("Metadata");
  expect(person("get", "pods/log")).toBe("Metadata");
  expect(person("delete", "events")).toBe("Metadata");
  expect(person("create", "widgets", "example.org")).toBe("Metadata");
});

test("the policy leaves out what the cluster's parts do all the time, and no failed login", () => {
  const node = { user: "system:node:a", groups: ["system:nodes", ...everybody] };
  expect(level({ ...node, verb: "update", resource: "leases", group: "coordination.k8s.io" })).toBe("None");
  expect(level({ ...node, verb: "patch", resource: "nodes/status" })).toBe("None");
  expect(level({ ...node, verb: "create", resource: "events" })).toBe("None");
  expect(level({ ...node, verb: "get", resource: "secrets" })).toBe("Metadata");
  expect(level({ user: "system:anonymous", groups: ["system:unauthenticated"], verb: "get", path: "/livez" })).toBe(
    "None",
  );
  expect(level({ user: "system:anonymous", groups: ["system:unauthenticated"], verb: "get", path: "/api" })).toBe(
    "Metadata",
  );
  expect(level({ verb: "get", path: "/readyz" })).toBe("Metadata");
  expect(level({ verb: "list", resource: "pods" })).toBe("Metadata");
});

test("the policy is one that an API server takes: levels and members it knows, streams told when they begin", () => {
  const members = ["level", "users", "userGroups", "verbs", "resources", "nonResourceURLs"];
  for (const rule of policy.rules) {
    expect(["None", "Metadata", "Request", "RequestResponse"]).toContain(rule.level);
    expect(Object.keys(rule).filter((name) => !members.includes(name))).toEqual([]);
    expect(rule.resources === undefined || rule.nonResourceURLs === undefined).toBe(true);
  }
  expect(policy.omitStages).toEqual(["RequestReceived"]);
});

import { expect, test } from "vitest";
import { parse } from "yaml";
import { auditPolicy, policyProblem } from "./audit-policy.ts";

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
const policy = parse(auditPolicy()) as { readonly rules: readonly Rule[]; readonly omitStages: readonly string[] };

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

const versions = Array.from({ length: 27 }, (_, at) => `1.${at + 8}`);
const plain = (kubernetes: string) => parse(auditPolicy({ kubernetes })) as Record<string, unknown>;

test.for(versions)("what Kubernetes %s does not know, its policy does not say", (kubernetes) => {
  const minor = Number(kubernetes.split(".")[1]);
  const written = plain(kubernetes);
  const text = auditPolicy({ kubernetes });
  expect(written.apiVersion).toBe(minor < 12 ? "audit.k8s.io/v1beta1" : "audit.k8s.io/v1");
  expect(written.omitManagedFields).toBe(minor < 23 ? undefined : true);
  expect(text.includes("endpointslices")).toBe(minor >= 17);
  expect(text.includes("pods/ephemeralcontainers")).toBe(minor >= 16);
  expect(text.includes("coordination.k8s.io")).toBe(minor >= 12);
  expect(text.includes("group: extensions")).toBe(minor < 22);
});

test("versions are read as clusters tell them, and what is none or too old is refused", () => {
  expect(auditPolicy({ kubernetes: "v1.30.4+k3s1" })).toBe(auditPolicy({ kubernetes: "1.30" }));
  expect(policyProblem("1.30")).toBeUndefined();
  expect(policyProblem("latest")).toBe("`latest` is no Kubernetes version: write it like `1.30`");
  expect(policyProblem("1.7.2")).toBe("Kubernetes 1.7 has no audit policy that we can write: 1.8 is the first");
  expect(() => auditPolicy({ kubernetes: "1.7" })).toThrow(RangeError);
});

test("a cap lowers what is deeper, and leaves out what then says nothing of its own", () => {
  const levels = (levelCap: "Metadata" | "Request") =>
    new Set((parse(auditPolicy({ levelCap })) as { rules: Rule[] }).rules.map((rule) => rule.level));
  expect([...levels("Request")].sort()).toEqual(["Metadata", "None", "Request"]);
  expect([...levels("Metadata")].sort()).toEqual(["Metadata", "None"]);
  const last = (parse(auditPolicy({ levelCap: "Metadata" })) as { rules: Rule[] }).rules.slice(-2);
  expect(last.map(({ level }) => level)).toEqual(["None", "Metadata"]);
});

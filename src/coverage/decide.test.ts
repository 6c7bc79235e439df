import { expect, test } from "vitest";
import { decode } from "../domain/decode.ts";
import { decide } from "./decide.ts";
import type { PolicyRequest } from "./policy.ts";
import { readPolicy } from "./read-policy.ts";
import { requestOf } from "./request-of.ts";

function policy(rules: string, head = "") {
  const read = readPolicy({ name: "p", text: `apiVersion: audit.k8s.io/v1\nkind: Policy\n${head}rules:\n${rules}` });
  if (!read.ok) throw new Error(JSON.stringify(read.problems.map(({ message }) => message)));
  return read.policy;
}
const asked = (rest: Partial<NonNullable<PolicyRequest["resource"]>>, verb = "get"): PolicyRequest => ({
  user: { name: "bob", groups: ["devs", "system:authenticated"] },
  verb,
  path: "/api/v1/x",
  resource: { group: "", resource: "pods", subresource: "", namespace: "shop", name: "web", ...rest },
});
/** Whether a rule made of these members fits. */
const fits = (members: string, request: PolicyRequest) =>
  decide(policy(`- {level: Metadata${members}}`), request).rule === 0;

test.for([
  ["pods", true, false, false],
  ["pods/log", false, true, false],
  ["pods/*", true, true, false],
  ["*/log", false, true, false],
  ["*", true, true, true],
  ["*/*", false, false, false],
] as const)("`%s` fits pods: %s, pods/log: %s, secrets: %s", ([pattern, pods, log, secrets]) => {
  const members = `, resources: [{group: "", resources: ["${pattern}"]}]`;
  expect(fits(members, asked({}))).toBe(pods);
  expect(fits(members, asked({ subresource: "log" }))).toBe(log);
  expect(fits(members, asked({ resource: "secrets" }))).toBe(secrets);
});

test("a group is the same or it is not, save for the star; without resources it is all of it", () => {
  expect(fits(', resources: [{group: "apps"}]', asked({}))).toBe(false);
  expect(fits(', resources: [{group: "apps"}]', asked({ group: "apps", resource: "x", subresource: "y" }))).toBe(true);
  expect(fits(', resources: [{group: "*"}]', asked({ group: "apps" }))).toBe(true);
});

test("names are compared where resources are, and a create has none", () => {
  const members = ', resources: [{group: "", resources: [pods], resourceNames: [web]}]';
  expect(fits(members, asked({}))).toBe(true);
  expect(fits(members, asked({ name: "" }, "create"))).toBe(false);
});

test("a list over all namespaces has the namespace that a cluster's own things have: none", () => {
  expect(fits(", namespaces: [shop]", asked({ namespace: "" }, "list"))).toBe(false);
  expect(fits(', namespaces: [""]', asked({ namespace: "", resource: "nodes" }))).toBe(true);
  expect(fits(', namespaces: [""]', { verb: "get", path: "/healthz" })).toBe(false);
});

test("a failed login has no user, so only rules that ask for none fit", () => {
  const nobody: PolicyRequest = { verb: "get", path: "/api" };
  expect(fits(", users: [bob]", nobody)).toBe(false);
  expect(fits(", userGroups: [system:unauthenticated]", nobody)).toBe(false);
  expect(fits("", nobody)).toBe(true);
  expect(fits(", userGroups: [ops, devs]", asked({}))).toBe(true);
});

test("a URL's star stands for any end, and for requests to resources no URL fits", () => {
  const url = (path: string): PolicyRequest => ({ verb: "get", path });
  expect(fits(', nonResourceURLs: ["/healthz*"]', url("/healthz/etcd"))).toBe(true);
  expect(fits(', nonResourceURLs: ["/healthz"]', url("/healthz/etcd"))).toBe(false);
  expect(fits(', nonResourceURLs: ["*"]', url("/anything"))).toBe(true);
  expect(fits(', nonResourceURLs: ["*"]', asked({}))).toBe(false);
});

test("the first rule that fits counts; stages add up, a rule's own word on managed fields wins", () => {
  const both = policy(
    "- {level: Request, verbs: [get], omitStages: [Panic], omitManagedFields: false}\n- level: Metadata\n",
    "omitStages: [RequestReceived]\nomitManagedFields: true\n",
  );
  expect(decide(both, asked({}))).toEqual({
    level: "Request",
    omitStages: new Set(["RequestReceived", "Panic"]),
    omitManagedFields: false,
    rule: 0,
  });
  expect(decide(both, asked({}, "list"))).toMatchObject({ level: "Metadata", omitManagedFields: true, rule: 1 });
  expect(decide(policy("- {level: Request, verbs: [get]}"), asked({}, "list"))).toMatchObject({
    level: "None",
    rule: undefined,
  });
});

test("an event is taken back to what the policy saw: no name of a create, no query, no user of a failed login", () => {
  const request = (event: object) => {
    const [part] = decode(
      new TextEncoder().encode(
        JSON.stringify({
          kind: "Event",
          apiVersion: "audit.k8s.io/v1",
          auditID: "a",
          stageTimestamp: "2024-05-06T07:08:09Z",
          ...event,
        }),
      ),
      { falcoCompat: false },
    );
    if (part?.kind !== "event") throw new Error(JSON.stringify(part));
    return requestOf(part.event);
  };
  const user = { username: "bob", groups: ["devs"] };
  expect(
    request({
      verb: "create",
      user,
      requestURI: "/api/v1/namespaces?dryRun=All",
      objectRef: { resource: "namespaces", name: "n", namespace: "n" },
    }),
  ).toEqual({
    user: { name: "bob", groups: ["devs"] },
    verb: "create",
    path: "/api/v1/namespaces",
    resource: { group: "", resource: "namespaces", subresource: "", namespace: "", name: "" },
  });
  expect(
    request({
      verb: "create",
      user,
      impersonatedUser: { username: "root" },
      objectRef: { resource: "pods", subresource: "exec", name: "web", namespace: "shop" },
    }),
  ).toMatchObject({ user: { name: "bob" }, resource: { name: "web", subresource: "exec" } });
  expect(request({ verb: "get", user: {}, requestURI: "/version" })).toEqual({ verb: "get", path: "/version" });
});

import { expect, test } from "vitest";
import { folderOf } from "./files.kit.ts";
import { testIo } from "./io.kit.ts";
import { run } from "./run.ts";

const policy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  resources: [{group: coordination.k8s.io, resources: [leases]}]
- level: Metadata
  verbs: [create]
`;
const event = (rest: object) =>
  JSON.stringify({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: "a",
    stage: "ResponseComplete",
    stageTimestamp: "2024-05-06T07:08:09Z",
    user: { username: "carol" },
    ...rest,
  });
const events = [
  event({ verb: "create", objectRef: { resource: "pods", name: "web", namespace: "shop" } }),
  event({ verb: "get", requestURI: "/version" }),
  event({ verb: "create", stage: "RequestReceived", objectRef: { resource: "pods", namespace: "shop" } }),
  event({ verb: "update", objectRef: { apiGroup: "coordination.k8s.io", resource: "leases", name: "l" } }),
].join("\n");

async function ran(...args: readonly string[]) {
  const folder = folderOf({ "policy.yaml": policy, "broken.yaml": "kind: Policy\n", "events.json": events });
  const io = testIo();
  const exit = await run(["audit-policy", ...args.map((arg) => arg.replace("@", `${folder}/`))], io);
  const told = (text: string) => text.replaceAll(`${folder}/`, "@");
  return { exit, out: told(io.out()), err: told(io.err()) };
}

test("what is printed passes the lint; a version that is none is refused", async () => {
  const { exit, out } = await ran("print", "--kubernetes", "1.30");
  expect(exit).toBe(0);
  const io = testIo({ stdin: out });
  expect([await run(["audit-policy", "lint", "-"], io), io.out()]).toEqual([0, ""]);
  expect(JSON.parse((await ran("print", "--kubernetes", "1.11", "-o", "json")).out)).toMatchObject({
    apiVersion: "audit.k8s.io/v1beta1",
  });
  expect(await ran("print", "--kubernetes", "new")).toMatchObject({
    exit: 2,
    out: "",
    err: expect.stringContaining("`new` is no Kubernetes version"),
  });
});

test("lint ends with 1 where something is amiss, and with 2 where an API server would not start", async () => {
  const found = await ran("lint", "-o", "json", "@policy.yaml");
  expect(found.exit).toBe(1);
  expect(
    found.out
      .trim()
      .split("\n")
      .map((line) => [JSON.parse(line).line, JSON.parse(line).code]),
  ).toEqual([
    [4, "failed-logins-unseen"],
    [4, "secret-reads-unseen"],
    [4, "exec-unseen"],
    [4, "rights-unseen"],
    [4, "unknown-groups-unseen"],
  ]);
  expect(await ran("lint", "@policy.yaml", "@broken.yaml")).toMatchObject({
    exit: 2,
    out: expect.stringContaining("error: @broken.yaml:1:1: `apiVersion` is missing [missing-field]"),
  });
});

test("explain tells the rule, the level and what would be missing", async () => {
  expect(await ran("explain", "@policy.yaml", "@events.json")).toEqual({
    exit: 0,
    err: "",
    out: `Metadata  carol create pods shop/web ResponseComplete (@events.json:1)
  @policy.yaml:7 decides, no event at RequestReceived
  missing: requestObject: it is recorded from Request on
  missing: responseObject: it is recorded at RequestResponse

None  carol get /version ResponseComplete (@events.json:2)
  no rule fits, no event at RequestReceived
  missing: the whole event: None records nothing

Metadata  carol create pods shop RequestReceived (@events.json:3)
  @policy.yaml:7 decides, no event at RequestReceived
  missing: this event: none is made at RequestReceived

None  carol update leases l ResponseComplete (@events.json:4)
  @policy.yaml:5 decides, no event at RequestReceived
  missing: the whole event: None records nothing

`,
  });
  const { out } = await ran("explain", "-o", "json", "@policy.yaml", "@events.json");
  expect(
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .at(-1),
  ).toEqual({
    event: 4,
    file: "@events.json",
    line: 4,
    level: "None",
    omitStages: ["RequestReceived"],
    omitManagedFields: false,
    rule: 1,
    policyLine: 5,
    missing: ["the whole event: None records nothing"],
  });
});

test("lint for a version: what its API server refuses ends with 2", async () => {
  const refused = await ran("lint", "--kubernetes", "1.11", "@policy.yaml");
  expect(refused.exit).toBe(2);
  expect(refused.out).toContain(
    "error: @policy.yaml:1:1: an API server of Kubernetes 1.11 does not know `audit.k8s.io/v1`",
  );
  expect((await ran("lint", "--kubernetes", "new", "@policy.yaml")).exit).toBe(2);
});

test("generate: the smallest policy for one rule, and what another lacks for it", async () => {
  const made = await ran("generate", "--rule", "Create Privileged Pod", "--kubernetes", "1.20");
  expect([made.exit, made.err]).toEqual([0, ""]);
  expect(made.out).toContain("Made for 1 rule (Create Privileged Pod), for Kubernetes 1.20.");
  expect(made.out).toContain("resources: [pods, pods/ephemeralcontainers");
  const beside = await ran("generate", "--rule", "Create Privileged Pod", "--policy", "@policy.yaml");
  expect(beside.exit).toBe(1);
  expect(beside.err).toContain(
    "missing: pods (update, patch) is recorded at None, and Request is needed by Create Privileged Pod",
  );
  const capped = await ran("generate", "--rule", "Create Privileged Pod", "--level-cap", "Metadata");
  expect(capped.exit).toBe(1);
  expect(capped.err).toContain("`Create Privileged Pod`: reads Request of `pods`, and Metadata is recorded");
  const unknown = await ran("generate", "--rule", "Create Privileged Pods");
  expect([unknown.exit, unknown.err]).toEqual([2, expect.stringContaining("did you mean `Create Privileged Pod`?")]);
});

/** The policy made for a rule feeds it: cut down to what that policy records, it answers as on the whole event. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readRuleFiles } from "../src/cli/rule-files.ts";
import { isRuleTest } from "../src/cli/rule-test.ts";
import { runRuleTests } from "../src/cli/rule-test-run.ts";
import { generatePolicy, lintPolicy, readPolicy, recorded } from "../src/coverage/index.ts";
import { groupsOf } from "../src/coverage/known-names.ts";
import { printed } from "../src/distributions/audit-policy-text.ts";
import { isAtLeast, readKubernetesVersion } from "../src/distributions/kubernetes-version.ts";
import type { AuditEvent } from "../src/domain/audit-event.ts";
import { decode } from "../src/domain/decode.ts";
import { aboutEvent, ruleWorld } from "../src/engine/audit-world.ts";
import type { LoadedRule } from "../src/engine/contract.ts";
import { load } from "../src/engine/index.ts";

const folder = import.meta.dirname;
const files = readdirSync(folder)
  .filter(isRuleTest)
  .map((name) => join(folder, name));
const loaded = load(readRuleFiles([folder]), ruleWorld(), "lenient");
if (!loaded.ok) throw new Error("the pack cannot be loaded");
const rules = loaded.ruleSet.rules;

function policyFor(some: readonly LoadedRule<AuditEvent>[], kubernetes = "1.30") {
  const version = readKubernetesVersion(kubernetes);
  if (version === undefined) throw new Error("no version");
  const { sections, omitStages, notices } = generatePolicy(some, { version, levelCap: "RequestResponse" });
  const text = printed({
    apiVersion: "audit.k8s.io/v1",
    omitManagedFields: isAtLeast(version, "1.23"),
    note: "For a test.",
    sections,
    omitStages,
  });
  const read = readPolicy({ name: "made", text });
  return {
    text,
    notices,
    isEmpty: sections.length === 0,
    policy: read.ok ? read.policy : undefined,
    problems: read.ok ? read.warnings : read.problems,
  };
}

/** Short ones of the tests leave the API group out, which an API server does not. */
function withGroup(raw: string): string {
  const event = JSON.parse(raw);
  const { resource, apiGroup } = event.objectRef ?? {};
  const homes = groupsOf.get(resource) ?? [];
  if (apiGroup !== undefined || homes.length === 0 || homes.includes("")) return raw;
  return JSON.stringify({
    ...event,
    objectRef: { ...event.objectRef, apiGroup: homes.find((group) => group !== "extensions") },
  });
}

/** Every event of the pack's rule tests, once. */
const events = new Map<string, AuditEvent>();
await runRuleTests(files, (event) => {
  const whole = cut(withGroup(event.raw));
  if (whole !== undefined) events.set(event.raw, whole);
  return event.raw;
});

const holds = (rule: LoadedRule<AuditEvent>, event: AuditEvent) => rule.test(event, aboutEvent(event, 1n, "", 0n));

function cut(raw: string | undefined): AuditEvent | undefined {
  if (raw === undefined) return undefined;
  const [first] = decode(Buffer.from(raw, "utf8"));
  return first?.kind === "event" ? first.event : undefined;
}

test("there are events for nearly every rule", () => {
  const silent = rules.filter((rule) => ![...events.values()].some((event) => holds(rule, event)));
  expect(silent.map(({ name }) => name).length).toBeLessThan(rules.length / 10);
});

test.for(rules.map((rule) => [rule.name, rule] as const))("%s fires under the policy made for it alone", ([, rule]) => {
  const { policy, problems, notices, isEmpty } = policyFor([rule]);
  // One whose list waits to be filled matches nothing, and asks for nothing.
  if (isEmpty) return expect([...events.values()].filter((event) => holds(rule, event))).toEqual([]);
  expect(problems).toEqual([]);
  if (policy === undefined) throw new Error("it cannot be read");
  // What is in secrets is never recorded; the rule is named then.
  if (notices.length > 0) return expect(notices.join()).toContain(rule.name);
  for (const event of events.values()) {
    if (!holds(rule, event)) continue;
    const left = cut(recorded(policy, event));
    expect(left !== undefined && holds(rule, left), event.raw).toBe(true);
  }
});

describe.each(["1.20", "1.34"])("under the policy made for the whole pack and Kubernetes %s", async (kubernetes) => {
  const { policy, problems } = policyFor(
    rules.filter(({ enabled }) => enabled),
    kubernetes,
  );
  if (policy === undefined) throw new Error("it cannot be read");
  const { results, faults } = await runRuleTests(files, (event) => recorded(policy, event));
  test("it can be read, and its own lint finds nothing", () => {
    expect([faults, problems, lintPolicy(policy, readKubernetesVersion(kubernetes))]).toEqual([[], [], []]);
  });
  test.for(results.map((result) => [`${result.file.slice(folder.length + 1)}: ${result.name}`, result] as const))(
    "%s",
    ([, { failure }]) => expect(failure.join("\n")).toBe(""),
  );
});

test("it is smaller than recording everything: rules about pods alone leave the rest out", () => {
  const { text } = policyFor(rules.filter(({ name }) => name === "Create Privileged Pod"));
  expect(text).toContain("resources: [pods, pods/ephemeralcontainers");
  expect(text).not.toContain("secrets");
  expect(text).not.toMatch(/^ {2}- level: \w+\n$/m);
});

/** The policies that we ship feed the rules that we ship: with no more than they record, every rule test ends the same. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isRuleTest } from "../src/cli/rule-test.ts";
import { runRuleTests } from "../src/cli/rule-test-run.ts";
import { readPolicy, recorded } from "../src/coverage/index.ts";
import { auditPolicy } from "../src/distributions/audit-policy.ts";

const folder = import.meta.dirname;
const files = readdirSync(folder)
  .filter(isRuleTest)
  .map((name) => join(folder, name));

describe.each(["1.20", "1.30", "1.34"])("under our policy for Kubernetes %s", async (kubernetes) => {
  const read = readPolicy({ name: "ours", text: auditPolicy({ kubernetes }) });
  if (!read.ok) throw new Error("our own policy cannot be read");
  const { results, faults } = await runRuleTests(files, (event) => recorded(read.policy, event));
  test("the tests can be read", () => expect(faults).toEqual([]));
  test.for(results.map((result) => [`${result.file.slice(folder.length + 1)}: ${result.name}`, result] as const))(
    "%s",
    ([, { failure }]) => expect(failure.join("\n")).toBe(""),
  );
});

test("a policy that records no bodies would be noticed", async () => {
  const read = readPolicy({ name: "bare", text: auditPolicy({ levelCap: "Metadata" }) });
  if (!read.ok) throw new Error("our own policy cannot be read");
  const { results } = await runRuleTests(files, (event) => recorded(read.policy, event));
  expect(results.filter(({ failure }) => failure.length > 0).length).toBeGreaterThan(10);
});

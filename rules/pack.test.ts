import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isRuleTest } from "../src/cli/rule-test.ts";
import { runRuleTests } from "../src/cli/rule-test-run.ts";

const folder = import.meta.dirname;
const files = readdirSync(folder)
  .filter(isRuleTest)
  .map((name) => join(folder, name));
const { results, faults } = await runRuleTests(files);

test("every rules file of the pack has its tests, and all of them can be read", () => {
  const rulesFiles = readdirSync(folder).filter((name) => /^\d.*\.yaml$/.test(name) && !isRuleTest(name));
  const tested = files.map((path) => path.slice(folder.length + 1).replace(".test.yaml", ".yaml"));
  // The first holds only words that the others share.
  expect(rulesFiles.filter((name) => !tested.includes(name))).toEqual(["00-base.yaml"]);
  expect(faults).toEqual([]);
});

test.for(results.map((result) => [`${result.file.slice(folder.length + 1)}: ${result.name}`, result] as const))(
  "%s",
  ([, { failure }]) => expect(failure.join("\n")).toBe(""),
);

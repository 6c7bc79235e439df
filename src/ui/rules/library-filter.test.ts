import { expect, test } from "vitest";
import { counted, type LibraryRule, matching, ordered } from "./library-filter.ts";

const rule = (name: string, more: Partial<LibraryRule> = {}): LibraryRule => ({
  ...{ name, description: "", priority: "Notice", source: "k8s_audit", tags: [], enabled: true, file: "20-x.yaml" },
  ...{ line: 1, own: false, changedIn: [], condition: "", output: "", exceptions: [], policies: [] },
  ...{ count: 0, spark: [], last: null },
  ...more,
});
const rules = [
  rule("Exec", { tags: ["shell", "k8s"], priority: "Critical", count: 3, last: "2026-01-02T00:00:00Z" }),
  rule("Secret Read", { tags: ["k8s"], own: true, file: "own.yaml", policies: [{ name: "P", enabled: true }] }),
  rule("Old", {
    changedIn: ["own.yaml"],
    enabled: false,
    last: "2026-01-01T00:00:00Z",
    policies: [{ name: "P", enabled: false }],
  }),
];
const names = (found: readonly LibraryRule[]) => found.map(({ name }) => name);

test("rules are narrowed by words and by any value of a facet, refused ones left out", () => {
  expect(names(matching(rules, { is: { tag: ["shell"], fired: ["lately"] }, not: {} }))).toEqual(["Exec"]);
  expect(names(matching(rules, { is: { policy: ["P"] }, not: { state: ["off"] } }))).toEqual(["Secret Read"]);
  expect(names(matching(rules, { is: { origin: ["overridden", "own"] }, not: {} }))).toEqual(["Secret Read", "Old"]);
  expect(names(matching(rules, { is: {}, not: {}, text: "K8S read" }))).toEqual(["Secret Read"]);
});

test("a facet's counts reflect the other facets, not itself", () => {
  const counts = counted(rules, { is: { fired: ["lately"] }, not: {} }, { tag: "sh" });
  expect(counts.fired).toEqual([
    { value: "earlier", count: 1 },
    { value: "lately", count: 1 },
    { value: "never", count: 1 },
  ]);
  expect(counts.tag).toEqual([{ value: "shell", count: 1 }]);
  expect(counts.priority).toEqual([{ value: "Critical", count: 1 }]);
});

test("rules stand as loaded, or by what is asked", () => {
  expect(names(ordered(rules, "file"))).toEqual(["Exec", "Secret Read", "Old"]);
  expect(names(ordered(rules, "last"))).toEqual(["Exec", "Old", "Secret Read"]);
  expect(names(ordered(rules, "name"))).toEqual(["Exec", "Old", "Secret Read"]);
  expect(names(ordered(rules, "priority"))[0]).toBe("Exec");
});

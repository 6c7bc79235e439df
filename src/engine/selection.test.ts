import { expect, test } from "vitest";
import { matchesWildcard, type SelectionEntry, selected } from "./selection.ts";

const rule = (name: string, enabled = true, ...tags: readonly string[]) => ({ name, enabled, tags: new Set(tags) });
const enabled = (entries: readonly SelectionEntry[]) =>
  selected([rule("one", true, "a"), rule("two", false, "b"), rule("three", true, "b")], entries)
    .filter((one) => one.enabled)
    .map((one) => one.rule.name);

test("without entries the files decide", () => {
  expect(enabled([])).toEqual(["one", "three"]);
});

test("what is switched on goes to the end, what was on stays", () => {
  expect(enabled([{ operation: "enable", tag: "b" }])).toEqual(["one", "three", "two"]);
  expect(
    enabled([
      { operation: "disable", rule: "*" },
      { operation: "enable", rule: "t*" },
    ]),
  ).toEqual(["two", "three"]);
});

test("a rule and a tag in one entry are both applied", () => {
  expect(enabled([{ operation: "disable", rule: "one", tag: "b" }])).toEqual([]);
});

test.each([
  ["*", "anything", true],
  ["", "", true],
  ["", "x", false],
  ["a*c", "abc", true],
  ["a*c", "abcd", false],
  ["*one", "one and one", false],
  ["one*", "one and one", true],
  ["a?c", "abc", false],
])("`%s` on `%s`: %s", (pattern, text, matches) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});

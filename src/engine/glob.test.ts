import fc from "fast-check";
import { expect, test } from "vitest";
import { glob } from "./glob.ts";

test.each<[string, string, boolean]>([
  ["a*c", "a/b/c", true],
  ["*", "", true],
  ["*", ".hidden", true],
  ["", "", true],
  ["", "a", false],
  ["a?c", "abc", true],
  ["a?c", "a/c", true],
  ["a?c", "ac", false],
  ["[abc]x", "bx", true],
  ["[!abc]x", "bx", false],
  ["[^abc]x", "dx", true],
  ["[a-c]x", "bx", true],
  ["[c-a]x", "bx", false],
  ["[]a]", "]", true],
  ["[!]a]", "]", false],
  ["[a-]", "-", true],
  ["[-a]", "-", true],
  ["[[:digit:]]*", "1a", true],
  ["[[:digit:][:upper:]]", "A", true],
  ["[[:nope:]]", "n", false],
  ["[[.a.]-[.c.]]", "b", true],
  ["[[=a=]]", "a", true],
  ["[[.ab.]]", "a", false],
  ["[\\]]", "]", true],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["a\\", "a\\", false],
  ["a**b", "axxb", true],
  ["[a", "[a", true],
  ["[a", "a", false],
  ["x[", "x[", true],
  ["A*", "abc", false],
  ["??a", "éa", true],
  ["?a", "éa", false],
  ["é*", "éa", true],
  ["*é", "aé", true],
  ["\udcc3?", "é", true],
  ["*\udca9", "é", true],
  ["[é]?", "é", true],
  ["*.log", "x.log", true],
  ["*b*", "abc", true],
  ["a*b*c", "a-b-bc", true],
  ["{a,b}", "a", false],
])("glob %s on %s: %s", (pattern, value, answer) => {
  expect(glob(pattern)(value)).toBe(answer);
});

test.each<[string, string, boolean]>([
  ["A*C", "abC", true],
  ["[a]B", "Ac", false],
  ["[a]B", "Ab", true],
  ["[A-Z]", "a", true],
  ["[!A-Z]", "a", false],
  ["[[:lower:]]", "A", false],
  ["É", "é", false],
  ["\\A", "a", true],
])("iglob %s on %s: %s", (pattern, value, answer) => {
  expect(glob(pattern, { fold: true })(value)).toBe(answer);
});

test("many stars cost no more than one", () => {
  expect(glob(`${"*a".repeat(100)}b`)("a".repeat(20_000))).toBe(false);
});

test("no pattern and no value make it throw, and a pattern without wildcards is itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (pattern, value) => {
      glob(pattern)(value);
      glob(pattern, { fold: true })(value);
      const literal = pattern.toWellFormed().replace(/[\\[*?]/g, "\\$&");
      return glob(literal)(pattern.toWellFormed());
    }),
  );
});

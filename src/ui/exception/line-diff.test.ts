import fc from "fast-check";
import { expect, test } from "vitest";
import { diffWithContext, lineDiff } from "./line-diff.ts";

const drawn = (lines: ReturnType<typeof lineDiff>) =>
  lines.map(({ kind, text, number }) => `${{ same: " ", added: "+", removed: "-", gap: "~" }[kind]}${number} ${text}`);

test("lines put in and taken out are told between those that stay", () => {
  expect(drawn(lineDiff("a\nb\nc\n", "a\nx\nc\nd\n"))).toEqual([" 1 a", "-2 b", "+2 x", " 3 c", "+4 d"]);
  expect(drawn(lineDiff("", "a\nb\n"))).toEqual(["+1 a", "+2 b"]);
  expect(drawn(lineDiff("a\r\nb\r\n", "a\nb\n"))).toEqual([" 1 a", " 2 b"]);
});

test("far from any change lines are left out", () => {
  const before = Array.from({ length: 12 }, (_, at) => `l${at + 1}`).join("\n");
  expect(drawn(diffWithContext(before, before.replace("l6", "x"), 1))).toEqual([
    "~0 …",
    " 5 l5",
    "-6 l6",
    "+6 x",
    " 7 l7",
    "~0 …",
  ]);
});

test("what stays and what was taken out is the old text, what stays and what was put in the new one", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
    .map((lines) => `${lines.join("\n")}\nend`);
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before, after);
      const without = (kind: string) => lines.filter((one) => one.kind !== kind).map((one) => one.text);
      expect(without("added").join("\n")).toBe(before);
      expect(without("removed").join("\n")).toBe(after);
    }),
  );
});

import { expect, test } from "vitest";
import { effectOf } from "./effect.ts";

const told = (before: number, after: number, removed: number, added = 0) =>
  effectOf({ before, after, removed, added }, 7);

test("what an exception would have removed and would keep is one sentence", () => {
  expect(told(40, 28, 12)).toEqual({
    tone: "good",
    words: "It would have removed 12 of 40 matches in the last 7 days, and keeps 28.",
  });
});

test("an exception that removes nothing, or everything, is warned of", () => {
  expect(told(1, 1, 0)).toEqual({ tone: "warn", words: "It would have removed none of 1 match in the last 7 days." });
  expect(told(3, 0, 3)).toEqual({
    tone: "warn",
    words: "It would have removed all of 3 matches in the last 7 days: the rule would have been silent.",
  });
  expect(told(0, 0, 0).words).toBe("The rule matched nothing in the last 7 days: there is nothing to compare.");
});

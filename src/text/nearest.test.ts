import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const names = ["user", "verb", "namespace", "ka.user.name", "ka.verb"];

test.each([
  ["usr", "user"],
  ["uesr", "user"],
  ["USER", "user"],
  ["ka.usr.name", "ka.user.name"],
  ["namespaces", "namespace"],
])("`%s` is near `%s`", (word, guess) => expect(nearest(word, names)).toBe(guess));

test.each(["", "colour", "x".repeat(1000), "us e r s"])("nothing is near `%s`", (word) =>
  expect(nearest(word, names)).toBeUndefined(),
);

test("of equally near words the first is taken", () => expect(nearest("bat", ["cat", "hat"])).toBe("cat"));

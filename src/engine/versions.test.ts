import { expect, test } from "vitest";
import { isCompatible, unsigned, versionOf, versionText } from "./versions.ts";

test.each([
  ["0.26.0", "0.26.0"],
  ["0.26.0-rc1", "0.26.0"],
  ["0.26.0.5", "0.26.0"],
  ["0.26", undefined],
  ["v0.26.0", undefined],
  [" 0.26.0", undefined],
])("the version in `%s` is %s", (text, version) => {
  const found = versionOf(text);
  expect(found && versionText(found)).toBe(version);
});

test.each([
  ["26", 26],
  ["0x1a", 26],
  ["010", 8],
  ["0", 0],
  ["26 ", 26],
  [" 26", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["08", undefined],
  ["4294967295", 4294967295],
  ["4294967296", undefined],
])("the number in `%s` is %s", (text, number) => {
  expect(unsigned(text)).toBe(number);
});

test("a version is good for what is older, of the same major number", () => {
  const has = { major: 0, minor: 63, patch: 0 };
  expect(isCompatible(has, { major: 0, minor: 63, patch: 0 })).toBe(true);
  expect(isCompatible(has, { major: 0, minor: 63, patch: 1 })).toBe(false);
  expect(isCompatible(has, { major: 1, minor: 0, patch: 0 })).toBe(false);
});

import { describe, expect, test } from "vitest";
import type { FieldType, Value } from "../fields/field.ts";
import { cut, printValue, typedValue, types } from "./values.ts";

describe("constants", () => {
  test.each<[FieldType, string, unknown]>([
    ["string", "<NA>", "<NA>"],
    ["string", "a".repeat(255), "a".repeat(255)],
    ["uint64", "010", 10n],
    ["uint64", "+6", 6n],
    ["uint64", " \t5", 5n],
    ["uint64", "-1", 2n ** 64n - 1n],
    ["uint64", "18446744073709551616", 2n ** 64n - 1n],
    ["uint64", "-99999999999999999999999", 2n ** 64n - 1n],
    ["uint64", `${"0".repeat(50)}7`, 7n],
    ["uint64", "00", 0n],
    ["abstime", "1700000000123456789", 1_700_000_000_123_456_789n],
    ["bool", "false", false],
  ])("%s %s", (type, text, value) => {
    expect(types[type].read(text)).toEqual({ ok: true, value });
  });

  test.each<[FieldType, string, string]>([
    ["string", "a\0", "filter error: filter value cannot contain a NUL byte (\\x00)"],
    ["string", "é".repeat(128), `filter parameter too long (used=257, available=256):${"é".repeat(128)}`],
    ["uint64", "0x10", "0x10 is not a valid number"],
    ["uint64", "1.5", "1.5 is not a valid number"],
    ["uint64", "5 ", "5  is not a valid number"],
    ["uint64", "", " is not a valid number"],
    ["reltime", "- 1", "- 1 is not a valid number"],
    ["bool", "True", "filter error: unrecognized boolean value True"],
  ])("%s %s is none", (type, text, message) => {
    expect(types[type].read(text)).toEqual({ ok: false, message });
  });
});

test.each<[FieldType, Value | undefined, string, unknown]>([
  ["string", undefined, "<NA>", null],
  ["string", "", "", ""],
  ["uint64", 2n ** 64n - 1n, "18446744073709551615", 2n ** 64n - 1n],
  ["bool", true, "true", true],
  ["ipaddr", Uint8Array.of(10, 0, 0, 1), "10.0.0.1", "10.0.0.1"],
  ["ipnet", Uint8Array.of(10, 0, 0, 1), "<IPNET>", "<IPNET>"],
  ["string", ["a", "b"], "(a,b)", ["a", "b"]],
  ["bool", [true, false], "(true,false)", [true, false]],
])("a value of the type %s prints, and stands in JSON", (type, value, text, typed) => {
  expect(printValue(type, value)).toBe(text);
  expect(typedValue(type, value)).toEqual(typed);
});

test("Falco cuts a list at 1023 bytes, a text never; we cut neither", () => {
  expect(printValue("string", ["x".repeat(2000)])).toBe(`(${"x".repeat(2000)})`);
  expect(printValue("string", ["x".repeat(2000)], 0, { falcoCompat: true })).toBe(`(${"x".repeat(1022)}`);
  expect(printValue("string", "x".repeat(2000))).toBe("x".repeat(2000));
});

test("what is cut within a character ends in bytes", () => {
  expect(cut("aé", 2)).toBe("a\udcc3");
});

import { expect, test } from "vitest";
import { eventFields, formatTime } from "./event-fields.ts";
import { languageAbout } from "./testing/language-world.ts";
import { printValue, typedValue } from "./values.ts";

const about = { ...languageAbout, startTime: languageAbout.time - 2_000_000_003n };

test("every source tells number, times, source and host of an event", () => {
  const told = eventFields<string>({ pluginInfo: (event) => event }).map((field) => {
    const value = field.read("the event", undefined, about);
    const typed = field.typed ? field.typed("the event", about) : value;
    return [field.name, printValue(field.type, value, field.digits), typedValue(field.type, typed)];
  });
  const time = 1_700_000_000_123_456_789n;
  expect(told).toEqual([
    ["evt.num", "1", 1n],
    ["evt.time", "22:13:20.123456789", time],
    ["evt.time.s", "22:13:20", time],
    ["evt.time.iso8601", "2023-11-14T22:13:20.123456789+0000", time],
    ["evt.datetime", "2023-11-14 22:13:20.123456789", time],
    ["evt.datetime.s", "2023-11-14 22:13:20", time],
    ["evt.rawtime", "1700000000123456789", time],
    ["evt.rawtime.s", "1700000000", 1_700_000_000n],
    ["evt.rawtime.ns", "123456789", 123_456_789n],
    ["evt.reltime", "2000000003", 2_000_000_003n],
    ["evt.reltime.s", "2", 2n],
    ["evt.reltime.ns", "000000003", 3n],
    ["evt.pluginname", "k8saudit", "k8saudit"],
    ["evt.plugininfo", "the event", "the event"],
    ["evt.source", "k8s_audit", "k8s_audit"],
    ["evt.is_async", "false", false],
    ["evt.asynctype", "<NA>", null],
    ["evt.hostname", "myhost", "myhost"],
  ]);
});

test.each([
  [0n, "1970-01-01T00:00:00.000000000Z"],
  [1_000_000_001n, "1970-01-01T00:00:01.000000001Z"],
  [2n ** 64n - 1n, "2554-07-21T23:34:33.709551615Z"],
  [2n ** 64n, "1970-01-01T00:00:00.000000000Z"],
])("%s ns is %s", (time, text) => {
  expect(formatTime(time)).toBe(text);
});

import { describe, expect, test } from "vitest";
import { alertJson, alertText, writeJson } from "./alert.ts";
import type { LoadedRule, Match } from "./contract.ts";
import { languageAbout } from "./testing/language-world.ts";

const rule: LoadedRule<unknown> = {
  name: "r",
  description: "d",
  priority: "Warning",
  source: "k8s_audit",
  tags: ["a", "b"],
  enabled: true,
  origin: { file: "rules.yaml", line: 1 },
  condition: { kind: "macro", name: "m", span: { from: 0, to: 1 } },
  test: () => true,
  message: { text: () => "", fields: () => new Map(), fieldNames: [] },
  extraFields: [],
};
const match: Match<unknown> = { rule, message: 'q"\t\\ é \u0001\udcff', fields: new Map([["t.num", 2n ** 64n - 1n]]) };

describe("as text", () => {
  test("an alert is one line, escaped like a JSON string", () => {
    expect(alertText(match, languageAbout)).toBe('22:13:20.123456789: Warning q\\"\\t\\\\ é \\u0001\ufffd');
  });

  test("it may begin with the date", () => {
    expect(alertText({ ...match, message: "m" }, languageAbout, { time_format_iso_8601: true })).toBe(
      "2023-11-14T22:13:20.123456789+0000: Warning m",
    );
  });
});

describe("as JSON", () => {
  test("keys are sorted, and numbers keep all their digits", () => {
    expect(alertJson({ ...match, message: "m" }, languageAbout)).toBe(
      '{"hostname":"myhost","output":"22:13:20.123456789: Warning m",' +
        '"output_fields":{"evt.time":1700000000123456789,"t.num":18446744073709551615},' +
        '"priority":"Warning","rule":"r","source":"k8s_audit","tags":["a","b"],"time":"2023-11-14T22:13:20.123456789Z"}',
    );
  });

  test("each part that may be left out can be, and the bare message put in", () => {
    const options = {
      json_include_output_property: false,
      json_include_output_fields_property: false,
      json_include_tags_property: false,
      json_include_message_property: true,
    };
    expect(alertJson({ ...match, message: "m" }, languageAbout, options)).toBe(
      '{"hostname":"myhost","message":"m","priority":"Warning","rule":"r","source":"k8s_audit","time":"2023-11-14T22:13:20.123456789Z"}',
    );
  });
});

test("absent values, lists and keys like any others are written", () => {
  expect(
    writeJson(
      new Map<string, unknown>([
        ["b", null],
        ["__proto__", [1n, "x", true]],
        ["a", new Map()],
      ]),
    ),
  ).toBe('{"__proto__":[1,"x",true],"a":{},"b":null}');
});

test.each([
  ["a character cut off within", "\udce2\udc82|", "\ufffd|"],
  ["one cut off at the end", "\udcf0\udc9f\udc98", "\ufffd"],
  ["bytes that begin none", "\udcff\udc80", "\ufffd\ufffd"],
  ["an overlong form", "\udce0\udc80x", "\ufffd\ufffdx"],
  ["half a pair that stands for no byte", "\ud800x", "\ufffdx"],
])("%s is written as Falco's JSON writer does", (_, message, written) => {
  expect(alertText({ ...match, message }, languageAbout)).toBe(`22:13:20.123456789: Warning ${written}`);
  expect(writeJson(message)).toBe(`"${written}"`);
});

import { expect, test } from "vitest";
import type { LoadedRule } from "./contract.ts";
import { ruleSet } from "./ruleset.ts";
import { languageAbout } from "./testing/language-world.ts";

function rule(name: string, more: Partial<LoadedRule<string>> = {}): LoadedRule<string> {
  return {
    name,
    description: "d",
    priority: "Warning",
    source: "k8s_audit",
    tags: [],
    enabled: true,
    origin: { file: "rules.yaml", line: 1 },
    condition: { kind: "macro", name: "m", span: { from: 0, to: 1 } },
    test: (event) => event.includes(name),
    message: { text: (event) => `saw ${event}`, fields: () => new Map([["f", "v"]]), fieldNames: ["f"] },
    extraFields: [],
    ...more,
  };
}

const rules = [rule("b"), rule("a"), rule("off", { enabled: false }), rule("c", { source: "other" })];

test("the first rule in order that matches is the only one, by default of Falco's", () => {
  const { judge } = ruleSet(rules, { matching: "first" });
  expect(judge("ab off c", languageAbout).map(({ rule: { name }, message }) => [name, message])).toEqual([
    ["b", "saw ab off c"],
  ]);
  expect(judge("a", languageAbout).map(({ rule: { name } }) => name)).toEqual(["a"]);
  expect(judge("x", languageAbout)).toEqual([]);
});

test("with `all` each matching rule alerts, in order, of the event's source alone", () => {
  const { judge } = ruleSet(rules, { matching: "all" });
  const names = (event: string, source: string) =>
    judge(event, { ...languageAbout, source }).map((match) => match.rule.name);
  expect(names("ab off c", "k8s_audit")).toEqual(["b", "a"]);
  expect(names("ab off c", "other")).toEqual(["c"]);
  expect(names("ab off c", "nobody's")).toEqual([]);
});

test("extra fields stand beside the message's own: one as a value, one as text", () => {
  const extra = rule("x").message;
  const extraFields = [
    { key: "f2", message: { ...extra, fields: () => new Map([["f2", null]]) }, typed: true },
    { key: "note", message: extra, typed: false },
  ];
  const [match] = ruleSet([rule("a", { extraFields })], { matching: "first" }).judge("a", languageAbout);
  expect([...match!.fields]).toEqual([
    ["f", "v"],
    ["f2", null],
    ["note", "saw a"],
  ]);
});

import { expect, test } from "vitest";
import { drawn } from "../text/diagnostic.ts";
import { type LoadMode, load, type RuleSource, type World } from "./load.ts";
import { type LanguageEvent, languageAbout, languageCatalogue } from "./testing/language-world.ts";

const world: World<LanguageEvent> = { sources: new Map([["k8s_audit", languageCatalogue]]) };
const lines = (...all: readonly string[]): string => all.join("\n");
const file = (text: string, name = "rules.yaml"): RuleSource => ({ name, text });
const rule = (condition: string, ...more: readonly string[]): string =>
  lines(
    "- rule: r",
    "  desc: d",
    `  condition: ${condition}`,
    "  output: o",
    "  priority: INFO",
    "  source: k8s_audit",
    ...more,
    "",
  );
const loaded = (text: string, mode?: LoadMode) => load([file(text)], world, mode);
const told = (text: string): string => loaded(text).diagnostics.map(drawn).join("\n");
const judged = (text: string, event: LanguageEvent): readonly string[] =>
  loaded(text)
    .ruleSet.judge(event, languageAbout)
    .map((match) => match.rule.name);

test("an unknown field is pointed at, and the nearest name offered", () => {
  expect(told(rule("t.str = a and ka.vreb = get"))).toBe(
    lines(
      "rules.yaml:3:28: no field is called `ka.vreb` [unknown-field]",
      "3 |   condition: t.str = a and ka.vreb = get",
      "                               ^^^^^^^",
      "help: did you mean `ka.verb`?",
    ),
  );
});

test("a mistake in a folded condition is on its own line", () => {
  expect(told(rule(lines(">", "    t.str = a", "    and ka.vreb = get")))).toBe(
    lines(
      "rules.yaml:5:9: no field is called `ka.vreb` [unknown-field]",
      "5 |     and ka.vreb = get",
      "            ^^^^^^^",
      "help: did you mean `ka.verb`?",
    ),
  );
});

test("a mistake in a quoted condition is behind its escapes", () => {
  expect(told(rule('"t.str = \\"a\\" and ka.vreb = get"'))).toBe(
    lines(
      "rules.yaml:3:33: no field is called `ka.vreb` [unknown-field]",
      '3 |   condition: "t.str = \\"a\\" and ka.vreb = get"',
      "                                    ^^^^^^^",
      "help: did you mean `ka.verb`?",
    ),
  );
});

test("a mistake in a macro is shown in the macro", () => {
  const [first] = loaded(`- macro: m\n  condition: no.field = 1\n${rule("t.str = a and m")}`).diagnostics;
  expect(first?.place).toMatchObject({ from: 24, to: 32 });
  expect(first?.code).toBe("unknown-field");
});

test("a mistake in an appended part is shown where it is written", () => {
  const second = "- rule: r\n  condition: and ka.vreb = get\n  override: {condition: append}\n";
  const { diagnostics } = load([file(rule("t.str = a"), "a.yaml"), file(second, "b.yaml")], world);
  expect(diagnostics.map(drawn).join("\n")).toBe(
    lines(
      "b.yaml:2:18: no field is called `ka.vreb` [unknown-field]",
      "2 |   condition: and ka.vreb = get",
      "                     ^^^^^^^",
      "help: did you mean `ka.verb`?",
    ),
  );
});

test("every mistake is told, and every sound rule runs", () => {
  const text = lines(
    "- rule: one",
    "  desc: d",
    "  condition: t.srt = a",
    "  output: o",
    "  priority: WARN",
    "  source: k8s_audit",
    "- rule: two",
    "  conditon: t.str = a",
    "  desc: d",
    "  output: o",
    "  priority: INFO",
    "- macro: m",
    "  condition: t.str =",
    rule("t.str = a"),
  );
  expect(loaded(text).diagnostics.map(({ code, severity }) => [severity, code])).toEqual([
    ["error", "unknown-field"],
    ["error", "invalid-priority"],
    ["error", "missing-key"],
    ["warning", "unknown-key"],
    ["error", expect.any(String)],
  ]);
  expect(judged(text, { "t.str": "a" })).toEqual(["r"]);
});

test("a misspelt key is offered where the right one is missing", () => {
  expect(told("- list: l\n  item: [a]\n")).toContain("help: did you mean `items` where it says `item`?");
});

test("as Falco loads, the first error ends it", () => {
  const { files, ok } = loaded(`${rule("no.x = a")}${rule("no.y = a").replace("rule: r", "rule: s")}`, "falco");
  expect(ok).toBe(false);
  expect(files[0]?.findings.map(({ falco }) => falco?.message)).toEqual([
    "filter_check called with nonexistent field no.x",
  ]);
});

test("a rule whose macro is broken is left out and named", () => {
  const text = `- macro: m\n  condition: t.str =\n${rule("m")}`;
  expect(loaded(text).diagnostics.map(({ message }) => message)).toContain(
    "the rule `r` is left out: its macro `m` has an error",
  );
});

test("rules of a source that isn't there are skipped", () => {
  const { ok, diagnostics, ruleSet } = loaded(rule("proc.name = x").replace("k8s_audit", "syscall"));
  expect([ok, ruleSet.rules]).toEqual([true, []]);
  expect(diagnostics.map(({ code }) => code)).toEqual(["unknown-source"]);
});

test("appending `and` to an `or` is warned of", () => {
  const text = `${rule("t.str = a or t.str = b")}- rule: r\n  condition: and t.str2 = c\n  override: {condition: append}\n`;
  expect(told(text)).toBe(
    lines(
      "rules.yaml:8:14: `and` here does not apply to the whole condition it is appended to: texts are joined, and `and` binds before `or` [precedence-changed]",
      "8 |   condition: and t.str2 = c",
      "                 ^^^",
      "help: replace the condition instead, with brackets where they belong",
    ),
  );
});

test("unknown keys inside exceptions and plugin requirements are warned of", () => {
  const exception = ["  exceptions:", "  - name: e", "    fields: [t.str]", "    value: [[b]]"];
  const text = `- required_plugin_versions:\n  - name: a\n    version: 1.0.0\n    versoin: 2\n${rule("t.str = a", ...exception)}`;
  expect(loaded(text).diagnostics.map(({ code, help }) => [code, help])).toEqual([
    ["unknown-key", "did you mean `version`?"],
    ["unknown-key", "did you mean `values`?"],
  ]);
});

test("lists three deep are put in, and warned of; Falco's way leaves the name", () => {
  const text = `- list: a\n  items: [x]\n- list: b\n  items: [a]\n- list: c\n  items: [b]\n${rule("t.str in (c)")}`;
  expect(loaded(text).diagnostics.map(({ code }) => code)).toEqual(["nested-list"]);
  expect(judged(text, { "t.str": "x" })).toEqual(["r"]);
  const compat = load([file(text)], { ...world, dialect: { falcoCompat: true } });
  expect(compat.ruleSet.judge({ "t.str": "x" }, languageAbout)).toEqual([]);
});

test("a rule that the selection switches on is asked last", () => {
  const other = rule("t.str = a").replace("rule: r", "rule: s");
  const { ruleSet } = load([file(rule("t.str = a", "  enabled: false") + other)], {
    ...world,
    matching: "all",
    selection: [{ operation: "enable", rule: "r" }],
  });
  expect(ruleSet.judge({ "t.str": "a" }, languageAbout).map((match) => match.rule.name)).toEqual(["s", "r"]);
});

test("the same files give the same answer again", () => {
  const text = `${rule("t.str = a")}- rule: r\n  condition: and t.str2 = b\n  override: {condition: append}\n`;
  expect(told(text)).toBe(told(text));
  expect(judged(text, { "t.str": "a", "t.str2": "b" })).toEqual(["r"]);
});

test("macros that double themselves are refused, not expanded", () => {
  const doubled = Array.from({ length: 60 }, (_, at) => `- macro: m${at + 1}\n  condition: m${at} or m${at}\n`).join(
    "",
  );
  const { diagnostics } = loaded(`- macro: m0\n  condition: t.str = a\n${doubled}${rule("m60")}`);
  expect(diagnostics[0]?.message).toBe("the condition has more than 100000 parts once its macros are put in");
});

test("macros that nest without end are refused", () => {
  const nested = Array.from({ length: 3000 }, (_, at) => `- macro: m${at + 1}\n  condition: not m${at}\n`).join("");
  const { diagnostics } = loaded(`- macro: m0\n  condition: t.str = a\n${nested}${rule("m3000")}`);
  expect(diagnostics[0]?.message).toBe("the condition nests deeper than 1000 levels once its macros are put in");
});

test("lists that double themselves are refused, not expanded", () => {
  const doubled = Array.from({ length: 40 }, (_, at) => `- list: l${at}\n  items: ["l${at + 1},l${at + 1}"]\n`).join(
    "",
  );
  const { diagnostics } = loaded(`${doubled}- list: l40\n  items: [abcdefgh]\n${rule("t.str in (l0)")}`);
  expect(diagnostics[0]?.code).toBe("condition-too-large");
});

test("a file that is not YAML is told of with its place", () => {
  expect(told("- rule: r\n\tdesc: d\n")).toBe(
    lines(
      "rules.yaml:2:1: the file is not YAML: illegal tab when looking for indentation [not-yaml]",
      "2 | \tdesc: d",
      "    ^",
      "help: indent with spaces",
    ),
  );
});

test("a macro has to stand before the macro that uses it", () => {
  const text = `- macro: m\n  condition: n\n- macro: n\n  condition: t.str = a\n${rule("m")}`;
  expect(told(text).split("\n").slice(0, 4)).toEqual([
    "rules.yaml:2:14: the macro `n` is not defined before this [undefined-macro]",
    "2 |   condition: n",
    "                 ^",
    "help: move `- macro: n` up, before the macro that uses it",
  ]);
});

test("a rule says where it is defined, not where it was changed since", () => {
  const change = "- rule: r\n  tags: [t]\n  override: {tags: append}\n";
  const again = `# mine\n${rule("t.str = b")}`;
  const origins = (...files: readonly RuleSource[]) => load(files, world).ruleSet.rules.map(({ origin }) => origin);
  const [first, second] = [file(`\n\n${rule("t.str = a")}`, "a.yaml"), file(change, "b.yaml")];
  expect(origins(first, second)).toEqual([{ file: "a.yaml", line: 3 }]);
  expect(origins(first, second, file(again, "c.yaml"))).toEqual([{ file: "c.yaml", line: 2 }]);
});

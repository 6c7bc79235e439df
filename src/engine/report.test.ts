import { expect, test } from "vitest";
import { load } from "./load.ts";
import { reportJson, reportSummary, reportText } from "./report.ts";
import { languageCatalogue } from "./testing/language-world.ts";

const result = (text: string) =>
  load([{ name: "rules.yaml", text }], { sources: new Map([["k8s_audit", languageCatalogue]]) }, "falco").files[0]!;

const broken =
  "- rule: é\n  desc: d\n  condition: t.str = a and no.field = b\n  output: o\n  priority: INFO\n  source: k8s_audit\n";

test("an error is told as Falco tells it, with its chain of places and a snippet", () => {
  expect(reportText(result(broken))).toBe(
    `rules.yaml: Invalid
1 Errors:
In rules content: (rules.yaml:0:0)
    rule 'é': (rules.yaml:0:2)
    rule condition: (rules.yaml:2:13)
    condition expression: ("t.str = a and no....":3:28)
------
t.str = a and no.field = b
                         ^
------
LOAD_ERR_COMPILE_CONDITION (Error compiling condition): filter_check called with nonexistent field no.field
`,
  );
});

test("the summary has the codes alone", () => {
  expect(reportSummary(result(broken))).toBe(
    "rules.yaml: Invalid\n 1 errors: [LOAD_ERR_COMPILE_CONDITION (Error compiling condition)]",
  );
});

test("a file without items has no word about the schema", () => {
  expect(reportJson(result("# nothing\n"))).toEqual({
    errors: [],
    name: "rules.yaml",
    successful: true,
    warnings: [],
  });
});

test("a long line is cut on both sides of the place", () => {
  const long = `- list: l\n  items: [${"a, ".repeat(60)}{x: y}, ${"b, ".repeat(60)}c]\n`;
  const [, , , , , , line, mark] = reportText(result(long))
    .slice(reportText(result(long)).indexOf("1 Errors"))
    .split("\n");
  expect(line).toMatch(/^\.\.\..{155}\.\.\.$/);
  expect(mark).toBe(`${" ".repeat(80)}^`);
});

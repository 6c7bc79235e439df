import { expect, test } from "vitest";
import { ruleWorld } from "../../engine/audit-world.ts";
import { load } from "../../engine/index.ts";
import { coloursOf } from "./colours.ts";
import { namesOf, proposals } from "./completion.ts";
import { definitionsOf, namedAt } from "./definitions.ts";
import { fits } from "./docs.ts";
import { hovered } from "./hover.ts";
import { indentBelow } from "./indent.ts";
import { closed, opened } from "./line-ends.ts";
import { outlineOf } from "./outline.ts";
import { cursor, pack } from "./pack.kit.ts";
import { prettyCondition } from "./pretty.ts";
import { newFile, type Override, overrideItem, overrides, withItem } from "./snippets.ts";

const definitions = definitionsOf(pack);

const offered = (marked: string): readonly string[] => {
  const { text, at } = cursor(marked);
  return proposals(text, outlineOf(text), at, definitions)?.options.map(({ label }) => label) ?? [];
};

test("the pack holds no word that is coloured as wrong or unknown", () => {
  const names = namesOf(definitions);
  const wrong = pack.flatMap(({ name, text }) =>
    coloursOf(text, outlineOf(text), names, { from: 0, to: text.length })
      .filter(({ colour }) => colour === "wrong" || colour.startsWith("unknown"))
      .map(({ from, to, colour }) => `${name}: ${text.slice(from, to)} ${colour}`),
  );
  expect(wrong).toEqual([]);
});

test("keys, values, conditions and outputs have their colours", () => {
  const text =
    "- rule: r\n  condition: ka.verbs = x # why\n  output: by %ka.user.name.\n  priority: HIGH\n  color: red\n";
  const marks = coloursOf(text, outlineOf(text), namesOf(definitions), { from: 0, to: text.length });
  expect(marks.map(({ colour, from, to }) => `${colour}: ${text.slice(from, to)}`)).toEqual([
    "sign: -",
    "key: rule",
    "name: r",
    "key: condition",
    "unknown-field: ka.verbs",
    "operator: =",
    "value: x",
    "key: output",
    "field: %ka.user.name",
    "key: priority",
    "wrong: HIGH",
    "unknown-key: color",
    "value: red",
  ]);
});

test("a macro is gone to where it is defined, from the name in a condition", () => {
  const { text, at } = cursor("- rule: r\n  condition: took_|effect and x in (workload_resources)\n");
  expect(namedAt(text, outlineOf(text), at, definitions)).toMatchObject({ kind: "macro", name: "took_effect" });
  expect(definitions.of("macro", "took_effect")).toEqual([
    expect.objectContaining({
      file: "00-base.yaml",
      line: 25,
      body: "(completed and response_successful and not dry_run)",
      changes: false,
    }),
  ]);
  expect(namedAt(text, outlineOf(text), text.indexOf("resources"), definitions)).toMatchObject({
    kind: "list",
    name: "workload_resources",
  });
});

test("in a condition, fields and macros are offered, then operators that fit, then values and lists", () => {
  expect(offered("- rule: r\n  condition: |")).toEqual(
    expect.arrayContaining(["took_effect", "ka.user.name", "not", "tolower("]),
  );
  expect(offered("- rule: r\n  condition: >\n    took_effect\n    and ka.user.groups |")).toEqual([
    "exists",
    "intersects",
    "in",
  ]);
  expect(offered("- rule: r\n  condition: ka.verb |")).toEqual(expect.arrayContaining(["=", "startswith", "in"]));
  expect(offered("- rule: r\n  condition: ka.verb in (cr|")).toEqual(
    expect.arrayContaining(["create", "workload_resources"]),
  );
  expect(offered("- rule: r\n  condition: ka.verb = get |")).toEqual(["and", "or"]);
});

test("keys not there yet are offered, and the values that a key can have", () => {
  expect(offered("- rule: r\n  desc: d\n  |")).toEqual(expect.arrayContaining(["condition", "output", "priority"]));
  expect(offered("- rule: r\n  desc: d\n  |")).not.toContain("desc");
  expect(offered("- list: l\n  |")).toEqual(["items", "override", "append"]);
  expect(offered("- rule: r\n  priority: |")).toContain("WARNING");
  expect(offered("- rule: r\n  tags: [|")).toContain("k8s");
  expect(offered("- rule: r\n  source: |")).toContain("k8s_audit");
  expect(offered("- rule: r\n  output: by %ka.user|")).toContain("%ka.user.name");
  expect(offered("- rule: r\n  tags: [a]\n  override:\n    |")).toContain("tags");
  expect(offered("- rule: r\n  tags: [a]\n  override:\n    tags: |")).toEqual(["append", "replace"]);
  expect(offered("- rule: r\n  exceptions:\n    - name: x\n      |")).toEqual(["name", "fields", "comps", "values"]);
  expect(offered("- rule: r\n  exceptions:\n    - name: x\n      fields: [|")).toContain("ka.user.name");
  expect(offered("|")).toEqual(["- rule", "- macro", "- list"]);
  expect(offered("# about |")).toEqual([]);
});

test("what is offered says what it is, and what the macro stands for", () => {
  const { text, at } = cursor("- rule: r\n  condition: |");
  const { options } = proposals(text, outlineOf(text), at, definitions)!;
  expect(options.find(({ label }) => label === "took_effect")).toMatchObject({
    kind: "macro",
    detail: "00-base.yaml:25",
    doc: { words: "It happened: it was answered with success, and was no rehearsal." },
  });
  expect(options.find(({ label }) => label === "ka.user.name")?.doc).toMatchObject({
    kind: "string",
    facts: expect.arrayContaining([["there from level", "Metadata"]]),
  });
});

test("an operator is offered where the field's type has it", () => {
  const of = (type: "string" | "uint64" | "ipaddr", list = false) => ({ type, list });
  expect(fits("startswith", of("string"))).toBe(true);
  expect(fits("startswith", of("uint64"))).toBe(false);
  expect(fits("<", of("uint64"))).toBe(true);
  expect(fits("=", of("string", true))).toBe(false);
  expect(fits("in", of("string", true))).toBe(true);
  expect(fits("pmatch", of("string", true))).toBe(false);
});

test("hovering tells of fields, operators, keys and what is not known", () => {
  const about = (marked: string) => {
    const { text, at } = cursor(marked);
    return hovered(text, outlineOf(text), at, definitions)?.doc;
  };
  expect(about("- rule: r\n  condition: ka.us|er.name = x")).toMatchObject({ title: "ka.user.name", kind: "string" });
  expect(about("- rule: r\n  condition: ka.user.name star|tswith x")).toMatchObject({ kind: "operator" });
  expect(about("- rule: r\n  cond|ition: x")).toMatchObject({ kind: "key of a rule" });
  expect(about("- rule: r\n  condition: nob|ody")).toMatchObject({ kind: "no macro" });
  expect(about("- rule: r\n  output: x %ka.ve|rb y")).toMatchObject({ title: "ka.verb" });
  expect(about("- rule: r\n  condition: deletes an|d x")).toMatchObject({ kind: "keyword" });
});

test("each way to override a rule loads beside the pack, without a complaint", () => {
  const rule = load(pack, ruleWorld()).compiled.rules.find(
    ({ loaded }) => loaded.name === "Kubernetes Events Deleted",
  )!;
  const shown = {
    name: rule.loaded.name,
    condition: "took_effect and deletes",
    output: "x %ka.verb",
    priority: "Error",
  };
  for (const what of Object.keys(overrides) as Override[]) {
    const text = overrideItem(shown, what);
    const loaded = load([...pack, { name: "own.yaml", text }], ruleWorld());
    expect([what, loaded.diagnostics.map(({ message }) => message)]).toEqual([what, []]);
  }
  expect(overrideItem({ name: "Odd: # name" }, "disable")).toBe(
    '- rule: "Odd: # name"\n  enabled: false\n  override:\n    enabled: replace\n',
  );
});

test("a new file loads as it stands", () => {
  expect(load([...pack, { name: "own.yaml", text: newFile() }], ruleWorld()).diagnostics).toEqual([]);
  expect(withItem("- list: a\n  items: []", "- x\n")).toEqual({ text: "- list: a\n  items: []\n\n- x\n", at: 23 });
});

test("a condition is laid out by its parts", () => {
  expect(prettyCondition("a and\n  b")).toBe("a and b");
  expect(
    prettyCondition(
      "took_effect and (ka.verb = create or ka.target.namespace in (one, two, three)) and not (ka.user.name startswith system: and deletes)",
    ),
  ).toBe(
    [
      "took_effect",
      "and (ka.verb = create or ka.target.namespace in (one, two, three))",
      "and not (ka.user.name startswith system: and deletes)",
    ].join("\n"),
  );
  expect(prettyCondition("a and (")).toBe("a and (");
});

test.each(["a\nb\n", "a\r\nb\r\n", "\uFEFFa\r\nb", "a\r\nb\nc\r\n", ""])("%j is saved as it was opened", (whole) => {
  const written = opened(whole);
  expect(closed(written.text, written)).toBe(whole);
});

test("a line typed into a file of CR LF ends so too", () => {
  const written = opened("a\r\nb\r\n");
  expect(closed(`${written.text}c\n`, written)).toBe("a\r\nb\r\nc\r\n");
});

test.each([
  ["- rule: x", 2],
  ["  condition: >", 4],
  ["    ka.verb = get", 4],
  ["  override:", 4],
  ["    - name: x", 6],
  ["    - alice", 4],
  ["- list:", 4],
  ["", 0],
])("below %j a line is indented by %i", (line, columns) => expect(indentBelow(line)).toBe(columns));

import { expect, test } from "vitest";
import { limits } from "./limits.ts";
import { readRuleFile, type YamlNode } from "./rulefile.ts";

const read = (text: string) => readRuleFile("rules.yaml", text);

/** The first document as plain data, each scalar as its text. */
function plain(node: YamlNode | undefined): unknown {
  switch (node?.kind) {
    case "scalar":
      return node.text;
    case "sequence":
      return node.items.map(plain);
    case "mapping":
      return node.entries.map(({ key, value }) => [plain(key), plain(value)]);
    default:
      return null;
  }
}

/** Each character of the first scalar, and what stands at its place in the file. */
function places(text: string): string {
  const [document] = read(text).documents;
  const node = document?.kind === "sequence" ? document.items[0] : document;
  if (node?.kind !== "scalar") return "";
  return [...node.text].map((_, at) => text[node.places()[at] ?? 0]).join("");
}

test("scalars keep the text they were written with", () => {
  expect(plain(read("[0x10, 010, 1e3, yes, true, nULL, 'null', !!str null]").documents[0])).toEqual([
    ...["0x10", "010", "1e3", "yes", "true", "nULL", "null", "null"],
  ]);
});

test("null is a plain word or nothing", () => {
  expect(plain(read("[~, null, Null, NULL, '']").documents[0])).toEqual([null, null, null, null, ""]);
});

test("both of two equal keys are there, and merge keys are keys", () => {
  expect(plain(read("a: 1\na: 2\n<<: {b: 3}\n").documents[0])).toEqual([
    ["a", "1"],
    ["a", "2"],
    ["<<", [["b", "3"]]],
  ]);
});

test("a byte order mark is no text", () => {
  expect(read("\uFEFF- a").text).toBe("- a");
});

test("a node is where its anchor is, an absent one where the next token begins", () => {
  const [document] = read("- &b\n  rule: r\n- items: # none\n\n  x: y\n").documents;
  const items = document?.kind === "sequence" ? document.items : [];
  expect(items[0]?.mark).toBe(2);
  const [second] = items[1]?.kind === "mapping" ? items[1].entries : [];
  expect(second?.value).toMatchObject({ kind: "null", mark: 34 });
});

test.each([
  ["plain", "- a b\n  c\n", "a b\nc"],
  ["single quotes", "- 'it''s\n  b'", "it's\nb"],
  ["double quotes", '- "a\\x41 \\\n   b"', "a\\ b"],
  ["a folded block", "- >\n   a\n   b\n", "a\nb\n"],
  ["a literal block", "- |2\n    a\n   b\n", "  a\n b\n"],
])("characters of %s are found in the file", (_, text, found) => {
  expect(places(text)).toBe(found);
});

test("an alias is the node it stands for, and not one that it is part of", () => {
  expect(plain(read("- &a [x]\n- *a\n").documents[0])).toEqual([["x"], ["x"]]);
  expect(read("- &a [*a]\n").problem?.own).toBe("the alias *a stands inside what it names");
  expect(read("- *b\n").problem?.message).toBe(
    "yaml-cpp: error at line 1, column 3: the referenced anchor is not defined: b",
  );
});

test("aliases that multiply are refused before anything is made of them", () => {
  const level = (name: string, of: string) => `- &${name} [${Array(10).fill(`*${of}`).join(", ")}]\n`;
  const text = `- &a [x, x]\n${[..."bcdefghij"].map((name, at) => level(name, [..."abcdefghi"][at] ?? "a")).join("")}`;
  expect(read(text).problem?.own).toBe("the file stands for more than 1000000 nodes once its aliases are written out");
});

test("nesting and length are bounded", () => {
  expect(read("[".repeat(100_000)).problem?.own).toBe("the file nests deeper than 500 levels");
  expect(readRuleFile("x", "- aaaa", { ...limits, fileLength: 5 }).problem?.own).toBe(
    "the file is longer than 5 characters",
  );
});

test.each([
  ["this : is : not : yaml\n", "line 1, column 11: illegal map value"],
  ["- rule: r\n   desc: d\n", "line 2, column 8: illegal map value"],
  ["- rule: r\n  desc d\n  x: y\n", "line 3, column 4: illegal map value"],
  ["- rule: r\n desc: d\n", "line 2, column 2: end of sequence not found"],
  ["- rule: [\n", "line 2, column 1: end of sequence flow not found"],
  ['- rule: "abc\n', "line 2, column 1: illegal EOF in scalar"],
  ["- rule: %x\n", "line 1, column 9: unknown token"],
  ['- rule: "a\\qb"\n', "line 1, column 13: unknown escape character"],
])("what is no YAML is refused where yaml-cpp refuses it: %j", (text, wanted) => {
  expect(read(text).problem?.message).toBe(`yaml-cpp: error at ${wanted}`);
});

test("lines between brackets may stand at any column, as yaml-cpp lets them", () => {
  const text = "- list: l\n  items: [a, # it's one\nb,\n  'c d'\n]\n- x: {\r\ny: [\"]\n   \", z]\r\n}\n- last\n";
  const [document] = read(text).documents;
  const list = [
    ["list", "l"],
    ["items", ["a", "b", "c d"]],
  ];
  expect(plain(document)).toEqual([list, [["x", [["y", ["] ", "z"]]]]], "last"]);
  const items = document?.kind === "sequence" ? document.items : [];
  expect(items[2]?.mark).toBe(text.indexOf("last"));
});

test("brackets without an end are refused, however many there are", () => {
  expect(read("- [a\n".repeat(20_000)).problem?.message).toBe(
    "yaml-cpp: error at line 2, column 1: end of sequence flow not found",
  );
});

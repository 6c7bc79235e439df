import { expect, test } from "vitest";
import type { CheckExplained, Explanation } from "../../engine/explain.ts";
import { decidingChecks, gist, isOpenAtFirst, parted, readText } from "./folding.ts";

const check = (text: string, holds: boolean): CheckExplained => ({ kind: "check", text, holds, values: [] });
const all = (...children: Explanation[]): Explanation & { kind: "and" } => ({
  kind: "and",
  holds: children.every(({ holds }) => holds),
  children,
});
const any = (...children: Explanation[]): Explanation & { kind: "or" } => ({
  kind: "or",
  holds: children.some(({ holds }) => holds),
  children,
});

const decided = (tree: Explanation) =>
  [...decidingChecks(tree)].map((node) => (node.kind === "check" ? node.text : node.kind));

test("what decided a match is every part of an all-of and the parts of an any-of that hold", () => {
  expect(decided(all(check("a", true), any(check("b", false), check("c", true))))).toEqual(["a", "c"]);
});

test("what decided a silence is what does not hold", () => {
  expect(decided(all(check("a", true), check("b", false)))).toEqual(["b"]);
  const excepted: Explanation = { kind: "not", holds: false, children: [any(check("x", true), check("y", false))] };
  expect(decided(all(check("a", true), excepted))).toEqual(["x"]);
});

test("many parts that decided nothing are put aside, a few are not", () => {
  const many = any(check("a", false), check("b", true), check("c", false), check("d", false));
  const texts = (nodes: readonly Explanation[]) => nodes.map((node) => (node.kind === "check" ? node.text : ""));
  expect(texts(parted(many).seen)).toEqual(["b"]);
  expect(texts(parted(many).aside)).toEqual(["a", "c", "d"]);
  expect(texts(parted(any(check("a", false), check("b", true))).seen)).toEqual(["a", "b"]);
});

test("the whole stands open; what decided nothing and large macros stand folded", () => {
  const macro = { ...any(...["a", "b", "c", "d", "e"].map((text) => check(text, text === "a"))), macro: "modify" };
  const idle = all(check("f", false));
  const tree = all(macro, check("g", true));
  const deciding = decidingChecks(tree);
  expect(isOpenAtFirst(tree, deciding, 0)).toBe(true);
  expect(isOpenAtFirst(macro, deciding, 1)).toBe(false);
  expect(isOpenAtFirst(idle, deciding, 1)).toBe(false);
  expect(gist(macro, deciding)).toBe("a, and 4 others");
  expect(gist(idle, deciding)).toBe("1 check");
});

test("what a check read is told, or where it would exist", () => {
  expect(readText({ field: "ka.verb", shown: "create" })).toBe("ka.verb is create");
  expect(
    readText({ field: "ka.req.pod.host_network", existsFrom: { level: "Request", stages: ["ResponseComplete"] } }),
  ).toBe("ka.req.pod.host_network is absent here; it exists from level Request, at ResponseComplete");
});

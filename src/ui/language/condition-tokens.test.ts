import fc from "fast-check";
import { expect, test } from "vitest";
import { conditionTokens, standingAt } from "./condition-tokens.ts";
import { fields } from "./docs.ts";
import { cursor } from "./pack.kit.ts";

const names = {
  field: (name: string) => fields.has(name),
  macro: (name: string) => name === "took_effect",
  list: (name: string) => name === "users",
};
const told = (text: string) =>
  conditionTokens(text, names).map(({ kind, from, to }) => `${kind}: ${text.slice(from, to)}`);

test("each word is what the engine takes it for", () => {
  expect(told(`took_effect and not other or (ka.verb in (get, "list", users, 7) and ka.usr.name = bob)`)).toEqual([
    "macro: took_effect",
    "keyword: and",
    "keyword: not",
    "unknown-macro: other",
    "keyword: or",
    "bracket: (",
    "field: ka.verb",
    "operator: in",
    "bracket: (",
    "value: get",
    "bracket: ,",
    'text: "list"',
    "bracket: ,",
    "list: users",
    "bracket: ,",
    "number: 7",
    "bracket: )",
    "keyword: and",
    "unknown-field: ka.usr.name",
    "operator: =",
    "value: bob",
    "bracket: )",
  ]);
});

test("arguments, calls and modifiers are told apart", () => {
  expect(told("tolower(ka.annotation[a/b]) contains anyof (x) and ka.verb != val(ka.stage)")).toEqual([
    "call: tolower",
    "bracket: (",
    "field: ka.annotation",
    "bracket: [",
    "argument: a/b",
    "bracket: ]",
    "bracket: )",
    "operator: contains",
    "operator: anyof",
    "bracket: (",
    "value: x",
    "bracket: )",
    "keyword: and",
    "field: ka.verb",
    "operator: !=",
    "call: val",
    "bracket: (",
    "field: ka.stage",
    "bracket: )",
  ]);
});

test("what is appended may begin with its joint, and a wrong word is wrong", () => {
  expect(told("and ka.verb is get")).toEqual(["keyword: and", "field: ka.verb", "wrong: is", "wrong: get"]);
});

test.each([
  ["|", { expects: "check", from: 0 }],
  ["took_effect and ka.|", { expects: "check", from: 16 }],
  ["ka.verb |", { expects: "operator", field: "ka.verb", from: 8 }],
  ["ka.verb sta|", { expects: "operator", field: "ka.verb", from: 8 }],
  ["ka.verb = |", { expects: "value", field: "ka.verb", operator: "=", from: 10 }],
  ["ka.verb in (get, cr|", { expects: "item", field: "ka.verb", operator: "in", from: 17 }],
  ["ka.verb in |", { expects: "list", field: "ka.verb", operator: "in", from: 11 }],
  ["ka.annotation[|", { expects: "argument", field: "ka.annotation", from: 14 }],
  ["ka.verb = get |", { expects: "joint", from: 14 }],
  ["not |", { expects: "check", from: 4 }],
])("in `%s` it is known what may come", (marked, standing) => {
  const { text, at } = cursor(marked);
  expect(standingAt(text, at, names)).toEqual(standing);
});

test("tokens of any text stand in order, none empty, and it ends", () => {
  const piece = fc.constantFrom(
    "ka.verb",
    " ",
    "(",
    ")",
    "[",
    "]",
    "=",
    "in",
    "and ",
    "not",
    '"',
    "'",
    ",",
    "val(",
    "x",
    "\n",
    "%",
  );
  fc.assert(
    fc.property(
      fc.array(piece).map((parts) => parts.join("")),
      (text) => {
        let end = 0;
        for (const { from, to } of conditionTokens(text, names)) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          end = to;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      },
    ),
  );
});

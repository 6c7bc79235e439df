/** Falco's own answers about what parses, and how. */
import { describe, expect, test } from "vitest";
import { parseCondition } from "./parse.ts";
import { falcoPosition } from "./position.ts";
import { printCondition } from "./print.ts";
import type { CallArgument, Condition, Literal, LiteralList, Operand, Span } from "./syntax.ts";
import { conformanceFolder, languageCases } from "./testing/language-cases.kit.ts";

const cases = languageCases("parse-ok", "parse-error");

describe.skipIf(cases.length === 0)(`parsing, asked from ${conformanceFolder}`, () => {
  test.for(cases.map((question) => [question.id, question] as const))("%s", ([, question]) => {
    const { condition = "", max_depth, expect: answer } = question;
    const parsed = parseCondition(condition, max_depth === undefined ? {} : { maxDepth: max_depth });
    if (question.kind === "parse-error") {
      expect(
        parsed.ok
          ? { canonical: printCondition(parsed.value) }
          : { message: parsed.problem.message, ...falcoPosition(condition, parsed.problem.offset) },
      ).toEqual(answer);
      return;
    }
    expect(parsed.ok ? printCondition(parsed.value) : parsed.problem.message).toBe(answer.canonical);
    if (parsed.ok && answer.ast) expect(falcoTree(condition, parsed.value)).toEqual(answer.ast);
  });
});

function place(text: string, at: number): readonly number[] {
  const { offset, line, column } = falcoPosition(text, at);
  return [offset, line, column];
}

function beforeBlanks(text: string, at: number): number {
  return text.slice(0, at).trimEnd().length;
}

function falcoItem(text: string, item: Node, listAt: number): unknown {
  return { ...(falcoTree(text, item) as object), pos: place(text, beforeBlanks(text, listAt)) };
}

type Node = Condition | Operand | Literal | LiteralList | CallArgument;

/** The tree as the cases write it. */
function falcoTree(text: string, node: Node, at: Span = node.span): unknown {
  const pos = place(text, at.from);
  const tree = (child: Node) => falcoTree(text, child);
  switch (node.kind) {
    case "and":
    case "or":
      return { t: node.kind, pos, c: node.children.map(tree) };
    case "not":
      return { t: "not", pos, c: tree(node.child) };
    case "macro":
      return { t: "id", pos, v: node.name };
    case "exists":
      return { t: "unary", pos, op: "exists", l: tree(node.left) };
    case "comparison": {
      const op = node.modifier ? `${node.operator} ${node.modifier}` : node.operator;
      return { t: "binary", pos, op, l: tree(node.left), r: tree(node.right) };
    }
    case "literal":
      return { t: "val", pos, v: node.value };
    case "list":
      return { t: "list", pos, v: node.items.map(({ value }) => value) };
    case "call-list":
      // Falco takes such a list's place before the blanks in front of it, and gives its items the same.
      return {
        t: "tlist",
        pos: place(text, beforeBlanks(text, at.from)),
        c: node.items.map((item) => falcoItem(text, item, at.from)),
      };
    case "field":
      return { t: "field", pos, f: node.name, ...(node.argument !== undefined && { arg: node.argument }) };
    case "call": {
      const { name: f, argument: arg } = node;
      return { t: "tr", pos, f, c: node.args.map(tree), ...(arg !== undefined && { arg }) };
    }
  }
}

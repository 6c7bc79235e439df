/** Falco's own answers to condition texts: every `parse-ok` and `parse-error` of the language cases. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseCondition } from "./parse.ts";
import { parserPosition } from "./position.ts";
import { printCondition } from "./print.ts";
import type { CallArgument, Condition, LiteralList } from "./syntax.ts";

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly condition: string;
  readonly max_depth?: number;
  readonly expect: {
    readonly canonical?: string;
    readonly ast?: unknown;
    readonly message?: string;
    readonly offset?: number;
    readonly line?: number;
    readonly column?: number;
  };
}

const folder = resolve(process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance");
const cases = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((name) => name.endsWith("cases.json"))
  .flatMap((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Case[])
  .filter(({ kind }) => kind.startsWith("parse-"));

describe.skipIf(cases.length === 0)(`condition texts (${folder})`, () => {
  test.each(cases.map((one) => [one.id, one] as const))(
    "%s",
    (_, { kind, condition, max_depth: maxDepth, expect: wanted }) => {
      const parsed = parseCondition(condition, { maxDepth });
      if (kind === "parse-error") {
        const { message, offset, line, column } = wanted;
        expect(parsed.ok ? printCondition(parsed.value) : mistakeOf(condition, parsed.problem)).toEqual({
          message,
          offset,
          line,
          column,
        });
        return;
      }
      expect(parsed.ok ? printCondition(parsed.value) : parsed.problem.message).toBe(wanted.canonical);
      if (parsed.ok && wanted.ast) expect(astOf(condition, parsed.value)).toEqual(wanted.ast);
    },
  );
});

function mistakeOf(text: string, { message, offset }: { readonly message: string; readonly offset: number }) {
  return { message, ...parserPosition(text, offset) };
}

/** The tree in the form the cases have it. */
function astOf(text: string, node: Condition | CallArgument | LiteralList): unknown {
  const { offset, line, column } = parserPosition(text, node.falcoOffset ?? node.span.from);
  const pos = [offset, line, column];
  const inner = (one: Condition | CallArgument | LiteralList) => astOf(text, one);
  switch (node.kind) {
    case "and":
    case "or":
      return { t: node.kind, pos, c: node.children.map(inner) };
    case "not":
      return { t: "not", pos, c: inner(node.child) };
    case "macro":
      return { t: "id", pos, v: node.name };
    case "exists":
      return { t: "unary", pos, op: "exists", l: inner(node.left) };
    case "comparison": {
      const op = node.modifier ? `${node.operator} ${node.modifier}` : node.operator;
      return { t: "binary", pos, op, l: inner(node.left), r: inner(node.right) };
    }
    case "field":
      return { t: "field", pos, f: node.name, ...(node.argument !== undefined && { arg: node.argument }) };
    case "call": {
      const { name, args, argument } = node;
      return { t: "tr", pos, f: name, c: args.map(inner), ...(argument !== undefined && { arg: argument }) };
    }
    case "call-list":
      return { t: "tlist", pos, c: node.items.map(inner) };
    case "literal":
      return { t: "val", pos, v: node.value };
    case "list":
      return { t: "list", pos, v: node.items.map(({ value }) => value) };
  }
}

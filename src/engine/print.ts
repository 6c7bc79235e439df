/** Tree → text, canonically, as Falco prints conditions (reference 01 §3.7). Not every text can be parsed back: commas are not quoted. */
import type { CallList, Condition, Literal, LiteralList, Operand } from "./syntax.ts";

type Printable = Condition | Operand | Literal | LiteralList | CallList;

/** A condition, or any part of one. */
export function printCondition(node: Printable): string {
  switch (node.kind) {
    case "and":
    case "or":
      return `(${node.children.map(printCondition).join(` ${node.kind} `)})`;
    case "not":
      return `not ${printCondition(node.child)}`;
    case "macro":
      return node.name;
    case "exists":
      return `${printCondition(node.left)} exists`;
    case "comparison": {
      const operator = node.modifier ? `${node.operator} ${node.modifier}` : node.operator;
      return `${printCondition(node.left)} ${operator} ${printCondition(node.right)}`;
    }
    case "literal":
      return printText(node.value);
    case "list":
      return `(${node.items.map(printCondition).join(", ")})`;
    case "call-list":
      return `(${node.items.map(printCondition).join(",")})`;
    case "field":
      return node.name + printArgument(node.argument);
    case "call":
      return `${node.name}(${node.args.map(printCondition).join(",")})${printArgument(node.argument)}`;
  }
}

function printArgument(argument: string | undefined): string {
  if (argument === undefined) return "";
  return argument === "" ? '[""]' : `[${printText(argument)}]`;
}

const escapes: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\\": "\\\\",
  '"': '\\"',
};

function printText(text: string): string {
  if (!/[\b\f\n\r\t =\\'"\0]/.test(text)) return text;
  return `"${text.replace(/[\b\f\n\r\t\\"]/g, (unit) => escapes[unit]!)}"`;
}

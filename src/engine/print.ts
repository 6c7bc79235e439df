/** A condition's canonical text, as Falco prints it (reference 01 §3.7). It cannot always be read back: commas are not quoted. */
import type { Call, CallList, Condition, FieldReference, Literal, LiteralList, Operand } from "./syntax.ts";

export function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return `(${condition.children.map(printCondition).join(` ${condition.kind} `)})`;
    case "not":
      return `not ${printCondition(condition.child)}`;
    case "macro":
      return condition.name;
    case "exists":
      return `${printOperand(condition.left)} exists`;
    case "comparison": {
      const { left, operator, modifier, right } = condition;
      return `${printOperand(left)} ${operator}${modifier ? ` ${modifier}` : ""} ${printOperand(right)}`;
    }
  }
}

/** A field, a call, or a constant. */
export function printOperand(operand: Operand | Literal | LiteralList | CallList): string {
  switch (operand.kind) {
    case "field":
      return operand.name + printArgument(operand);
    case "call":
      return `${operand.name}(${operand.args.map(printOperand).join(",")})${printArgument(operand)}`;
    case "call-list":
      return `(${operand.items.map(printOperand).join(",")})`;
    case "literal":
      return quotedIfNeeded(operand.value);
    case "list":
      return `(${operand.items.map(printOperand).join(", ")})`;
  }
}

function printArgument({ argument }: FieldReference | Call): string {
  if (argument === undefined) return "";
  return argument === "" ? '[""]' : `[${quotedIfNeeded(argument)}]`;
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

function quotedIfNeeded(value: string): string {
  if (!/[\b\f\n\r\t =\\'"\0]/.test(value)) return value;
  return `"${value.replace(/[\b\f\n\r\t\\"]/g, (char) => escapes[char]!)}"`;
}

/** What Falco warns of in a constant: an expression that needs none, a field or a call that was taken for text. */
import type { Catalogue } from "../fields/field.ts";
import type { Problem } from "./contract.ts";
import { planOperand } from "./operand.ts";
import { type Comparison, type Literal, transformerNames } from "./syntax.ts";

/** In Falco's order. Its place for each is where the right side begins. */
export function constantWarnings<E>(check: Comparison, { value, span }: Literal, catalogue: Catalogue<E>): Problem[] {
  const offset = check.right.falcoOffset ?? check.right.span.from;
  const warnings: Problem[] = [];
  if (check.operator === "regex" && isPlain(value)) {
    const message = `regex check with '${value}' may be optimized with simpler operators such as '=', 'contains', 'startswith', 'endswith'`;
    warnings.push({ code: "needless-regex", message, offset, span });
  }
  const bare = value.replace(/[ \t\n\v\f\r]+/g, "");
  if (isField(bare, catalogue)) {
    const message = `'${value}' may be a valid field misused as a const string value`;
    warnings.push({
      code: "field-as-text",
      message,
      offset,
      span,
      help: `write \`val(${bare})\` to compare with the field`,
    });
  }
  if (bare.endsWith(")") && transformerNames.some((name) => bare.startsWith(`${name}(`))) {
    const message = `'${value}' may be a valid field transformer misused as a const string value`;
    const help = "write it without quotes and blanks to have it called";
    warnings.push({ code: "call-as-text", message, offset, span, help });
  }
  return warnings;
}

/** Whether an expression could be said without one: anchors at its ends, and `.*` or the like there, aside. */
function isPlain(pattern: string): boolean {
  const { length } = pattern;
  for (let at = 0; at < length; at++) {
    if ((at === 0 && pattern[at] === "^") || (at === length - 1 && pattern[at] === "$")) continue;
    const atAnEnd = (at === 0 && length > 1) || at === length - 2;
    if (atAnEnd && pattern[at] === "." && "+*?".includes(pattern[at + 1]!)) at++;
    else if (".+*?^$()[]{}|\\".includes(pattern[at]!)) return false;
  }
  return true;
}

/** A field as Falco's table knows it, argument and all. */
function isField<E>(text: string, catalogue: Catalogue<E>): boolean {
  const open = text.indexOf("[");
  const name = open < 0 ? text : text.slice(0, open);
  if (!catalogue.has(name) || (open >= 0 && !text.endsWith("]"))) return false;
  const argument = open < 0 ? undefined : text.slice(open + 1, -1);
  const reference = { kind: "field", name, argument, span: { from: 0, to: 0 } } as const;
  return planOperand(reference, catalogue, { falcoCompat: false }).ok;
}

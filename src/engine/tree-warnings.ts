/** What can be said of a condition's tree before its fields are looked up (reference 01 §1.13, `LOAD_UNSAFE_NA_CHECK`). */
import type { Comparison, Condition, Operand, Span } from "./syntax.ts";

const equality = new Set(["==", "=", "!=", "in", "intersects", "pmatch"]);

/** The place of the first comparison of an audit field with `<NA>`: such a field has that text never, and no value instead. */
export function hasUnsafeNa(condition: Condition): Span | undefined {
  switch (condition.kind) {
    case "and":
    case "or":
      for (const child of condition.children) {
        const found = hasUnsafeNa(child);
        if (found) return found;
      }
      return undefined;
    case "not":
      return hasUnsafeNa(condition.child);
    case "comparison":
      return isUnsafe(condition) ? condition.right.span : undefined;
    default:
      return undefined;
  }
}

function isUnsafe({ left, operator, modifier, right }: Comparison): boolean {
  if (modifier !== undefined || !equality.has(operator)) return false;
  if (!/^(ka|jevt)\./.test(lastField(left) ?? "")) return false;
  if (right.kind === "literal") return right.value === "<NA>";
  return right.kind === "list" && right.items.some((item) => item.value === "<NA>");
}

/** Of several arguments of a transformer the last field decides; lists among them are not looked into. */
function lastField(operand: Operand): string | undefined {
  if (operand.kind === "field") return operand.name;
  let name: string | undefined;
  for (const argument of operand.args)
    if (argument.kind === "field" || argument.kind === "call") name = lastField(argument) ?? name;
  return name;
}

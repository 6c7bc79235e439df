/** A condition as the parts that must all hold. */
import type { Condition } from "../syntax.ts";

/** `not (a or b)` is `not a` and `not b`; nothing else is rewritten, so that each part is one the rule holds. */
export function conjuncts(condition: Condition): readonly Condition[] {
  return [...partsOf(condition, false)];
}

function* partsOf(node: Condition, negated: boolean): Generator<Condition> {
  if (node.kind === "not") yield* partsOf(node.child, !negated);
  else if (node.kind === (negated ? "or" : "and")) for (const child of node.children) yield* partsOf(child, negated);
  else yield negated ? { kind: "not", child: node, span: node.span } : node;
}

/** All that a condition's answer depends on, and not where it is written. */
export function wordsOf(condition: Condition): string {
  return JSON.stringify(condition, (key, value) => (key === "span" || key === "falcoOffset" ? undefined : value));
}

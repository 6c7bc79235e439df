/** What can be told of a condition from an event having no request body, as most have none. */
import type { Condition, Operand } from "../syntax.ts";

/** These answer without a body too: from other parts, or as Falco answers of nothing. */
const exceptions: ReadonlySet<string> = new Set(["ka.req.binding.subject.has_name", "ka.req.configmap.name"]);

/** Fields that have no value without a `requestObject`, as the tests see to. */
export const isBodyField = (name: string): boolean => name.startsWith("ka.req.") && !exceptions.has(name);

/** Whether a condition cannot hold of an event without a request body, whatever else the event says. */
export const needsBody = (condition: Condition): boolean => withoutBody(condition) === false;

/** The answer without a body; undefined where it depends on the rest. A test of what is absent is false. */
function withoutBody(node: Condition): boolean | undefined {
  switch (node.kind) {
    case "and":
    case "or": {
      const deciding = node.kind === "or";
      const answers = node.children.map(withoutBody);
      if (answers.includes(deciding)) return deciding;
      return answers.includes(undefined) ? undefined : !deciding;
    }
    case "not": {
      const answer = withoutBody(node.child);
      return answer === undefined ? undefined : !answer;
    }
    case "macro":
      return undefined;
    case "exists":
    case "comparison":
      return readsBody(node.left) ? false : undefined;
  }
}

/** A call has no value where one of its arguments has none. */
function readsBody(operand: Operand): boolean {
  if (operand.kind === "field") return isBodyField(operand.name);
  return operand.args.some((arg) => (arg.kind === "field" || arg.kind === "call") && readsBody(arg));
}

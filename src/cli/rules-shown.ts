/** The rules as the API shows them: what was written, where, and what changes it. */
import type { RuleItem } from "../api/rules/schema.ts";
import type { AuditEvent } from "../domain/audit-event.ts";
import { exceptionsOf, type Loaded, type LoadedRule } from "../engine/index.ts";
import type { LiveFile } from "./live-rules.ts";

type RuleInfo = NonNullable<ReturnType<Loaded<AuditEvent>["collected"]["rules"]["get"]>>;

export function rulesShown(
  loaded: Loaded<AuditEvent>,
  files: readonly LiveFile[],
  policiesOf: (rule: LoadedRule<AuditEvent>) => RuleItem["policies"],
): readonly RuleItem[] {
  const own = files.filter((file) => file.own).map(({ name }) => name);
  return loaded.ruleSet.rules.map((rule) => {
    const { name, description, priority, source, tags, enabled, origin } = rule;
    const info = loaded.collected.rules.get(name);
    const writers = info ? filesOf(info) : new Set<string>();
    return {
      name,
      description,
      priority,
      source,
      tags,
      enabled,
      file: origin.file,
      line: origin.line,
      own: own.includes(origin.file),
      changedIn: own.filter((file) => file !== origin.file && writers.has(file)),
      condition: info ? textOf(info.condition) : "",
      output: info ? textOf(info.output) : "",
      exceptions: exceptionsOf(loaded, name),
      policies: policiesOf(rule),
    };
  });
}

const textOf = (pieces: RuleInfo["condition"]): string => pieces.map(({ text }) => text).join("");

/** Every file that has a hand in a rule's condition, output or exceptions. */
function filesOf({ condition, output, exceptions }: RuleInfo): ReadonlySet<string> {
  const names = [...condition, ...output].map(({ origin }) => origin.file.name);
  const values = exceptions.flatMap(({ context, values: all }) => [
    context.file.name,
    ...all.flatMap((value) => (value.list ? [value.place.file.name] : [value.piece.origin.file.name])),
  ]);
  return new Set([...names, ...values]);
}

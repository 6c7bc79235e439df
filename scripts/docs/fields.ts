/** The page of all fields. */

import { stages } from "../../src/fields/ground.ts";
import { fieldEntries } from "../../src/fields/index.ts";
import { code, opening, type Page, table } from "./page.ts";
import { exampleText, valueText } from "./values.ts";

export const fields: Page = {
  path: "docs/reference/fields.md",
  render() {
    const topics = [...Map.groupBy(fieldEntries, (entry) => entry.topic)];
    const ours = fieldEntries.filter((entry) => !entry.falcoHas).length;
    const head = `${opening("Fields", "`src/fields/`")}
The ${fieldEntries.length} fields that a rule for the source \`k8s_audit\` may name: ${fieldEntries.length - ours} are Falco's, ${ours} are ours. Besides these
there are the \`evt.*\` fields of every source.

A field has no value where the event lacks what it reads; then it prints as \`<NA>\` and every comparison with it is
false. An event without an \`auditID\` has no \`ka.*\` field at all. *Level* is the lowest audit level at which the field
can have a value, *stages* are those at which it can; without a word, all four. *Set by* tells who decides the value: an
exception that rests on what the client chose can be walked through.

`;
    return (
      head + topics.map(([topic, entries]) => `## ${capital(topic)}\n\n${entries.map(entry).join("\n")}`).join("\n")
    );
  },
};

function entry(field: (typeof fieldEntries)[number]): string {
  const { name, type, list, argument, doc, paths, level, example, falco, trust } = field;
  const key = argument ? (argument.required ? `[${argument.accepts}]` : `[${argument.accepts}, optional]`) : "";
  const facts = [
    ["type", list ? `list of ${type}` : type],
    ["reads", paths.map(code).join(", ")],
    ["level", level],
    ...(field.stages.length < stages.length ? [["stages", field.stages.join(", ")]] : []),
    ["set by", trust === "server" ? "the API server" : "the client"],
    ["in Falco", field.falcoHas ? (falco ? `yes, but it ${falco.doc}` : "yes") : "no"],
    ["example", `${code(exampleText(example))} → ${valueText(example.value)}`],
  ];
  return `### ${code(name + key)}\n\n${doc}\n\n${table(["", ""], facts as [string, string][])}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What there is to say about a word of a rule: told to completion and hover alike. */
import type { AuditEvent } from "../../domain/audit-event.ts";
import { auditCatalogue, genericFields } from "../../engine/audit-world.ts";
import { operators } from "../../engine/operators.ts";
import { combiningTransformers, simpleTransformers } from "../../engine/transformers.ts";
import { printValue, types } from "../../engine/values.ts";
import type { Field } from "../../fields/field.ts";
import { type FieldEntry, fieldEntries } from "../../fields/index.ts";
import type { Definition } from "./definitions.ts";

export interface Doc {
  readonly title: string;
  /** What it is, in a word or two. */
  readonly kind: string;
  readonly words: string;
  readonly facts: readonly (readonly [name: string, fact: string])[];
  /** As in a rules file. */
  readonly code?: string;
  readonly where?: { readonly file: string; readonly line: number };
}

export const fields: ReadonlyMap<string, Field<AuditEvent>> = auditCatalogue(false);
const entries: ReadonlyMap<string, FieldEntry> = new Map(fieldEntries.map((entry) => [entry.name, entry]));
/** Those of audit events, then those that every source of Falco's has. */
export const fieldsInOrder: readonly Field<AuditEvent>[] = [...fieldEntries, ...genericFields()];

export function typeText({ type, list }: Pick<Field<unknown>, "type" | "list">): string {
  return list ? `list of ${type}` : type;
}

export function fieldDoc(name: string): Doc | undefined {
  const field = fields.get(name);
  if (field === undefined) return undefined;
  const entry = entries.get(name);
  const { argument } = field;
  const facts: [string, string][] = [];
  if (argument !== undefined)
    facts.push(["argument", `${argument.accepts}, ${argument.required ? "required" : "may be left out"}`]);
  if (entry === undefined) return { title: name, kind: typeText(field), words: field.doc, facts };
  facts.push(["there from level", entry.level], ["at stages", entry.stages.join(", ")]);
  facts.push(["decided by", entry.trust === "client" ? "the client: it can be made up" : "the server"]);
  const { value, argument: given } = entry.example;
  if (value !== undefined)
    facts.push([
      "for example",
      `${name}${given === undefined ? "" : `[${given}]`} is ${shown(printValue(entry.type, value))}`,
    ]);
  facts.push(["topic", entry.falcoHas ? entry.topic : `${entry.topic}; Falco has no such field`]);
  if (entry.falco !== undefined) facts.push(["in Falco", entry.falco.doc]);
  return { title: name, kind: typeText(entry), words: entry.doc, facts };
}

const shown = (text: string) => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

export function operatorDoc(name: string): Doc | undefined {
  const operator = Object.hasOwn(operators, name) ? operators[name as keyof typeof operators] : undefined;
  if (operator === undefined) return undefined;
  const example = operator.examples.find(([, , answer]) => answer)?.[0];
  return {
    title: name,
    kind: "operator",
    words: operator.doc,
    facts: [["right of it", operator.operand === "nothing" ? "nothing" : operator.operand]],
    ...(example === undefined ? {} : { code: example }),
  };
}

/** Whether an operator can be asked of a field; of what is no known field, any. */
export function fits(name: keyof typeof operators, field: Pick<Field<unknown>, "type" | "list"> | undefined): boolean {
  const operator = operators[name];
  if (operator.operand === "nothing" || field === undefined) return true;
  const { kind } = types[field.type];
  if (operator.operand === "one value") return !field.list && operator.against[kind] !== undefined;
  return operator.amid[kind] !== undefined && (!field.list || operator.elements !== undefined);
}

export function transformerDoc(name: string): Doc | undefined {
  const known = { ...simpleTransformers, ...combiningTransformers };
  const transformer = Object.hasOwn(known, name) ? known[name as keyof typeof known] : undefined;
  if (transformer === undefined) return undefined;
  return {
    title: `${name}(…)`,
    kind: "transformer",
    words: transformer.doc,
    facts: [],
    code: transformer.examples[0]?.[0],
  };
}

/** Of a macro, list or rule: as first defined, with what changes it. */
export function definitionDoc(all: readonly Definition[]): Doc | undefined {
  const first = all.find(({ changes }) => !changes) ?? all[0];
  if (first === undefined) return undefined;
  const others = all.filter((one) => one !== first);
  return {
    title: first.name,
    kind: first.kind,
    words: first.words,
    facts: others.map(({ file, line, changes }) => [changes ? "changed in" : "also in", `${file}:${line}`] as const),
    code: first.body.length > 400 ? `${first.body.slice(0, 399)}…` : first.body,
    where: { file: first.file, line: first.line },
  };
}

const connectives: Readonly<Record<string, string>> = {
  and: "Both sides hold. It binds closer than `or`.",
  or: "One side holds, or both do.",
  not: "What follows does not hold; also where the event lacks the field.",
  oneof: "Exactly one of the values that follow.",
  anyof: "One of the values that follow, or more.",
  allof: "All of the values that follow.",
};

export function connectiveDoc(word: string): Doc | undefined {
  const words = Object.hasOwn(connectives, word) ? connectives[word] : undefined;
  return words === undefined ? undefined : { title: word, kind: "keyword", words, facts: [] };
}

export { connectives };

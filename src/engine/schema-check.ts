/** Falco's second look at a rules file: against its JSON schema, never an error (reference 01 §1.18). */
import { priorities } from "../domain/detection.ts";
import { looseText } from "./read-values.ts";
import type { RuleFile, YamlMapping, YamlNode } from "./rulefile.ts";

export interface SchemaCheck {
  /** `none`: nothing was there to check. */
  readonly status: "ok" | "failed" | "none";
  /** Innermost first, one for each level. */
  readonly messages: readonly string[];
}

/** What a schema says of a node: its complaints, the path written in. */
type Schema = (node: YamlNode, path: string) => readonly string[];

const failed = (path: string, what: string): string => `failed for ${path}: ${what}`;
const wrongType = (path: string): readonly string[] => [failed(path, "Value type not permitted by 'type' constraint.")];

const anything: Schema = () => [];
const text: Schema = (node, path) => (node.kind === "scalar" ? [] : wrongType(path));
const boolean: Schema = (node, path) =>
  node.kind === "scalar" && (node.text === "true" || node.text === "false") ? [] : wrongType(path);
const integer: Schema = (node, path) =>
  node.kind === "scalar" && /^[+-]?[0-9]+$/.test(node.text) ? [] : wrongType(path);
const oneOf =
  (words: readonly string[]): Schema =>
  (node, path) => {
    if (node.kind !== "scalar") return wrongType(path);
    return words.includes(node.text) ? [] : [failed(path, "Failed to match against any enum values.")];
  };

const listOf =
  (item: Schema): Schema =>
  (node, path) => {
    if (node.kind !== "sequence") return wrongType(path);
    return node.items.flatMap((one, index) => {
      const inner = item(one, `${path}[${index}]`);
      return inner.length > 0 ? [...inner, failed(path, `Failed to validate item #${index} in array.`)] : [];
    });
  };

interface Shape {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly atLeastOne?: boolean;
}

const object =
  ({ properties, required = [], atLeastOne = false }: Shape): Schema =>
  (node, path) => {
    if (node.kind !== "mapping") return wrongType(path);
    const messages: string[] = [];
    if (atLeastOne && node.entries.length === 0)
      messages.push(failed(path, "Object should have no fewer than 1 properties."));
    messages.push(...knownProperties(node, path, properties), ...otherProperties(node, path, properties));
    for (const name of required)
      if (!node.entries.some(({ key }) => looseText(key) === name))
        messages.push(failed(path, `Missing required property '${name}'.`));
    return messages;
  };

function knownProperties(node: YamlMapping, path: string, properties: Shape["properties"]): readonly string[] {
  return Object.keys(properties)
    .sort()
    .flatMap((name) => {
      const value = node.entries.find(({ key }) => looseText(key) === name)?.value;
      const inner = value ? (properties[name]?.(value, `${path}[${name}]`) ?? []) : [];
      if (inner.length === 0) return [];
      return [...inner, failed(path, `Failed to validate against schema associated with property name '${name}'.`)];
    });
}

/** Keys the schema doesn't know, and those that come twice. */
function otherProperties(node: YamlMapping, path: string, properties: Shape["properties"]): readonly string[] {
  const seen = new Set<string>();
  const others: string[] = [];
  for (const { key } of node.entries) {
    const name = looseText(key) ?? "";
    if (!Object.hasOwn(properties, name) || seen.has(name)) others.push(`'${name}'`);
    seen.add(name);
  }
  const what =
    "Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints";
  return others.length > 0 ? [failed(path, `${what}: ${others.join(", ")}.`)] : [];
}

const operation = oneOf(["append", "replace"]);
const overridable = [
  ...["items", "desc", "condition", "output", "priority", "enabled", "exceptions", "capture", "capture_duration"],
  ...["tags", "warn_evttypes", "skip-if-unknown-filter"],
];

const alternative = object({ properties: { name: text, version: text }, required: ["name", "version"] });
const requirement = object({
  properties: { name: text, version: text, alternatives: listOf(alternative) },
  required: ["name", "version"],
});
const exception = object({
  properties: { name: text, fields: anything, comps: anything, values: anything },
  required: ["name"],
});

/** One flat type has the keys of all kinds of items. */
const rules = listOf(
  object({
    properties: {
      required_engine_version: text,
      required_plugin_versions: listOf(requirement),
      macro: text,
      condition: text,
      list: text,
      items: listOf(text),
      rule: text,
      desc: text,
      enabled: boolean,
      output: text,
      append: boolean,
      priority: oneOf([...priorities.map((one) => one.toUpperCase()), "INFO"]),
      capture: boolean,
      capture_duration: integer,
      source: text,
      exceptions: listOf(exception),
      override: object({
        properties: Object.fromEntries(overridable.map((name) => [name, operation])),
        atLeastOne: true,
      }),
      tags: listOf(text),
      warn_evttypes: boolean,
      "skip-if-unknown-filter": boolean,
    },
  }),
);

export function schemaCheck(file: RuleFile): SchemaCheck {
  const documents = file.documents.filter((document) => document.kind !== "null");
  if (documents.length === 0) return { status: "none", messages: [] };
  const messages = documents.flatMap((document) => rules(document, "<root>"));
  return { status: messages.length > 0 ? "failed" : "ok", messages };
}

/** The keys of a rules file's items: what each is for, told for completion and hover. */
import type { ItemKind } from "./outline.ts";

export interface KeyDoc {
  readonly key: string;
  readonly doc: string;
  /** What completion puts behind the colon, a cursor at `|`. */
  readonly value?: string;
}

const override: KeyDoc = {
  key: "override",
  doc: "Says for each key here whether it is appended to or replaces what an earlier item of this name said.",
  value: "\n    |",
};
const enabled: KeyDoc = { key: "enabled", doc: "Whether the rule judges; true unless told.", value: "false|" };

export const keysOf: Readonly<Record<ItemKind, readonly KeyDoc[]>> = {
  rule: [
    {
      key: "rule",
      doc: "A rule: an event that meets its condition is a detection. The name is how all else knows it.",
    },
    { key: "desc", doc: "What it finds, why that matters, and what may set it off without harm.", value: ">\n    |" },
    {
      key: "condition",
      doc: "When it matches: checks of fields, and macros, joined by `and`, `or`, `not`.",
      value: ">\n    |",
    },
    { key: "output", doc: "What a detection says; `%field` stands for the field's value.", value: ">\n    |" },
    { key: "priority", doc: "How grave a match is, from EMERGENCY to DEBUG.", value: "|" },
    { key: "source", doc: "Where its events come from; for audit events `k8s_audit`.", value: "k8s_audit|" },
    { key: "tags", doc: "Words to find and select rules by, MITRE ATT&CK techniques among them.", value: "[|]" },
    enabled,
    {
      key: "exceptions",
      doc: "Who or what is not to set it off, by fields and their values.",
      value: "\n    - name: |",
    },
    override,
    { key: "append", doc: "The older way to append to a condition or exceptions; `override` is today's." },
    {
      key: "warn_evttypes",
      doc: "Of system call rules: whether to warn where no event type is named. Here it means nothing.",
    },
    {
      key: "skip-if-unknown-filter",
      doc: "Leaves the rule out, with a warning, where it names a field that is unknown.",
    },
    { key: "capture", doc: "Of Falco: whether to begin a capture at a match. Here it means nothing." },
    { key: "capture_duration", doc: "Of Falco: how long to capture, in milliseconds. Here it means nothing." },
  ],
  macro: [
    { key: "macro", doc: "A condition with a name, which other conditions stand for by it." },
    {
      key: "condition",
      doc: "What the name stands for; in brackets, lest `or` bind otherwise than meant.",
      value: "(|)",
    },
    override,
    { key: "append", doc: "The older way to append to it; `override` is today's." },
  ],
  list: [
    { key: "list", doc: "Values with a name, put into conditions where it stands in brackets." },
    { key: "items", doc: "Its values, and names of other lists.", value: "[|]" },
    override,
    { key: "append", doc: "The older way to append to it; `override` is today's." },
  ],
  required_engine_version: [
    { key: "required_engine_version", doc: "The least version of Falco's engine that can load this file." },
  ],
  required_plugin_versions: [
    { key: "required_plugin_versions", doc: "Plugins whose fields are used here, with their least versions." },
  ],
};

export const exceptionKeys: readonly KeyDoc[] = [
  { key: "name", doc: "The exception's name; with it, values can be appended later." },
  { key: "fields", doc: "What is compared: a field, or a list of them, with one value for each.", value: "[|]" },
  { key: "comps", doc: "How each field is compared; `=` each, or `in` for a single field, unless told.", value: "[|]" },
  {
    key: "values",
    doc: "What does not set the rule off: a list of values, for several fields a list of lists.",
    value: "\n        - [|]",
  },
];

export const pluginKeys: readonly KeyDoc[] = [
  { key: "name", doc: "The plugin." },
  { key: "version", doc: "The least version of it." },
  { key: "alternatives", doc: "Other plugins that will do." },
];

/** What `override` may do with each key. */
export const overridable: Readonly<Record<"rule" | "macro" | "list", Readonly<Record<string, readonly string[]>>>> = {
  rule: {
    condition: ["append", "replace"],
    output: ["append", "replace"],
    desc: ["append", "replace"],
    tags: ["append", "replace"],
    exceptions: ["append", "replace"],
    priority: ["replace"],
    enabled: ["replace"],
    capture: ["replace"],
    capture_duration: ["replace"],
    warn_evttypes: ["replace"],
    "skip-if-unknown-filter": ["replace"],
  },
  macro: { condition: ["append", "replace"] },
  list: { items: ["append", "replace"] },
};

/** Whether an item of a kind has a key, below those in `above`. */
export function isKeyOf(kind: ItemKind | undefined, above: readonly string[], key: string): boolean {
  if (kind === undefined) return false;
  const [outer] = above;
  if (outer === undefined) return keysOf[kind].some((one) => one.key === key);
  if (outer === "override" && (kind === "rule" || kind === "macro" || kind === "list")) return key in overridable[kind];
  if (outer === "exceptions") return exceptionKeys.some((one) => one.key === key);
  if (outer === "required_plugin_versions") return pluginKeys.some((one) => one.key === key);
  return true;
}

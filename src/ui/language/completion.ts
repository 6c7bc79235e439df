/** What could stand where somebody writes: by the shape of the file around, and within a condition by its words. */
import { priorities } from "../../domain/detection.ts";
import { operators } from "../../engine/operators.ts";
import { comparisonOperators, modifiers, transformerNames } from "../../engine/syntax.ts";
import { type Names, standingAt } from "./condition-tokens.ts";
import type { Definition, Definitions } from "./definitions.ts";
import {
  connectiveDoc,
  type Doc,
  definitionDoc,
  fieldDoc,
  fields,
  fieldsInOrder,
  fits,
  operatorDoc,
  transformerDoc,
  typeText,
} from "./docs.ts";
import { exceptionKeys, type KeyDoc, keysOf, overridable } from "./keys.ts";
import { entriesAt, type Item, itemAt, type Outline } from "./outline.ts";

export type ProposalKind =
  | "field"
  | "operator"
  | "keyword"
  | "call"
  | "macro"
  | "list"
  | "key"
  | "value"
  | "rule"
  | "snippet";

export interface Proposal {
  readonly label: string;
  readonly kind: ProposalKind;
  /** Beside the label. */
  readonly detail?: string;
  readonly doc?: Doc;
  /** What is put in, with the cursor at `|`; the label unless told. */
  readonly put?: string;
  /** Higher comes first. */
  readonly rank?: number;
}

export interface Proposals {
  readonly from: number;
  readonly to: number;
  readonly options: readonly Proposal[];
  /** Any other word is as good here: a name that is being invented, a value that only the writer knows. */
  readonly isFree: boolean;
}

export const namesOf = (definitions: Definitions): Names => ({
  field: (name) => fields.has(name),
  macro: (name) => definitions.of("macro", name).length > 0,
  list: (name) => definitions.of("list", name).length > 0,
});

/** Undefined where nothing is known to stand. */
export function proposals(text: string, outline: Outline, at: number, definitions: Definitions): Proposals | undefined {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const before = text.slice(lineStart, at);
  if (/^\s*#/.test(before)) return undefined;
  const item = itemAt(outline, at);
  const path = item === undefined ? [] : entriesAt(item.entries, at);
  const word = /[\w.-]*$/.exec(before)![0];
  const from = at - word.length;
  const reply = (options: readonly Proposal[], start = from, isFree = false): Proposals | undefined =>
    options.length === 0 ? undefined : { from: start, to: at, options, isFree };
  const column = /^\s*(?:-\s+)?/.exec(before)![0].length;
  const startsLine = /^\s*(?:-\s+)?[\w-]*$/.test(before);

  const outer = path.at(-1);
  const isInText = outer !== undefined && (item === undefined || column > item.column) && !isKeyPlace(outer.key);
  if (startsLine && !isInText) return reply(keyProposals(item, before, column, outer?.key, text));
  if (item === undefined || outer === undefined) return undefined;
  const entry = path[0]!;
  if (at < entry.value.from) return undefined;
  switch (outer.key) {
    case "condition": {
      const within = text.slice(entry.text.from, at);
      const standing = standingAt(within, within.length, namesOf(definitions));
      const isFree = ["value", "item", "argument"].includes(standing.expects);
      return reply(conditionProposals(standing, definitions), entry.text.from + standing.from, isFree);
    }
    case "output":
      return outputProposals(before, at);
    case "priority":
      return reply(priorities.map((one, rank) => value(one.toUpperCase(), `${rank + 1} of 8`, -rank)));
    case "source":
      return reply([...new Set(["k8s_audit", ...definitions.sources])].map((one) => value(one)));
    case "tags":
      return reply(
        definitions.tags.map((one) => value(one)),
        from,
        true,
      );
    case "items":
      return reply(listProposals(definitions), from, true);
    case "rule":
    case "macro":
    case "list": {
      const start = entry.text.from;
      const others = definitions.all(outer.key).filter(({ name }) => name !== item.name);
      return reply(
        others.map((one) => defined(outer.key as "rule", one, definitions)),
        start,
        true,
      );
    }
    case "enabled":
    case "append":
    case "capture":
    case "warn_evttypes":
    case "skip-if-unknown-filter":
      return reply([value("true"), value("false")]);
    case "override":
      return reply(overrideValues(item, entry.key));
    case "exceptions":
      return reply(exceptionProposals(entry.key, definitions), from, entry.key === "values");
    default:
      return undefined;
  }
}

const value = (label: string, detail?: string, rank?: number): Proposal => ({ label, kind: "value", detail, rank });
const isKeyPlace = (key: string) => ["override", "exceptions", "required_plugin_versions"].includes(key);

function defined(
  kind: "rule" | "macro" | "list",
  { name, file, line }: Definition,
  definitions: Definitions,
): Proposal {
  const doc = definitionDoc(definitions.of(kind, name));
  return { label: name, kind, detail: `${file.split("/").at(-1)}:${line}`, doc };
}

function keyProposals(
  item: Item | undefined,
  before: string,
  column: number,
  outer: string | undefined,
  text: string,
): readonly Proposal[] {
  const begins = /^\s*-/.test(before) && !(outer === "exceptions" && item !== undefined && column > item.column);
  if (item === undefined || begins || (column === 0 && !/^\s/.test(before))) return itemStarts(begins);
  const { kind } = item;
  if (kind === undefined) return itemStarts(true);
  const isInside = column > item.column;
  if (isInside && outer === "override" && (kind === "rule" || kind === "macro" || kind === "list")) {
    return Object.entries(overridable[kind]).map(([key, ways]) => ({
      label: key,
      kind: "key",
      detail: ways.join(" or "),
      put: `${key}: ${ways.length === 1 ? ways[0] : ""}|`,
    }));
  }
  if (isInside && outer === "exceptions") return exceptionKeys.map((one) => key(one, ""));
  if (isInside) return [];
  const taken = new Set(item.entries.map((entry) => entry.key));
  const margin = " ".repeat(item.column);
  return keysOf[kind]
    .filter((one) => !taken.has(one.key))
    .map((one, order) => ({ ...key(one, margin), rank: -order, detail: kind }))
    .filter(({ label }) => text !== "" && label !== "");
}

function key({ key: label, doc, value: wanted = "|" }: KeyDoc, margin: string): Proposal {
  const put = `${label}:${wanted.startsWith("\n") ? "" : " "}${wanted.replaceAll("\n  ", `\n${margin}`)}`;
  return { label, kind: "key", put, doc: { title: label, kind: "key", words: doc, facts: [] } };
}

function itemStarts(isDashed: boolean): readonly Proposal[] {
  const dash = isDashed ? "" : "- ";
  const whole: readonly (readonly [string, string, string])[] = [
    [
      "rule",
      "a whole rule",
      `rule: |\n  desc: >\n    \n  condition: >\n    \n  output: >\n    \n  priority: WARNING\n  source: k8s_audit\n  tags: [k8s]`,
    ],
    ["macro", "a condition with a name", "macro: |\n  condition: ()"],
    ["list", "values with a name", "list: |\n  items: []"],
  ];
  return whole.map(([label, detail, body]) => ({
    label: `${dash}${label}`,
    kind: "snippet",
    detail,
    put: dash + body,
  }));
}

function conditionProposals(
  { expects, field: left = "", operator }: ReturnType<typeof standingAt>,
  definitions: Definitions,
): readonly Proposal[] {
  const field = fields.get(left);
  switch (expects) {
    case "check":
      return [
        ...definitions.all("macro").map((one) => ({ ...defined("macro", one, definitions), rank: 1 })),
        ...fieldProposals(""),
        ...callProposals(true),
        { label: "not", kind: "keyword", doc: connectiveDoc("not"), put: "not |", rank: 2 },
      ];
    case "operator":
      return operatorProposals(field);
    case "value":
      return [
        ...valuesOf(left),
        ...modifiers.map(
          (one): Proposal => ({ label: one, kind: "keyword", doc: connectiveDoc(one), put: `${one} (|)` }),
        ),
        ...callProposals(false),
        ...(operator === undefined ? [] : listProposals(definitions)),
      ];
    case "list":
      return [
        { label: "(…)", kind: "snippet", detail: "a list of values", put: "(|)", rank: 3 },
        ...callProposals(false),
        ...listProposals(definitions),
      ];
    case "item":
      return [...valuesOf(left), ...listProposals(definitions)];
    case "argument":
      return argumentProposals(left);
    case "call":
      return [...fieldProposals(""), ...callProposals(true)];
    case "joint":
      return ["and", "or"].map((word) => ({
        label: word,
        kind: "keyword",
        doc: connectiveDoc(word),
        put: `${word} |`,
      }));
  }
}

const listProposals = (definitions: Definitions) =>
  definitions.all("list").map((one) => defined("list", one, definitions));

function fieldProposals(sign: string): readonly Proposal[] {
  return fieldsInOrder.map((field, order) => {
    const { name, argument } = field;
    const takes = argument?.required ? "[|]" : "|";
    const put = argument?.required ? { put: `${sign}${name}${takes}` } : {};
    return {
      label: sign + name,
      kind: "field",
      detail: typeText(field) + (argument === undefined ? "" : argument.required ? " […]" : " [ ]"),
      doc: fieldDoc(name),
      rank: name.startsWith("ka.") ? 0 : -1 - order / 1000,
      ...put,
    };
  });
}

function callProposals(isLeft: boolean): readonly Proposal[] {
  return transformerNames
    .filter((name) => !isLeft || name !== "val")
    .map((name) => ({ label: `${name}(`, kind: "call", doc: transformerDoc(name), put: `${name}(|)`, rank: -2 }));
}

/** Those that fit the field's type, the usual ones first. */
function operatorProposals(field: Parameters<typeof fits>[1]): readonly Proposal[] {
  const usual = ["=", "in", "startswith", "contains", "exists", "!=", "intersects"];
  return (["exists", ...comparisonOperators] as const)
    .filter((name) => fits(name, field) && name !== "==" && !/^b(?:contains|startswith)$/.test(name))
    .map((name) => {
      const place = usual.indexOf(name);
      const takesList = operators[name].operand === "a list";
      const put = name === "exists" ? "exists" : takesList ? `${name} (|)` : `${name} |`;
      return { label: name, kind: "operator", doc: operatorDoc(name), put, rank: place < 0 ? 0 : usual.length - place };
    });
}

function argumentProposals(name: string): readonly Proposal[] {
  const accepts = fields.get(name)?.argument?.accepts;
  if (accepts === undefined) return [];
  const common: readonly string[] = accepts.includes("index") ? ["0", "1"] : [];
  const keys = name === "ka.annotation" ? ["authorization.k8s.io/decision", "authorization.k8s.io/reason"] : [];
  return [...common, ...keys].map((one) => value(one, accepts));
}

/** Values that a field is known to have. */
const known: Readonly<Record<string, readonly string[]>> = {
  "ka.verb": ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
  "ka.stage": ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"],
  "ka.auth.decision": ["allow", "forbid"],
};

function valuesOf(name: string): readonly Proposal[] {
  const values = known[name] ?? (fields.get(name)?.type === "bool" ? ["true", "false"] : []);
  return values.map((one, order) => value(one, name, 5 - order / 100));
}

function outputProposals(before: string, at: number): Proposals | undefined {
  const written = /%[0-9]*([a-zA-Z][\w.]*)?$/.exec(before);
  if (written === null) return undefined;
  const digits = /^%([0-9]*)/.exec(written[0])![0];
  const options = [
    ...fieldProposals(digits),
    ...callProposals(true).map((one) => ({ ...one, label: digits + one.label, put: digits + one.put })),
  ];
  return { from: at - written[0].length, to: at, options, isFree: false };
}

function overrideValues({ kind }: Item, key: string): readonly Proposal[] {
  if (kind !== "rule" && kind !== "macro" && kind !== "list") return [];
  return (overridable[kind][key] ?? []).map((way) => value(way));
}

function exceptionProposals(key: string, definitions: Definitions): readonly Proposal[] {
  if (key === "fields") return fieldProposals("");
  if (key === "comps") return operatorProposals(undefined).map(({ put: _, ...one }) => one);
  return key === "values" ? listProposals(definitions) : [];
}

/** The `exceptions` of a rule as they stand in the file; whether they fit together is asked later (reference 01 §5.1). */
import { nearest } from "../text/nearest.ts";
import type { ExceptionEntry, ExceptionInfo } from "./collect.ts";
import { type FileContext, within } from "./findings.ts";
import { problems } from "./problems.ts";
import { keyPlace, looseText, misspelt, optional, type Reading, required, scalarAt } from "./read-values.ts";
import { valueAt, type YamlNode } from "./rulefile.ts";
import { asWritten, madeFor, placeOf } from "./written.ts";

const keys = ["name", "fields", "comps", "values"] as const;

/** In an append `fields` may be left out, for the exception has them already. */
export function readExceptions(rule: Reading, how: "define" | "append" | "replace"): readonly ExceptionInfo[] {
  const { file, found } = rule;
  const node = valueAt(rule.mapping, "exceptions");
  if (!node || node.kind === "null") return [];
  const all = within(rule.context, "exceptions", "", node);
  if (node.kind !== "sequence") {
    found.add(problems.exceptionsNotSequence({ context: all, place: placeOf(file, node) }));
    return [];
  }
  const exceptions: ExceptionInfo[] = [];
  for (const item of node.items) {
    const exception = readException(rule, item, all, exceptions, how);
    if (exception) exceptions.push(exception);
  }
  return exceptions;
}

function readException(
  rule: Reading,
  item: YamlNode,
  all: FileContext,
  before: readonly ExceptionInfo[],
  how: "define" | "append" | "replace",
): ExceptionInfo | undefined {
  const { file, found } = rule;
  const unnamed = within(all, "exception", "", item);
  if (item.kind !== "mapping") {
    found.add(problems.exceptionNotMapping({ context: unnamed, place: placeOf(file, item) }));
    return undefined;
  }
  const base = { file, found, mapping: item, place: placeOf(file, item.entries[0]?.key ?? item), keys };
  const name = scalarAt({ ...base, context: unnamed, called: "the exception" }, "name", required);
  const context = within(rule.context, "exception", name?.text ?? "", item);
  const place = name ? placeOf(file, name) : base.place;
  const reading: Reading = { ...base, context, place, called: `the exception \`${name?.text ?? ""}\`` };
  if (name && before.some((one) => one.name === name.text))
    found.add(problems.repeatedException({ context, place }, name.text));
  const fields = entryAt(reading, "fields", how === "append" ? optional : required);
  const comps = entryAt(reading, "comps", optional);
  const values = readValues(reading, how);
  for (const { key } of item.entries) {
    const text = looseText(key);
    if (text !== undefined && !keys.some((one) => one === text))
      found.add(problems.unknownInnerKey(placeOf(file, key), text, "exception", nearest(text, keys)));
  }
  return name && { name: name.text, context, place, fields, comps, values };
}

function readValues(reading: Reading, how: "define" | "append" | "replace"): readonly ExceptionEntry[] {
  const { file, found, mapping, context, place } = reading;
  const node = valueAt(mapping, "values");
  if (!node) {
    if (how === "append") found.add(problems.noValues({ context, place }, misspelt(reading, "values")));
    return [];
  }
  const all = within(context, "exception values", "", node);
  if (node.kind !== "sequence") {
    const shown = node.kind === "null" ? keyPlace(reading, "values") : placeOf(file, node);
    found.add(problems.valuesNotSequence({ context: all, place: shown }));
    return [];
  }
  return node.items.map((item) => entry(reading, item, within(all, "exception value", "", item), ""));
}

function entryAt(reading: Reading, key: "fields" | "comps", must: boolean): ExceptionEntry | undefined {
  const { found, mapping, context, place } = reading;
  const node = valueAt(mapping, key);
  if (node) return entry(reading, node, context, key);
  if (must) found.add(problems.missingKey({ context, place }, key, reading.called, misspelt(reading, key)));
  return undefined;
}

/** Null and mappings are taken as empty texts, as Falco does; they fail later. */
function entry(
  { file, found }: Pick<Reading, "file" | "found">,
  node: YamlNode,
  context: FileContext,
  key: string,
): ExceptionEntry {
  const valueContext = within(context, "value for", key, node);
  if (node.kind === "sequence")
    return {
      list: true,
      place: placeOf(file, node),
      items: node.items.map((item) => entry({ file, found }, item, within(valueContext, "exception", "", item), "")),
    };
  if (node.kind === "scalar") {
    if (node.text === "") found.add(problems.emptyText({ context: valueContext, place: placeOf(file, node) }, key));
    return { list: false, piece: asWritten(file, node) };
  }
  return { list: false, piece: madeFor(placeOf(file, node), "") };
}

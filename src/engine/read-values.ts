/** How one value of an item is read: Falco's checks, in Falco's order (reference 01 §1.3). */

import { nearest } from "../text/nearest.ts";
import type { FieldCheck } from "./exceptions.ts";
import { type FileContext, type Findings, within } from "./findings.ts";
import type { Limits } from "./limits.ts";
import { problems } from "./problems.ts";
import { type RuleFile, valueAt, type YamlMapping, type YamlNode, type YamlScalar } from "./rulefile.ts";
import { unsigned } from "./versions.ts";
import { type Place, placeOf } from "./written.ts";

/** One mapping of a file, being read. */
export interface Reading {
  readonly file: RuleFile;
  readonly found: Findings;
  readonly mapping: YamlMapping;
  readonly context: FileContext;
  /** What our own words call it: "the rule `r`". */
  readonly called: string;
  /** What we underline when the mapping as a whole is meant. */
  readonly place: Place;
  /** The keys it may have, to guess from. */
  readonly keys: readonly string[];
}

export const required = true;
export const optional = false;

/** The scalar under a key, not empty; undefined if it isn't there or was complained about. */
export function scalarAt(reading: Reading, key: string, must: boolean): YamlScalar | undefined {
  const { file, found, mapping, context, place } = reading;
  const node = valueAt(mapping, key);
  if (!node) {
    if (must) found.add(problems.missingKey({ context, place }, key, reading.called, misspelt(reading, key)));
    return undefined;
  }
  if (node.kind === "null") {
    found.add(problems.emptyKey({ context, place: keyPlace(reading, key) }, key));
    return undefined;
  }
  const at = { context: within(context, "value for", key, node), place: placeOf(file, node) };
  if (node.kind !== "scalar") found.add(problems.notScalar(at, key));
  else if (node.text === "") found.add(problems.emptyText(at, key));
  else return node;
  return undefined;
}

/** A key of the mapping that is likely to mean this one: unknown, and spelt almost so. */
export function misspelt({ mapping, keys }: Reading, key: string): string | undefined {
  const unknown = mapping.entries.flatMap((entry) =>
    entry.key.kind === "scalar" && !keys.includes(entry.key.text) ? [entry.key.text] : [],
  );
  return nearest(key, unknown);
}

/** The place of a key, or of the whole where it isn't there. */
export function keyPlace({ file, mapping, place }: Reading, key: string): Place {
  const entry = mapping.entries.find((one) => one.key.kind === "scalar" && one.key.text === key);
  return entry ? placeOf(file, entry.key) : place;
}

const booleans = new Map(
  ["y", "yes", "true", "on"].flatMap((yes, index) =>
    [yes, ["n", "no", "false", "off"][index] ?? ""].flatMap((word, which) =>
      [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)].map(
        (form) => [form, which === 0] as const,
      ),
    ),
  ),
);

export function booleanAt(reading: Reading, key: string, must: boolean): boolean | undefined {
  return converted(reading, key, must, (text) => booleans.get(text), "`true` or `false`");
}

export function unsignedAt(reading: Reading, key: string, must: boolean): number | undefined {
  return converted(reading, key, must, unsigned, "a whole number from 0 to 4294967295");
}

function converted<T>(
  reading: Reading,
  key: string,
  must: boolean,
  convert: (text: string) => T | undefined,
  wanted: string,
): T | undefined {
  const scalar = scalarAt(reading, key, must);
  if (!scalar) return undefined;
  const value = convert(scalar.text);
  if (value === undefined) {
    const at = { context: within(reading.context, "value for", key, scalar), place: placeOf(reading.file, scalar) };
    reading.found.add(problems.undecodable(at, key, scalar.text, wanted));
  }
  return value;
}

/** The scalars under a key whose value is a list. */
export function scalarsAt(reading: Reading, key: string, must: boolean): readonly YamlScalar[] | undefined {
  const { file, found, mapping, context, place } = reading;
  const node = valueAt(mapping, key);
  if (!node) {
    if (must) found.add(problems.missingKey({ context, place }, key, reading.called, misspelt(reading, key)));
    return undefined;
  }
  const valueContext = within(context, "value for", key, node);
  if (node.kind !== "sequence") {
    const shown = node.kind === "null" ? keyPlace(reading, key) : placeOf(file, node);
    found.add(problems.notSequence({ context: valueContext, place: shown }, key));
    return undefined;
  }
  const scalars: YamlScalar[] = [];
  for (const item of node.items) {
    if (item.kind === "scalar") scalars.push(item);
    else
      found.add(
        problems.itemNotScalar(
          { context: within(valueContext, "list item", "", item), place: placeOf(file, item) },
          key,
        ),
      );
  }
  return scalars;
}

/** A node's text where yaml-cpp converts it to one: null is the word. */
export const looseText = (node: YamlNode): string | undefined =>
  node.kind === "scalar" ? node.text : node.kind === "null" ? "null" : undefined;

/** What reading has to know beside the file. */
export interface ReadingWorld {
  readonly falcoCompat: boolean;
  /** What can be read of a rule with mistakes is looked into as well. */
  readonly lenient: boolean;
  readonly limits: Limits;
  readonly sources: Iterable<string>;
  /** Whether rules of this source can be compiled. */
  knowsSource(name: string): boolean;
  /** Whether a source has a field, as an exception names one. */
  checkField(source: string, field: string): FieldCheck;
}

/** A reading of the same item, now that its name is known. */
export function named(
  reading: Reading,
  kind: "list" | "macro" | "rule",
): { reading: Reading; name: string } | undefined {
  const scalar = scalarAt(reading, kind, required);
  if (!scalar) return undefined;
  const context: FileContext = { ...reading.context, name: scalar.text };
  return { reading: { ...reading, context, called: `the ${kind} \`${scalar.text}\`` }, name: scalar.text };
}

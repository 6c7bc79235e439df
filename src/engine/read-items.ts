/** Items of a rules file into the collection (reference 01 §1.2, §1.4, §1.6–1.7). */
import { nearest } from "../text/nearest.ts";
import { type Collection, changed, define, type MacroInfo } from "./collect.ts";
import { type FileContext, type Findings, rulesContent, within } from "./findings.ts";
import { problems } from "./problems.ts";
import { appended, readAppend, warnOfPrecedence } from "./read-changes.ts";
import { readPluginVersions } from "./read-plugins.ts";
import { readRule } from "./read-rule.ts";
import { looseText, named, type Reading, type ReadingWorld, required, scalarAt, scalarsAt } from "./read-values.ts";
import { type RuleFile, valueAt, type YamlNode } from "./rulefile.ts";
import {
  compareVersions,
  engineVersion,
  impliedVersion,
  isCompatible,
  unsigned,
  versionOf,
  versionText,
} from "./versions.ts";
import { asWritten, placeOf } from "./written.ts";

const kinds = {
  required_engine_version: ["required_engine_version"],
  required_plugin_versions: ["required_plugin_versions"],
  list: ["list", "items", "append", "override"],
  macro: ["macro", "condition", "append", "override"],
  rule: [
    ...["rule", "condition", "output", "desc", "priority", "source", "enabled", "capture", "capture_duration"],
    ...["warn_evttypes", "skip-if-unknown-filter", "tags", "exceptions", "override", "append"],
  ],
} as const satisfies Record<string, readonly string[]>;
type Kind = keyof typeof kinds;

/** Reads a file into the collection. As Falco reads it, that ends at the first error; else every sound item is taken. */
export function readItems(
  file: RuleFile,
  into: Collection,
  world: ReadingWorld,
  found: Findings,
  strict: boolean,
): void {
  const content = rulesContent(file);
  const stopped = () => strict && found.errors > 0;
  if (file.problem) {
    const { message, own, from, to } = file.problem;
    found.add(
      problems.notYaml(
        { context: within(content, "value for", "", { mark: from }), place: { file, from, to } },
        message,
        own,
      ),
    );
    return;
  }
  for (const document of file.documents) {
    if (stopped()) return;
    if (document.kind === "null") continue;
    const place = placeOf(file, { from: document.from, to: lineEnd(file, document.from) });
    if (document.kind === "scalar") found.add(problems.scalarDocument({ context: content, place }));
    else if (document.kind === "mapping") found.add(problems.mappingDocument({ context: content, place }));
    else
      for (const item of document.items) {
        if (stopped()) return;
        if (into.lists.size + into.macros.size + into.rules.size >= world.limits.items) {
          const context = within(content, "rules content item", "", item);
          found.add(problems.tooManyItems({ context, place: placeOf(file, item) }, world.limits.items));
          return;
        }
        if (item.kind !== "null") readItem(file, item, content, into, world, found);
      }
  }
}

const lineEnd = (file: RuleFile, from: number): number => {
  const end = file.text.indexOf("\n", from);
  return end < 0 ? file.text.length : end;
};

function readItem(
  file: RuleFile,
  item: YamlNode,
  content: FileContext,
  into: Collection,
  world: ReadingWorld,
  found: Findings,
): void {
  const errorsBefore = found.errors;
  if (item.kind !== "mapping") {
    const context = within(content, "rules content item", "", item);
    found.add(problems.itemNotMapping({ context, place: placeOf(file, item) }));
    return;
  }
  const kind = (Object.keys(kinds) as Kind[]).find((key) => valueAt(item, key) !== undefined);
  const place = placeOf(file, (kind && valueAt(item, kind)) ?? item.entries[0]?.key ?? item);
  if (!kind) {
    const context = within(content, "rules content item", "", item);
    const first = item.entries.flatMap(({ key }) => nearest(looseText(key) ?? "", Object.keys(kinds)) ?? []);
    found.add(problems.unknownItem({ context, place }, first[0]));
    return;
  }
  const type = kind === "required_plugin_versions" ? ("required plugin versions" as const) : kind;
  const context = within(content, type, "", item);
  const reading: Reading = { file, found, mapping: item, context, called: "the item", place, keys: kinds[kind] };
  const named = readers[kind](reading, into, world, content) ?? context;
  // In our own mode the unknown key is the likely reason of an error, so it is told all the same.
  warnOfKeys(reading, named, kind, found.errors > errorsBefore);
}

function warnOfKeys(
  { file, found, mapping, keys }: Reading,
  context: FileContext,
  kind: string,
  failed: boolean,
): void {
  const seen = new Set<string>();
  for (const { key } of mapping.entries) {
    const place = placeOf(file, key);
    const text = looseText(key);
    if (text === undefined) {
      if (failed) continue;
      const own = { code: "key-not-a-text", message: "a key is a text" };
      found.add(problems.internalYaml({ context: rulesContent(file), place }, "bad conversion", own));
      return;
    }
    if (!keys.includes(text)) found.add(problems.unknownKey({ context, place }, text, kind, nearest(text, keys)));
    else if (seen.has(text)) found.add(problems.repeatedKey(place, text));
    seen.add(text);
  }
}

type Reader = (
  reading: Reading,
  into: Collection,
  world: ReadingWorld,
  content: FileContext,
) => FileContext | undefined;

const readers: Record<Kind, Reader> = {
  required_engine_version: readEngineVersion,
  required_plugin_versions: readPluginVersions,
  list: readList,
  macro: readMacro,
  rule: readRule,
};

function readEngineVersion(reading: Reading, into: Collection): undefined {
  const { found, file, context } = reading;
  const scalar = scalarAt(reading, "required_engine_version", required);
  if (!scalar) return;
  const number = unsigned(scalar.text);
  const version = number === undefined ? versionOf(scalar.text) : impliedVersion(number);
  const at = { context, place: placeOf(file, scalar) };
  if (!version) found.add(problems.unreadableVersion(at, scalar.text));
  else if (!isCompatible(engineVersion, version))
    found.add(problems.engineTooOld(at, versionText(version), versionText(engineVersion)));
  else if (compareVersions(into.requiredEngine, version) < 0) into.requiredEngine = version;
}

const isListName = (name: string): boolean => /^[^()"'\s=,]+$/.test(name);
const isMacroName = (name: string): boolean => /^[a-zA-Z]+[a-zA-Z0-9_]*$/.test(name);

function readList(unnamed: Reading, into: Collection): FileContext | undefined {
  const of = named(unnamed, "list");
  if (!of) return undefined;
  const { reading, name } = of;
  const { file, found, context, place } = reading;
  const errorsBefore = found.errors;
  if (!isListName(name)) found.add(problems.invalidListName({ context, place }, name));
  const items = scalarsAt(reading, "items", required)?.map((item) => asWritten(file, item)) ?? [];
  const append = readAppend(reading, ["items"], ["items"], "items");
  if (found.errors > errorsBefore) return context;
  if (append.appends.has("items") || append.deprecated) {
    const earlier = into.lists.get(name);
    if (!earlier) {
      found.add(problems.appendToNoList({ context, place }, name, nearest(name, into.lists.keys())));
      return context;
    }
    earlier.items = [...earlier.items, ...items];
    changed(into, earlier);
  } else define(into, into.lists, { name, context, place, items, index: 0, visibility: 0 });
  return context;
}

function readMacro(unnamed: Reading, into: Collection): FileContext | undefined {
  const of = named(unnamed, "macro");
  if (!of) return undefined;
  const { reading, name } = of;
  const { file, found, context, place } = reading;
  const errorsBefore = found.errors;
  if (!isMacroName(name)) found.add(problems.invalidMacroName({ context, place }, name));
  const scalar = scalarAt(reading, "condition", required);
  const append = readAppend(reading, ["condition"], ["condition"], "condition");
  if (!scalar || found.errors > errorsBefore) return context;
  const condition = [asWritten(file, scalar)];
  if (append.appends.has("condition") || append.deprecated) {
    const earlier = into.macros.get(name);
    if (!earlier) {
      found.add(problems.appendToNoMacro({ context, place }, name, nearest(name, into.macros.keys())));
      return context;
    }
    warnOfPrecedence(found, earlier.condition, condition);
    earlier.condition = appended(earlier.condition, condition);
    changed(into, earlier);
  } else {
    const conditionContext = within(context, "macro condition", "", scalar);
    const macro: MacroInfo = { name, context, conditionContext, place, condition, index: 0, visibility: 0 };
    define(into, into.macros, macro);
  }
  return context;
}

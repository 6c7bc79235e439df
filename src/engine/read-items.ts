/** Items of a rules file into the collection, each by the path Falco takes (reference 01 §1.2–1.10, §5.4–5.5). */
import { priorities } from "../domain/detection.ts";
import { nearest } from "../text/nearest.ts";
import {
  type Collection,
  changed,
  define,
  type ExceptionInfo,
  type MacroInfo,
  type RuleChange,
  type RuleInfo,
} from "./collect.ts";
import { appendedExceptions, checkedException, type FieldCheck } from "./exceptions.ts";
import { type FileContext, type Findings, rulesContent, within } from "./findings.ts";
import type { Limits } from "./limits.ts";
import { problems } from "./problems.ts";
import { readExceptions } from "./read-exceptions.ts";
import {
  booleanAt,
  keyPlace,
  looseText,
  misspelt,
  optional,
  type Reading,
  required,
  scalarAt,
  scalarsAt,
  unsignedAt,
} from "./read-values.ts";
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
import { asWritten, madeFor, type Piece, type Place, placeOf } from "./written.ts";

/** What reading has to know beside the file. */
export interface ReadingWorld {
  readonly falcoCompat: boolean;
  readonly limits: Limits;
  readonly sources: Iterable<string>;
  /** Whether rules of this source can be compiled. */
  knowsSource(name: string): boolean;
  /** Whether a source has a field, as an exception names one. */
  checkField(source: string, field: string): FieldCheck;
}

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

const appendable = ["condition", "output", "desc", "tags", "exceptions"];
const replaceable = [
  ...[...appendable, "priority", "capture", "capture_duration", "enabled", "warn_evttypes"],
  "skip-if-unknown-filter",
];

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

function readPluginVersions(reading: Reading, into: Collection, _: ReadingWorld, content: FileContext) {
  const { found, file, mapping, place } = reading;
  const value = valueAt(mapping, "required_plugin_versions");
  if (!value) return undefined;
  const context = within(content, "required plugin versions", "", value);
  if (value.kind !== "sequence") {
    found.add(
      problems.pluginsNotSequence({
        context,
        place: value.kind === "null" ? keyPlace(reading, "required_plugin_versions") : place,
      }),
    );
    return context;
  }
  for (const entry of value.items) {
    const errorsBefore = found.errors;
    const first = readPlugin(reading, entry, context, "required plugin versions entry");
    if (!first) continue;
    const alternatives = [first.plugin];
    const others = valueAt(first.mapping, "alternatives");
    if (others?.kind === "sequence")
      for (const other of others.items) {
        const one = readPlugin(reading, other, first.context, "required plugin versions alternative");
        if (one) alternatives.push(one.plugin);
      }
    else if (others)
      found.add(problems.alternativesNotSequence({ context: first.context, place: placeOf(file, others) }));
    if (found.errors > errorsBefore) continue;
    const names = new Set<string>();
    const at = { context: first.context, place: placeOf(file, entry) };
    for (const { name, version, place: written } of alternatives) {
      if (!versionOf(version)) found.add(problems.invalidPluginVersion({ ...at, place: written }, version, name));
      else if (names.has(name)) found.add(problems.repeatedPlugin({ ...at, place: written }, name));
      names.add(name);
    }
    if (found.errors === errorsBefore) into.plugins.push(alternatives.map(({ name, version }) => ({ name, version })));
  }
  return context;
}

function readPlugin(
  { file, found }: Reading,
  node: YamlNode,
  parent: FileContext,
  type: "required plugin versions entry" | "required plugin versions alternative",
) {
  const unnamed = within(parent, type, "", node);
  const at = { context: unnamed, place: placeOf(file, node) };
  const isEntry = type === "required plugin versions entry";
  if (node.kind !== "mapping") {
    found.add(isEntry ? problems.pluginNotMapping(at) : problems.alternativeNotMapping(at));
    return undefined;
  }
  const keys = isEntry ? ["name", "version", "alternatives"] : ["name", "version"];
  const base = { file, found, mapping: node, place: placeOf(file, node.entries[0]?.key ?? node), keys };
  const name = scalarAt({ ...base, context: unnamed, called: "the plugin" }, "name", required);
  const context = within(parent, type, name?.text ?? "", node);
  const called = name ? `the plugin \`${name.text}\`` : "the plugin";
  const version = scalarAt({ ...base, context, called }, "version", required);
  for (const { key } of node.entries) {
    const text = looseText(key);
    if (text !== undefined && !keys.includes(text))
      found.add(problems.unknownInnerKey(placeOf(file, key), text, "plugin requirement", nearest(text, keys)));
  }
  if (!name || !version) return undefined;
  return { plugin: { name: name.text, version: version.text, place: placeOf(file, version) }, mapping: node, context };
}

/** A reading of the same item, now that its name is known. */
function named(reading: Reading, kind: "list" | "macro" | "rule"): { reading: Reading; name: string } | undefined {
  const scalar = scalarAt(reading, kind, required);
  if (!scalar) return undefined;
  const context: FileContext = { ...reading.context, name: scalar.text };
  return { reading: { ...reading, context, called: `the ${kind} \`${scalar.text}\`` }, name: scalar.text };
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

const appended = (before: readonly Piece[], after: readonly Piece[]): readonly Piece[] => {
  const first = after[0]?.origin;
  if (!first) return before;
  const place = "scalar" in first ? placeOf(first.file, first.scalar) : first;
  return [...before, madeFor(place, " "), ...after];
};

/** Texts are joined, not trees: `a or b` with `and c` appended is `a or (b and c)` (reference 01 §9). */
function warnOfPrecedence(found: Findings, before: readonly Piece[], after: readonly Piece[]): void {
  const text = (pieces: readonly Piece[]) => pieces.map((piece) => piece.text).join("");
  const joining = /^\s*(and|or)\b/.exec(text(after))?.[1];
  const levels = topLevelOperators(text(before));
  const binds = joining === "and" && levels.has("or");
  const origin = after[0]?.origin;
  if (!binds || !origin || !("scalar" in origin)) return;
  const from = origin.scalar.places()[text(after).search(/\S/)] ?? origin.scalar.from;
  found.add(problems.appendedPrecedence({ file: origin.file, from, to: from + joining.length }, joining));
}

/** `and` and `or` outside brackets and quotes. */
function topLevelOperators(text: string): ReadonlySet<string> {
  const operators = new Set<string>();
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"]*"|'[^']*'|[()]|[^\s()"']+/g)) {
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (depth === 0 && (token === "and" || token === "or")) operators.add(token);
  }
  return operators;
}

interface Changes {
  /** The deprecated `append: true`. */
  readonly deprecated: boolean;
  readonly appends: ReadonlySet<string>;
  readonly replaces: ReadonlySet<string>;
}

/** `append` and `override` of any item. */
function readAppend(
  reading: Reading,
  canAppend: readonly string[],
  canReplace: readonly string[],
  key: string,
): Changes {
  const { found, context } = reading;
  const deprecated = booleanAt(reading, "append", optional) ?? false;
  if (deprecated) found.add(problems.appendDeprecated({ context, place: keyPlace(reading, "append") }, key));
  const { appends, replaces } = readOverride(reading, canAppend, canReplace);
  if (deprecated && appends.size + replaces.size > 0)
    found.add(problems.appendAndOverride({ context, place: keyPlace(reading, "append") }));
  return { deprecated, appends, replaces };
}

function readOverride(reading: Reading, canAppend: readonly string[], canReplace: readonly string[]) {
  const { file, found, mapping, context } = reading;
  const appends = new Set<string>();
  const replaces = new Set<string>();
  const node = valueAt(mapping, "override");
  if (node?.kind === "sequence" && node.items.length > 0) {
    const own = {
      code: "not-a-mapping",
      message: "`override` says for each key what to do with it",
      help: "write `override: {condition: append}`",
    };
    found.add(
      problems.internalYaml(
        { context: rulesContent(file), place: placeOf(file, node) },
        "invalid node; this may result from using a map iterator as a sequence iterator, or vice-versa",
        own,
      ),
    );
  }
  if (node?.kind !== "mapping") return { appends, replaces };
  const overrides = within(context, "overrides", "", mapping);
  for (const { key: keyNode, value } of node.entries) {
    const key = looseText(keyNode);
    const operation = looseText(value);
    if (key === undefined || operation === undefined) {
      const at = { context: rulesContent(file), place: placeOf(file, key === undefined ? keyNode : value) };
      const own = {
        code: "invalid-override",
        message: "what is overridden, and how, are words",
        help: "use `append` or `replace`",
      };
      found.add(problems.internalYaml(at, "bad conversion", own));
      continue;
    }
    const at = { context: within(overrides, "overrides", key, keyNode), place: placeOf(file, keyNode) };
    const known = [...new Set([...canAppend, ...canReplace])];
    const guess = known.includes(key) ? undefined : nearest(key, known);
    if (operation === "append") {
      if (canAppend.includes(key)) appends.add(key);
      else found.add(problems.cannotAppend(at, key, guess));
    } else if (operation === "replace") {
      if (canReplace.includes(key)) replaces.add(key);
      else found.add(problems.cannotReplace(at, key, guess));
    } else {
      const allowed = [
        ...(canAppend.includes(key) ? ["append"] : []),
        ...(canReplace.includes(key) ? ["replace"] : []),
      ];
      const where = { context: within(overrides, "value for", key, value), place: placeOf(file, value) };
      found.add(problems.invalidOperation(where, key, operation, allowed, nearest(operation, allowed)));
    }
  }
  return { appends, replaces };
}

/** A rule's source as it is read first: null and `''` pass, and mean that none is given. */
function readLooseSource(reading: Reading): string | undefined {
  const node = valueAt(reading.mapping, "source");
  if (!node || node.kind === "null" || (node.kind === "scalar" && node.text === "")) return undefined;
  return scalarAt(reading, "source", optional)?.text;
}

function readRule(unnamed: Reading, into: Collection, world: ReadingWorld): FileContext | undefined {
  const of = named(unnamed, "rule");
  if (!of) return undefined;
  const { reading, name } = of;
  const { found, context, mapping } = reading;
  const errorsBefore = found.errors;
  const source = readLooseSource(reading);
  const changes = readAppend(reading, appendable, replaceable, "condition");
  if (found.errors > errorsBefore) return context;
  if (changes.appends.size + changes.replaces.size > 0) overrideRule(reading, name, source, changes, into, world);
  else if (changes.deprecated) appendToRule(reading, name, source, into, world);
  else if (["condition", "output", "desc", "priority"].every((key) => valueAt(mapping, key) === undefined))
    enableRule(reading, name, into);
  else defineRule(reading, name, into, world);
  return context;
}

function enableRule(reading: Reading, name: string, into: Collection): void {
  const { found, context, mapping, place } = reading;
  const earlier = into.rules.get(name);
  if (!valueAt(mapping, "enabled")) {
    const guess = ["enabled", "condition", "output", "desc", "priority", "override"].find((key) =>
      misspelt(reading, key),
    );
    found.add(problems.missingDefinition({ context, place }, name, guess));
    return;
  }
  const enabled = booleanAt(reading, "enabled", required);
  if (enabled === undefined) return;
  found.add(problems.enabledDeprecated({ context, place: keyPlace(reading, "enabled") }));
  if (earlier) earlier.enabled = enabled;
  else found.add(problems.enableNoRule({ context, place }, name, nearest(name, into.rules.keys())));
}

function pieceAt(reading: Reading, key: string): readonly Piece[] | undefined {
  const scalar = scalarAt(reading, key, required);
  return scalar && [asWritten(reading.file, scalar)];
}

function tagsAt(reading: Reading): ReadonlySet<string> | undefined {
  const tags = scalarsAt(reading, "tags", optional);
  return tags && new Set(tags.map((tag) => tag.text));
}

function priorityAt(reading: Reading) {
  const { file, found, context } = reading;
  const scalar = scalarAt(reading, "priority", required);
  if (!scalar) return undefined;
  const word = scalar.text.toLowerCase();
  const priority = priorities.find((one) => one.toLowerCase() === (word === "info" ? "informational" : word));
  if (!priority) {
    const at = { context: within(context, "rule priority", "", scalar), place: placeOf(file, scalar) };
    const all = priorities.map((one) => one.toUpperCase());
    const common: Record<string, string> = { warn: "WARNING", err: "ERROR", emerg: "EMERGENCY", crit: "CRITICAL" };
    found.add(problems.invalidPriority(at, scalar.text, common[word] ?? nearest(scalar.text.toUpperCase(), all), all));
  }
  return priority;
}

function defineRule(reading: Reading, name: string, into: Collection, world: ReadingWorld): void {
  const { file, found, context, place } = reading;
  const errorsBefore = found.errors;
  const condition = scalarAt(reading, "condition", required);
  const output = scalarAt(reading, "output", required);
  const desc = scalarAt(reading, "desc", required);
  const priority = priorityAt(reading);
  const source = scalarAt(reading, "source", optional)?.text ?? "syscall";
  const enabled = booleanAt(reading, "enabled", optional) ?? true;
  const capture = booleanAt(reading, "capture", optional) ?? false;
  const captureDuration = unsignedAt(reading, "capture_duration", optional) ?? 0;
  const warnEventTypes = booleanAt(reading, "warn_evttypes", optional) ?? true;
  const skipIfUnknownFilter = booleanAt(reading, "skip-if-unknown-filter", optional) ?? false;
  const tags = tagsAt(reading) ?? new Set<string>();
  const exceptions = readExceptions(reading, "define");
  if (found.errors > errorsBefore || !condition || !output || !desc || !priority) return;
  const earlier = into.rules.get(name);
  if (earlier && earlier.source !== source) {
    found.add(problems.otherSource({ context, place: sourcePlace(reading) }, name, earlier.source, source));
    return;
  }
  const unknownSource = !world.knowsSource(source);
  if (unknownSource)
    found.add(problems.unknownSource({ context, place: sourcePlace(reading) }, source, nearest(source, world.sources)));
  const checked: ExceptionInfo[] = [];
  for (const exception of exceptions)
    checked.push(checkedException(exception, unknownSource ? undefined : source, world, found, false) ?? exception);
  if (found.errors > errorsBefore) return;
  const info: RuleInfo = {
    name,
    context,
    conditionContext: within(context, "rule condition", "", condition),
    outputContext: within(context, "rule output", "", output),
    place,
    condition: [asWritten(file, condition)],
    output: [trimmed(asWritten(file, output))],
    description: desc.text,
    priority,
    source,
    unknownSource,
    enabled,
    warnEventTypes,
    skipIfUnknownFilter,
    capture,
    captureDuration,
    tags,
    exceptions: checked,
    index: 0,
    visibility: 0,
  };
  define(into, into.rules, info);
}

const sourcePlace = (reading: Reading): Place => {
  const source = valueAt(reading.mapping, "source");
  return source ? placeOf(reading.file, source) : reading.place;
};

/** Without the blanks at both ends. */
function trimmed(piece: Piece): Piece {
  const from = /^[ \t\n\r\v\f]*/.exec(piece.text)?.[0].length ?? 0;
  const text = piece.text.slice(from).replace(/[ \t\n\r\v\f]+$/, "");
  return "scalar" in piece.origin
    ? { text, origin: { ...piece.origin, at: piece.origin.at + from } }
    : { ...piece, text };
}

function appendToRule(
  reading: Reading,
  name: string,
  source: string | undefined,
  into: Collection,
  world: ReadingWorld,
): void {
  const { mapping, found } = reading;
  const errorsBefore = found.errors;
  const condition = valueAt(mapping, "condition") ? pieceAt(reading, "condition") : undefined;
  const exceptions = valueAt(mapping, "exceptions") ? readExceptions(reading, "append") : undefined;
  if (found.errors > errorsBefore) return;
  applyAppend(reading, name, source, { condition, exceptions }, into, world);
}

/** Puts what an item appends behind what is there. */
function applyAppend(
  reading: Reading,
  name: string,
  source: string | undefined,
  change: RuleChange,
  into: Collection,
  world: ReadingWorld,
): void {
  const { found, context, place } = reading;
  const earlier = into.rules.get(name);
  if (!earlier) {
    found.add(problems.appendToNoRule({ context, place }, name, nearest(name, into.rules.keys())));
    return;
  }
  if (Object.values(change).every((value) => value === undefined)) {
    found.add(problems.appendsNothing({ context, place: keyPlace(reading, "append") }));
    return;
  }
  if (change.condition && source !== undefined && source !== earlier.source) {
    found.add(problems.otherSource({ context, place: sourcePlace(reading) }, name, earlier.source, source));
    return;
  }
  if (change.condition) {
    warnOfPrecedence(found, earlier.condition, change.condition);
    earlier.condition = appended(earlier.condition, change.condition);
  }
  if (change.output) earlier.output = appended(earlier.output, change.output);
  if (change.description !== undefined) earlier.description = `${earlier.description} ${change.description}`;
  if (change.tags) earlier.tags = new Set([...earlier.tags, ...change.tags]);
  if (change.exceptions) {
    const known = earlier.unknownSource ? undefined : earlier.source;
    earlier.exceptions = appendedExceptions(earlier.exceptions, change.exceptions, known, world, found);
  }
  changed(into, earlier);
}

/** Appends first, then replacements, each as one step; what `override` names must be there, and what is there be named. */
function overrideRule(
  reading: Reading,
  name: string,
  source: string | undefined,
  { appends, replaces }: Changes,
  into: Collection,
  world: ReadingWorld,
): void {
  const { file, found, context, mapping } = reading;
  const expected = new Set(replaceable.filter((key) => valueAt(mapping, key) !== undefined));
  const errorsBefore = found.errors;
  const take = (from: ReadonlySet<string>, operation: string, key: string): boolean => {
    if (!from.has(key)) return false;
    const there = expected.delete(key);
    if (!there) found.add(problems.overrideNotDefined({ context, place: overridePlace(reading, key) }, operation, key));
    return there;
  };
  if (appends.size > 0) {
    const taken = (key: string) => take(appends, "append", key);
    const change: RuleChange = {
      condition: taken("condition") ? pieceAt(reading, "condition") : undefined,
      exceptions: taken("exceptions") ? readExceptions(reading, "append") : undefined,
      output: taken("output") ? pieceAt(reading, "output") : undefined,
      description: taken("desc") ? scalarAt(reading, "desc", required)?.text : undefined,
      tags: taken("tags") ? tagsAt(reading) : undefined,
    };
    if (found.errors === errorsBefore) applyAppend(reading, name, source, change, into, world);
  }
  if (replaces.size > 0 && (found.errors === errorsBefore || appends.size === 0)) {
    const taken = (key: string) => take(replaces, "replace", key);
    const change: RuleChange = {
      condition: taken("condition") ? pieceAt(reading, "condition") : undefined,
      exceptions: taken("exceptions") ? readExceptions(reading, "replace") : undefined,
      output: taken("output") ? pieceAt(reading, "output") : undefined,
      description: taken("desc") ? scalarAt(reading, "desc", required)?.text : undefined,
      tags: taken("tags") ? tagsAt(reading) : undefined,
      priority: taken("priority") ? priorityAt(reading) : undefined,
      capture: taken("capture") ? booleanAt(reading, "capture", required) : undefined,
      captureDuration: taken("capture_duration") ? unsignedAt(reading, "capture_duration", required) : undefined,
      enabled: taken("enabled") ? booleanAt(reading, "enabled", required) : undefined,
      warnEventTypes: taken("warn_evttypes") ? booleanAt(reading, "warn_evttypes", required) : undefined,
      skipIfUnknownFilter: taken("skip-if-unknown-filter")
        ? booleanAt(reading, "skip-if-unknown-filter", required)
        : undefined,
    };
    if (found.errors === errorsBefore) applyReplace(reading, name, source, change, into, world);
  }
  if (found.errors > errorsBefore) return;
  for (const key of [...expected].sort()) {
    const value = valueAt(mapping, key);
    if (!value) continue;
    const at = { context: within(context, "overrides", key, value), place: keyPlace({ ...reading, file }, key) };
    found.add(problems.valueNotOverridden(at, key));
  }
}

const overridePlace = (reading: Reading, key: string): Place => {
  const node = valueAt(reading.mapping, "override");
  const named = node?.kind === "mapping" ? node.entries.find((entry) => looseText(entry.key) === key) : undefined;
  return named ? placeOf(reading.file, named.key) : reading.place;
};

function applyReplace(
  reading: Reading,
  name: string,
  source: string | undefined,
  change: RuleChange,
  into: Collection,
  world: ReadingWorld,
): void {
  const { found, context, place } = reading;
  const earlier = into.rules.get(name);
  if (!earlier) {
    found.add(problems.replaceNoRule({ context, place }, name, nearest(name, into.rules.keys())));
    return;
  }
  if (change.condition && source !== undefined && source !== earlier.source) {
    found.add(problems.otherSource({ context, place: sourcePlace(reading) }, name, earlier.source, source));
    return;
  }
  let { exceptions } = change;
  // Falco checks nothing here, and gives `comps` no default; we do both (reference 01 §5.5, §11).
  if (exceptions && !world.falcoCompat) {
    const known = earlier.unknownSource ? undefined : earlier.source;
    exceptions = exceptions.flatMap((one) => checkedException(one, known, world, found, true) ?? []);
  }
  const given = Object.entries({ ...change, exceptions }).filter(([, value]) => value !== undefined);
  Object.assign(earlier, Object.fromEntries(given));
  changed(into, earlier);
}

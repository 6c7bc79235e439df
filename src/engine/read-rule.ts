/** A rule item, by one of its four paths (reference 01 §1.8–1.10, §5.4–5.5). */
import { priorities } from "../domain/detection.ts";
import { nearest } from "../text/nearest.ts";
import { type Collection, changed, define, type ExceptionInfo, type RuleChange, type RuleInfo } from "./collect.ts";
import { appendedExceptions, checkedException } from "./exceptions.ts";
import { type FileContext, within } from "./findings.ts";
import { problems } from "./problems.ts";
import { appended, type Changes, readAppend, warnOfPrecedence } from "./read-changes.ts";
import { readExceptions } from "./read-exceptions.ts";
import {
  booleanAt,
  keyPlace,
  looseText,
  misspelt,
  named,
  optional,
  type Reading,
  type ReadingWorld,
  required,
  scalarAt,
  scalarsAt,
  unsignedAt,
} from "./read-values.ts";
import { valueAt } from "./rulefile.ts";
import { asWritten, type Piece, type Place, placeOf } from "./written.ts";

const appendable = ["condition", "output", "desc", "tags", "exceptions"];
const replaceable = [
  ...[...appendable, "priority", "capture", "capture_duration", "enabled", "warn_evttypes"],
  "skip-if-unknown-filter",
];

/** A rule's source as it is read first: null and `''` pass, and mean that none is given. */
function readLooseSource(reading: Reading): string | undefined {
  const node = valueAt(reading.mapping, "source");
  if (!node || node.kind === "null" || (node.kind === "scalar" && node.text === "")) return undefined;
  return scalarAt(reading, "source", optional)?.text;
}

export function readRule(unnamed: Reading, into: Collection, world: ReadingWorld): FileContext | undefined {
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
  const unsound = found.errors > errorsBefore || !condition || !output || !desc || !priority;
  if (unsound && (!world.lenient || into.rules.has(name) || !condition)) return;
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
  if (found.errors > errorsBefore && !unsound) return;
  const info: RuleInfo = {
    name,
    context,
    conditionContext: within(context, "rule condition", "", condition),
    outputContext: output ? within(context, "rule output", "", output) : context,
    place,
    condition: [asWritten(file, condition)],
    // That an output is missing has been told; this one has no mistakes.
    output: [output ? trimmed(asWritten(file, output)) : { text: "-", origin: place }],
    description: desc?.text ?? "",
    priority: priority ?? "Debug",
    source,
    unknownSource,
    enabled,
    warnEventTypes,
    skipIfUnknownFilter,
    capture,
    captureDuration,
    tags,
    exceptions: unsound ? [] : checked,
    ...(unsound && { unsound }),
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

/** A rule-test file: events in, expected alerts out (docs/guide/rule-tests.md), read and checked. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Document, isMap, isNode, LineCounter, parseDocument } from "yaml";
import { type Priority, priorities } from "../domain/detection.ts";
import { applyChange } from "./event-change.ts";

export interface RuleTestFile {
  readonly path: string;
  /** Rules files to load, in order; absent: those of the folder, judged by the rules of `subject` alone. */
  readonly rules?: readonly string[];
  /** The sibling rules file, where `rules` is absent. */
  readonly subject?: string;
  /** Wildcards over names of rules to switch on. */
  readonly enable: readonly string[];
  readonly tests: readonly RuleTest[];
}

export interface RuleTest {
  readonly name: string;
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly events: readonly TestEvent[];
  /** Over all events, or (`perEvent`) event by event. */
  readonly expect: readonly (readonly ExpectedAlert[])[];
  readonly perEvent: boolean;
  readonly matching: "first" | "all";
  readonly falcoCompat: boolean;
}

/** One event written in the test, as JSON text; or a file of them, with changes to make to each. */
export type TestEvent =
  | { readonly kind: "inline"; readonly json: string }
  | { readonly kind: "file"; readonly path: string; readonly change: Change | undefined };

/** Paths (dots or JSON pointer) and what to put there; null takes away. */
export type Change = Readonly<Record<string, unknown>>;

export interface ExpectedAlert {
  readonly rule: string;
  readonly priority?: Priority;
  readonly output?: string;
  readonly outputContains: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
}

/** Something wrong with a test file itself. Lines and columns count from 1. */
export interface Mistake {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ReadRuleTest =
  | { readonly ok: true; readonly file: RuleTestFile }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

export const isRuleTest = (path: string): boolean => /\.test\.ya?ml$/.test(path);
export const isBaseEvents = (path: string): boolean => /\.events\.ya?ml$/.test(path);

/** Reads one test file with the base events it may name. All mistakes are told at once. */
export function readRuleTest(path: string): ReadRuleTest {
  const reader = new Reader(path);
  const top = reader.mapping([], topKeys);
  if (top === undefined) return { ok: false, mistakes: reader.mistakes };
  const folder = dirname(path);

  const beside = readdirSync(folder).filter(isBaseEvents).sort();
  const named = reader.strings(["base_files"]) ?? [];
  const baseFiles = new Set([...beside, ...named].map((name) => resolve(folder, name)));
  const bases: Bases = new Map();
  for (const file of baseFiles) readBaseFile(file, bases, reader);
  for (const [name, value] of Object.entries(reader.record(["base"]) ?? {})) {
    bases.set(name, { value, at: { reader, path: ["base", name] } });
  }

  const rules = reader.strings(["rules"])?.map((file) => resolve(folder, file));
  const subject = rules === undefined ? siblingRules(path) : undefined;
  if (rules === undefined && subject === undefined) {
    reader.wrong([], `no rules file stands beside it: name the files to load under \`rules\``);
  }
  const defaults = {
    matching: reader.oneOf(["matching"], ["first", "all"] as const) ?? "all",
    falcoCompat: reader.flag(["falco_compat"]) ?? false,
  };
  const tests = reader
    .list(["tests"], true)
    .map((_, index) => readTest(reader, ["tests", index], folder, bases, defaults))
    .filter((test) => test !== undefined);
  if (reader.mistakes.length > 0) return { ok: false, mistakes: reader.mistakes };
  return {
    ok: true,
    file: {
      path,
      ...(rules === undefined ? {} : { rules }),
      ...(subject === undefined ? {} : { subject }),
      enable: reader.strings(["enable"]) ?? [],
      tests,
    },
  };
}

const topKeys = ["tests", "rules", "base", "base_files", "enable", "matching", "falco_compat"];
const testKeys = ["name", "event", "events", "expect", "matching", "falco_compat"];
const alertKeys = ["rule", "priority", "output", "output_contains", "fields", "tags"];

type Path = readonly (string | number)[];
type Bases = Map<string, { readonly value: unknown; readonly at: { readonly reader: Reader; readonly path: Path } }>;
type Defaults = Pick<RuleTest, "matching" | "falcoCompat">;

function siblingRules(path: string): string | undefined {
  const stem = basename(path).replace(/\.test\.ya?ml$/, "");
  const names = readdirSync(dirname(path));
  const found = [`${stem}.yaml`, `${stem}.yml`].find((name) => names.includes(name));
  return found === undefined ? undefined : join(dirname(path), found);
}

function readBaseFile(path: string, bases: Bases, of: Reader): void {
  const reader = new Reader(path, of.mistakes);
  for (const [name, value] of Object.entries(reader.record([]) ?? {})) {
    bases.set(name, { value, at: { reader, path: [name] } });
  }
}

function readTest(reader: Reader, at: Path, folder: string, bases: Bases, defaults: Defaults): RuleTest | undefined {
  const test = reader.mapping(at, testKeys);
  if (test === undefined) return undefined;
  const name = reader.text([...at, "name"], true) ?? "";
  if ("event" in test === "events" in test) reader.wrong(at, "a test has one of `event` and `events`");
  const paths: Path[] =
    "event" in test
      ? [[...at, "event"]]
      : reader.list([...at, "events"], false).map((_, index) => [...at, "events", index]);
  const events = paths.map((path) => readEvent(reader, path, folder, bases)).filter((event) => event !== undefined);

  const items = reader.list([...at, "expect"], true);
  const perEvent = items.length > 0 && items.every((item) => Array.isArray(item));
  const alerts = (path: Path, list: readonly unknown[]) =>
    list.map((_, index) => readAlert(reader, [...path, index])).filter((alert) => alert !== undefined);
  const expect = perEvent
    ? items.map((item, index) => alerts([...at, "expect", index], item as unknown[]))
    : [alerts([...at, "expect"], items)];
  if (perEvent && events.length !== expect.length && !events.some((event) => event.kind === "file")) {
    reader.wrong([...at, "expect"], `${expect.length} lists of alerts for ${events.length} events`);
  }
  return {
    name,
    line: reader.place(at).line,
    events,
    expect,
    perEvent,
    matching: reader.oneOf([...at, "matching"], ["first", "all"] as const) ?? defaults.matching,
    falcoCompat: reader.flag([...at, "falco_compat"]) ?? defaults.falcoCompat,
  };
}

function readEvent(reader: Reader, at: Path, folder: string, bases: Bases): TestEvent | undefined {
  const value = reader.value(at);
  if (isRecord(value) && typeof value.file === "string" && !("verb" in value)) {
    reader.mapping(at, ["file", "change"]);
    return { kind: "file", path: resolve(folder, value.file), change: reader.record([...at, "change"]) };
  }
  const event = builtEvent(reader, at, value, bases, new Set());
  return event === undefined ? undefined : { kind: "inline", json: JSON.stringify(event) };
}

/** The event that a name, a `{base, change}` or a plain mapping stands for. */
function builtEvent(
  reader: Reader,
  at: Path,
  value: unknown,
  bases: Bases,
  within: ReadonlySet<string>,
): Readonly<Record<string, unknown>> | undefined {
  const derived = typeof value === "string" ? { base: value } : value;
  if (!isRecord(derived)) {
    reader.wrong(at, "an event is the name of a base event or a mapping");
    return undefined;
  }
  if (typeof derived.base !== "string") return withEnvelope(derived);
  const name = derived.base;
  if (typeof value !== "string") reader.mapping(at, ["base", "change"]);
  const base = bases.get(name);
  if (base === undefined) {
    const known = [...bases.keys()];
    reader.wrong(
      at,
      `no base event is called \`${name}\`; ${known.length === 0 ? "there are none" : `there are \`${known.join("`, `")}\``}`,
    );
    return undefined;
  }
  if (within.has(name)) {
    reader.wrong(at, `the base event \`${name}\` is made from itself`);
    return undefined;
  }
  const event = builtEvent(base.at.reader, base.at.path, base.value, bases, new Set([...within, name]));
  const change = typeof value === "string" ? undefined : reader.record([...at, "change"]);
  if (event === undefined || change === undefined) return event;
  const changed = applyChange(event, change);
  if (changed.ok) return changed.event;
  reader.wrong([...at, "change", changed.path], changed.why);
  return undefined;
}

const envelope = {
  kind: "Event",
  apiVersion: "audit.k8s.io/v1",
  level: "RequestResponse",
  auditID: "5e9a1f0e-0000-4000-8000-000000000000",
  stage: "ResponseComplete",
};
const envelopeTimes = {
  requestReceivedTimestamp: "2024-05-06T07:08:09.000000Z",
  stageTimestamp: "2024-05-06T07:08:09.123456Z",
};

/** What every event has is put in before changes are made, so that a change can take it away again. */
function withEnvelope(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...envelope, ...event, ...envelopeTimes, ...event };
}

function readAlert(reader: Reader, at: Path): ExpectedAlert | undefined {
  const value = reader.value(at);
  if (typeof value === "string") return { rule: value, outputContains: [], fields: {} };
  const alert = reader.mapping(at, alertKeys);
  if (alert === undefined) return undefined;
  const priority = reader.text([...at, "priority"], false);
  const known = priorities.find(
    (one) => one.toLowerCase() === priority?.toLowerCase().replace(/^info$/, "informational"),
  );
  if (priority !== undefined && known === undefined) {
    reader.wrong([...at, "priority"], `\`${priority}\` is no priority; there are ${priorities.join(", ")}`);
  }
  const contains = alert.output_contains;
  const output = reader.text([...at, "output"], false);
  const tags = reader.strings([...at, "tags"]);
  return {
    rule: reader.text([...at, "rule"], true) ?? "",
    ...(known === undefined ? {} : { priority: known }),
    ...(output === undefined ? {} : { output }),
    outputContains: typeof contains === "string" ? [contains] : (reader.strings([...at, "output_contains"]) ?? []),
    fields: reader.record([...at, "fields"]) ?? {},
    ...(tags === undefined ? {} : { tags }),
  };
}

/** One YAML file: plain values by path, and what is wrong at which place. */
class Reader {
  readonly path: string;
  readonly mistakes: Mistake[];
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #root: unknown;

  constructor(path: string, mistakes: Mistake[] = []) {
    this.path = path;
    this.mistakes = mistakes;
    let text = "";
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      this.mistakes.push({ path, line: 1, column: 1, message: `cannot be read: ${(error as Error).message}` });
    }
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of this.#document.errors) {
      const { line, col } = this.#lines.linePos(error.pos[0]);
      this.mistakes.push({ path, line, column: col, message: error.message });
    }
    this.#root = this.#document.errors.length > 0 ? undefined : this.#document.toJS();
  }

  value(path: Path): unknown {
    let value = this.#root;
    for (const step of path) {
      if (Array.isArray(value) && typeof step === "number") value = value[step];
      else if (isRecord(value) && Object.hasOwn(value, step)) value = value[step];
      else return undefined;
    }
    return value;
  }

  place(path: Path): { readonly line: number; readonly column: number } {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        const { line, col } = this.#lines.linePos(node.range[0]);
        return { line, column: col };
      }
    }
    return { line: 1, column: 1 };
  }

  wrong(path: Path, message: string): void {
    this.mistakes.push({ path: this.path, ...this.place(path), message });
  }

  /** A mapping with none but these keys. */
  mapping(path: Path, keys: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    const value = this.record(path, true);
    for (const key of Object.keys(value ?? {})) {
      if (!keys.includes(key))
        this.wrongKey(path, key, `no key \`${key}\` is known here; there are \`${keys.join("`, `")}\``);
    }
    return value;
  }

  wrongKey(path: Path, key: string, message: string): void {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    const pair = isMap(node) ? node.items.find((item) => String(item.key) === key) : undefined;
    const at = isNode(pair?.key) && pair.key.range ? this.#lines.linePos(pair.key.range[0]) : undefined;
    this.mistakes.push({
      path: this.path,
      ...(at === undefined ? this.place(path) : { line: at.line, column: at.col }),
      message,
    });
  }

  record(path: Path, required = false): Readonly<Record<string, unknown>> | undefined {
    const value = this.value(path);
    if (isRecord(value)) return value;
    if (value !== undefined && value !== null) this.wrong(path, `${named(path)} must be a mapping`);
    else if (required && this.mistakes.length === 0) this.wrong(path, `${named(path)} is empty`);
    return undefined;
  }

  list(path: Path, required: boolean): readonly unknown[] {
    const value = this.value(path);
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.wrong(path, `${named(path)} must be a list`);
    else if (required) this.wrong(path, `${named(path)} is missing`);
    return [];
  }

  strings(path: Path): readonly string[] | undefined {
    const value = this.value(path);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    this.wrong(path, `${named(path)} must be a list of texts`);
    return undefined;
  }

  text(path: Path, required: boolean): string | undefined {
    const value = this.value(path);
    if (typeof value === "string") return value;
    if (value !== undefined) this.wrong(path, `${named(path)} must be a text`);
    else if (required) this.wrong(path, `${named(path)} is missing`);
    return undefined;
  }

  flag(path: Path): boolean | undefined {
    const value = this.value(path);
    if (value === undefined || typeof value === "boolean") return value;
    this.wrong(path, `${named(path)} must be true or false`);
    return undefined;
  }

  oneOf<T extends string>(path: Path, choices: readonly T[]): T | undefined {
    const value = this.value(path);
    if (value === undefined) return undefined;
    const choice = choices.find((one) => one === value);
    if (choice === undefined) this.wrong(path, `${named(path)} must be one of \`${choices.join("`, `")}\``);
    return choice;
  }
}

const named = (path: Path): string => {
  const last = path.findLast((step) => typeof step === "string");
  return last === undefined ? "the file" : `\`${last}\``;
};

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

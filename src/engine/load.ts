/** Rules files to rules that judge: as Falco loads them, or so that every sound rule counts and every mistake is told. */
import { type Priority, priorities } from "../domain/detection.ts";
import type { Catalogue } from "../fields/field.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { nearest } from "../text/nearest.ts";
import { type Collection, collection } from "./collect.ts";
import { type Compiled, compile } from "./compile.ts";
import type { Dialect, LoadedRule, RuleSet } from "./contract.ts";
import type { FieldCheck } from "./exceptions.ts";
import { type Finding, type Findings, findings } from "./findings.ts";
import { type Limits, limits as usualLimits } from "./limits.ts";
import type { AppendOutput } from "./outputs.ts";
import { parseCondition } from "./parse.ts";
import { planCondition } from "./plan.ts";
import { type Plugin, unmetRequirement } from "./plugins.ts";
import { readItems } from "./read-items.ts";
import type { ReadingWorld } from "./read-values.ts";
import type { FileResult } from "./report.ts";
import { readRuleFile } from "./rulefile.ts";
import { ruleSet } from "./ruleset.ts";
import { schemaCheck } from "./schema-check.ts";
import { type SelectionEntry, selected } from "./selection.ts";
import { versionText } from "./versions.ts";

export interface RuleSource {
  /** As the user named it: a path, or what stands for one. Shown in messages. */
  readonly name: string;
  readonly text: string;
}

/** Where rules are loaded: what there is to name, and how Falco would be configured. */
export interface World<E> {
  /** The fields of each source. Rules of another source are left out with a warning; macros and lists have none. */
  readonly sources: ReadonlyMap<string, Catalogue<E>>;
  /** Whose requirements are checked; absent: none is. */
  readonly plugins?: readonly Plugin[];
  readonly dialect?: Dialect;
  /** Absent: `first`, Falco's default. */
  readonly matching?: "first" | "all";
  /** Which rules are switched on or off beside what the files say. */
  readonly selection?: readonly SelectionEntry[];
  readonly appendOutput?: readonly AppendOutput[];
  /** Rules less severe than this do not take part. */
  readonly minPriority?: Priority;
  readonly limits?: Partial<Limits>;
}

/**
 * `lenient`: all files are read, then compiled once; every mistake is told, and every sound rule is there. `falco`: each
 * file is read and everything so far compiled, up to the first error. `falco-validate`: the same, but
 * going on with the next file, as `falco -V` does.
 */
export type LoadMode = "lenient" | "falco" | "falco-validate";

export interface RuleDiagnostic extends Diagnostic {
  readonly severity: "error" | "warning";
}

export interface Loaded<E> {
  /** Nothing was an error. */
  readonly ok: boolean;
  /** One for each file that was come to, in order. */
  readonly files: readonly FileResult[];
  /** In our own words, sorted by place; the same thing once. */
  readonly diagnostics: readonly RuleDiagnostic[];
  /** Those that are enabled judge; the others are there to be shown. */
  readonly ruleSet: RuleSet<E>;
  /** The greatest that was required; `0.0.0` if none was. */
  readonly requiredEngineVersion: string;
  /** What is wrong with the plugins, in Falco's words. At start-up Falco tells this rather than any error. */
  readonly unmetRequirement?: string;
  /** What `-L` tells is read from these. */
  readonly compiled: Compiled<E>;
  readonly collected: Collection;
}

/** Pure: the same files and world give the same answer. Never throws; what is wrong is told in the answer. */
export function load<E>(files: readonly RuleSource[], world: World<E>, mode: LoadMode = "lenient"): Loaded<E> {
  const limits = { ...usualLimits, ...world.limits };
  const dialect = world.dialect ?? { falcoCompat: false };
  const reading = readingWorld(world, dialect, limits, mode === "lenient");
  const options = { sources: world.sources, dialect, limits, appendOutput: world.appendOutput ?? [] };
  const collected = collection();
  const results: FileResult[] = [];
  const findingsOf: Finding[] = [];
  let compiled: Compiled<E> = { lists: [], macros: [], rules: [] };

  for (const { name, text } of files) {
    const found = mode === "lenient" ? findings(limits.findings) : falcoFindings(limits.findings);
    const file = readRuleFile(name, text, limits);
    readItems(file, collected, reading, found, mode !== "lenient");
    if (mode !== "lenient" && found.errors === 0) {
      const fresh = compile(collected, options, found, true);
      if (found.errors === 0) compiled = fresh;
    }
    results.push({ name, text: file.text, findings: found.all, schema: schemaCheck(file) });
    findingsOf.push(...found.all);
    if (mode === "falco" && found.errors > 0) break;
  }
  if (mode === "lenient") {
    const found = findings(limits.findings);
    compiled = compile(collected, options, found, false);
    // What could not be read may have used what seems unused.
    const unread = findingsOf.some(({ severity }) => severity === "error");
    const told = found.all.filter(({ code }) => !(unread && (code === "unused-macro" || code === "unused-list")));
    findingsOf.push(...told);
    for (const [index, result] of results.entries())
      results[index] = {
        ...result,
        findings: [...result.findings, ...told.filter(({ place }) => place.file.name === result.name)],
      };
  }
  const rules = ordered(compiled, world);
  return {
    ok: findingsOf.every(({ severity }) => severity !== "error"),
    files: results,
    diagnostics: diagnosticsOf(findingsOf),
    ruleSet: ruleSet(rules, { matching: world.matching ?? "first" }),
    requiredEngineVersion: versionText(collected.requiredEngine),
    unmetRequirement: world.plugins && unmetRequirement(collected.plugins, world.plugins),
    compiled,
    collected,
  };
}

/** As Falco collects: the first error ends it, and nothing is said after. What only we say has no place there. */
function falcoFindings(limit: number): Findings {
  const inner = findings(limit);
  return {
    add: (finding) => {
      if (inner.errors === 0) inner.add(finding);
    },
    get all() {
      return inner.all;
    },
    get errors() {
      return inner.errors;
    },
  };
}

function readingWorld<E>(world: World<E>, dialect: Dialect, limits: Limits, lenient: boolean): ReadingWorld {
  const checks = new Map<string, FieldCheck>();
  return {
    falcoCompat: dialect.falcoCompat,
    lenient,
    limits,
    sources: world.sources.keys(),
    knowsSource: (name) => world.sources.has(name),
    checkField(source, field) {
      const catalogue = world.sources.get(source);
      if (!catalogue) return "fine";
      const key = `${source}\n${field}`;
      const known = checks.get(key);
      if (known !== undefined) return known;
      const check = checkedField(field, catalogue, dialect);
      checks.set(key, check);
      return check;
    },
  };
}

/** A field of an exception may have an argument and transformers: it must be fit to stand before `exists`. */
function checkedField<E>(field: string, catalogue: Catalogue<E>, dialect: Dialect): FieldCheck {
  const parsed = parseCondition(`${field} exists`);
  const unknown: FieldCheck = { unknown: true, guess: nearest(field, catalogue.keys()) };
  if (!parsed.ok || parsed.value.kind !== "exists") return unknown;
  const plan = planCondition(parsed.value, catalogue, dialect);
  if (plan.ok) return "fine";
  const { message, help } = plan.problem;
  return message.includes("nonexistent field") ? unknown : { message, help };
}

/** In the order they are asked, with what the selection makes of them. */
function ordered<E>({ rules }: Compiled<E>, { minPriority = "Debug", selection = [] }: World<E>): LoadedRule<E>[] {
  const least = priorities.indexOf(minPriority);
  const loaded = rules.map((rule) => rule.loaded).filter(({ priority }) => priorities.indexOf(priority) <= least);
  const selectable = loaded.map((rule) => ({
    rule,
    name: rule.name,
    tags: new Set(rule.tags),
    enabled: rule.enabled,
  }));
  if (selection.length === 0) return loaded;
  return selected(selectable, selection).map(({ rule: { rule }, enabled }) =>
    rule.enabled === enabled ? rule : { ...rule, enabled },
  );
}

function diagnosticsOf(all: readonly Finding[]): readonly RuleDiagnostic[] {
  const files = new Map<object, number>();
  for (const { place } of all) if (!files.has(place.file)) files.set(place.file, files.size);
  const seen = new Set<string>();
  const diagnostics: (RuleDiagnostic & { readonly order: number })[] = [];
  for (const { severity, code, message, place, help } of all) {
    const { file, from, to } = place;
    const order = files.get(file) ?? 0;
    const key = `${order}:${from}:${to}:${code}:${message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    diagnostics.push({ severity, code, message, place: { source: file, from, to }, help, order });
  }
  return diagnostics
    .sort((a, b) => a.order - b.order || (a.place?.from ?? 0) - (b.place?.from ?? 0))
    .map(({ order: _, ...diagnostic }) => diagnostic);
}

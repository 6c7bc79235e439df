/** Every shared question about loading rules files, in both dialects: results, places, warnings, what came of them. */
import { describe, expect, test } from "vitest";
import { describe as described } from "./describe.ts";
import { type Loaded, load } from "./load.ts";
import type { Plugin } from "./plugins.ts";
import { printCondition } from "./print.ts";
import {
  type FalcoMessage,
  type FileResult,
  falcoErrors,
  falcoWarnings,
  reportJson,
  reportSummary,
  reportText,
} from "./report.ts";
import { matchesWildcard } from "./selection.ts";
import { languageCases, skipWhereNone } from "./testing/language-cases.kit.ts";
import { type Config, filesOf, worldOf } from "./testing/language-load.kit.ts";

interface FileAnswer {
  readonly ok: boolean;
  readonly errors?: readonly { readonly code: string; readonly message: string; readonly at?: readonly unknown[] }[];
  readonly warnings?: readonly { readonly code: string; readonly message: string }[];
  readonly schema?: string;
}

interface Answer extends FileAnswer {
  readonly files?: readonly FileAnswer[];
  readonly conditions?: Readonly<Record<string, string>>;
  readonly enabled?: number;
  readonly info?: Readonly<Record<string, unknown>>;
  readonly details?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly required_engine_version?: string;
}

const places = ({ locations }: FalcoMessage) =>
  locations.map(({ type, name, position: { line, column } }) => [type, name, line, column]);

function expectFile(result: FileResult | undefined, answer: FileAnswer, note: string): void {
  const errors = result ? falcoErrors(result) : [];
  const wanted = answer.errors ?? [];
  // The YAML library's own words are not insisted on.
  const comparable = (message: string) => (message.startsWith("yaml-cpp:") ? message.replace(/: [^:]*$/, "") : message);
  expect(
    errors.map(({ code, message }) => [code, comparable(message)]),
    note,
  ).toEqual(wanted.map(({ code, message }) => [code, comparable(message)]));
  for (const [index, { at }] of wanted.entries()) if (at) expect(errors[index] && places(errors[index])).toEqual(at);
  const warnings = result ? falcoWarnings(result).map(({ code, message }) => ({ code, message })) : [];
  // Beside an error the cases tell warnings only where there are some.
  expect(warnings).toEqual(answer.warnings ?? []);
  if (answer.schema !== undefined) expect(result?.schema.status).toBe(answer.schema);
}

function expectWhole<E>(loaded: Loaded<E>, answer: Answer): void {
  const description = described(loaded);
  const named = (kind: "rules" | "lists") => new Map(description[kind].map((one) => [String(one.info.name), one]));
  const rules = named("rules");
  if (answer.conditions)
    expect(
      Object.fromEntries(loaded.compiled.rules.map(({ loaded: rule }) => [rule.name, printCondition(rule.condition)])),
    ).toEqual(answer.conditions);
  if (answer.enabled !== undefined)
    expect(loaded.ruleSet.rules.filter(({ enabled }) => enabled)).toHaveLength(answer.enabled);
  for (const [name, info] of Object.entries(answer.info ?? {})) {
    const { name: _, ...given } = rules.get(name)?.info ?? {};
    expect(given).toEqual(info);
  }
  for (const [name, details] of Object.entries(answer.details ?? {})) {
    const given = rules.get(name)?.details ?? {};
    expect(Object.fromEntries(Object.keys(details).map((key) => [key, given[key]]))).toEqual(details);
  }
  const lists = named("lists");
  for (const [name, items] of Object.entries(answer.lists ?? {}))
    expect(lists.get(name)?.details.items_compiled).toEqual(items);
  for (const [name, output] of Object.entries(answer.outputs ?? {}))
    expect(rules.get(name)?.details.output_compiled).toBe(output);
  if (answer.required_engine_version !== undefined)
    expect(loaded.requiredEngineVersion).toBe(answer.required_engine_version);
}

describe.each([false, true])("with falcoCompat %s", (falcoCompat) => {
  const loads = languageCases("load-ok", "load-warning", "load-error");
  skipWhereNone("loads", loads);
  test.skipIf(loads.length === 0).each(loads)("$id", (question) => {
    const answer = question.expect as unknown as Answer;
    const better = !falcoCompat && question.intended ? (question.intended as unknown as Answer) : undefined;
    const mode = (question.config as Config | undefined)?.continue ? "falco-validate" : "falco";
    const loaded = load(filesOf(question), worldOf(question, falcoCompat), mode);
    if (better) {
      expect(loaded.ok).toBe(true);
      expectWhole(loaded, better);
      return;
    }
    if (answer.files) {
      expect(loaded.files).toHaveLength(answer.files.length);
      for (const [index, one] of answer.files.entries()) expectFile(loaded.files[index], one, question.id);
    } else expectFile(loaded.files[0], answer, question.id);
    if (loaded.ok) expectWhole(loaded, answer);
  });

  const reports = languageCases("report");
  skipWhereNone("reports", reports);
  test.skipIf(reports.length === 0).each(reports)("$id", (question) => {
    const answer = question.expect as {
      readonly ok: boolean;
      readonly text: string;
      readonly summary: string;
      readonly json: unknown;
    };
    const [result] = load(filesOf(question), worldOf(question, falcoCompat), "falco-validate").files;
    expect(reportText(result!)).toBe(answer.text);
    expect(reportSummary(result!)).toBe(answer.summary);
    expect(reportJson(result!)).toEqual(answer.json);
  });

  const plugins = languageCases("plugins");
  skipWhereNone("plugin requirements", plugins);
  test.skipIf(plugins.length === 0).each(plugins)("$id", (question) => {
    const given = (question as unknown as { readonly plugins: readonly Plugin[] }).plugins;
    const loaded = load(filesOf(question), { ...worldOf(question, falcoCompat), plugins: given }, "falco");
    expect(loaded.ok).toBe(true);
    const answer = question.expect as { readonly ok: boolean; readonly message?: string };
    expect({ ok: loaded.unmetRequirement === undefined, message: loaded.unmetRequirement }).toEqual({
      message: undefined,
      ...answer,
    });
  });
});

const wildcards = languageCases("wildcard") as unknown as readonly {
  id: string;
  pattern: string;
  text: string;
  expect: { match: boolean };
}[];
skipWhereNone("wildcards", wildcards);
test.skipIf(wildcards.length === 0).each(wildcards)("$id", ({ pattern, text, expect: { match } }) => {
  expect(matchesWildcard(pattern, text)).toBe(match);
});

/** Real Falco's alerts, for recorded payloads and for the upstream expectations (conformance/falco and corpus). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { falcoPayloads } from "../domain/decode-falco.ts";
import { fieldCatalogue } from "../fields/index.ts";
import { goldens, root } from "../fields/testing/goldens.kit.ts";
import { alertJson } from "./alert.ts";
import type { RuleSet } from "./contract.ts";
import { load } from "./load.ts";

type Matching = "first" | "all";
const rulesFolder = join(root, "falco", "rules");

const loaded = new Map<string, RuleSet<AuditEvent>>();

function rulesOf(files: readonly string[], matching: Matching): RuleSet<AuditEvent> {
  const key = [matching, ...files].join("\n");
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const sources = files.map((name) => ({ name, text: readFileSync(join(rulesFolder, name), "utf8") }));
  const catalogue = fieldCatalogue({ falcoCompat: true });
  const world = {
    sources: new Map([["k8s_audit", catalogue]]),
    dialect: { falcoCompat: true },
    matching,
  };
  const result = load(sources, world, "falco");
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  loaded.set(key, result.ruleSet);
  return result.ruleSet;
}

function alerts(payloads: Iterable<Uint8Array>, files: readonly string[], matching: Matching) {
  const rules = rulesOf(files, matching);
  let num = 0n;
  const all = [];
  for (const payload of payloads) {
    for (const part of decode(payload, { falcoCompat: true })) {
      if (part.kind !== "event") continue;
      const about = { num: ++num, time: part.event.time, source: "k8s_audit", hostname: "localhost" };
      for (const match of rules.judge(part.event, about)) {
        const { rule, priority, message, output_fields, time, tags } = JSON.parse(
          alertJson(match, about, { json_include_message_property: true }),
        );
        all.push({ rule, priority, message, output_fields, time, tags });
      }
    }
  }
  return all;
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const official = "k8s_audit_rules.yaml";
const switchedOn = "enable_disabled_rules.yaml";
const hasRules = existsSync(join(rulesFolder, official));
const files = hasRules ? goldens().filter(([, lines]) => lines.some(({ golden }) => golden.alerts)) : [];

if (files.length === 0) test.skip("golden alerts: none found, so none was compared");

describe.each(files)("%s", (_file, questions) => {
  test.each(questions.map((question) => [question.golden.id, question] as const))("%s", (_id, question) => {
    const { golden } = question;
    const payload = [new TextEncoder().encode(question.payload)];
    const names = (given: readonly string[], matching: Matching) =>
      alerts(payload, given, matching).map(({ rule }) => rule);
    expect(alerts(payload, [official], "all")).toEqual(golden.alerts ?? []);
    if (golden.first_match_only) expect(names([official], "first")).toEqual(golden.first_match_only);
    if (golden.with_enable_disabled_rules) {
      expect(names([official, switchedOn], "all").sort()).toEqual([...golden.with_enable_disabled_rules].sort());
    }
  });
});

interface Observed {
  readonly counts: Readonly<Record<string, number>>;
  readonly levels: readonly string[];
}
interface Expectation {
  readonly name: string;
  readonly rules: readonly string[];
  readonly trace: string;
  readonly expect: { readonly detect: boolean; readonly counts: Readonly<Record<string, number>> };
  readonly alerts_all: readonly unknown[];
  readonly observed: Readonly<Record<`rule_matching_${Matching}`, Observed>>;
}

const expectationsFile = join(root, "falco", "expectations.json");
const expectations: readonly Expectation[] =
  hasRules && existsSync(expectationsFile) ? JSON.parse(readFileSync(expectationsFile, "utf8")) : [];

if (expectations.length === 0) test.skip("expectations: none found, so none was met");

describe.skipIf(expectations.length === 0)("expectations of Falco's own regression tests", () => {
  test.each(expectations.map((one) => [one.name, one] as const))("%s", (_name, { rules, trace, ...wanted }) => {
    const body = readFileSync(join(root, "falco", "traces", trace));
    expect(alerts(falcoPayloads(body), rules, "all")).toEqual(wanted.alerts_all);
    for (const matching of ["first", "all"] as const) {
      const observed = wanted.observed[`rule_matching_${matching}`];
      const found = alerts(falcoPayloads(body), rules, matching);
      expect(counted(found.map(({ rule }) => rule))).toEqual(observed.counts);
      expect([...new Set(found.map(({ priority }) => priority))].sort()).toEqual([...observed.levels].sort());
    }
    const first = alerts(falcoPayloads(body), rules, "first");
    expect(first.length > 0).toBe(wanted.expect.detect);
    expect(counted(first.map(({ rule }) => rule))).toMatchObject(wanted.expect.counts);
  });
});

/** The official rules, and every file that the upstream tests load beside them, in the orders they load them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AuditEvent } from "../domain/audit-event.ts";
import type { Catalogue } from "../fields/field.ts";
import { fieldCatalogue } from "../fields/index.ts";
import { describe } from "./describe.ts";
import { eventFields } from "./event-fields.ts";
import { type LoadMode, load } from "./load.ts";
import { conformanceFolder, skipWhereNone } from "./testing/language-cases.kit.ts";

const falco = join(conformanceFolder, "falco");
const rules = join(falco, "rules");

const catalogue: Catalogue<AuditEvent> = new Map([
  ...eventFields<AuditEvent>().map((field) => [field.name, field] as const),
  ...fieldCatalogue({ falcoCompat: false }),
]);
const world = { sources: new Map([["k8s_audit", catalogue]]) };

interface Expectation {
  readonly rules: readonly string[];
  readonly rules_upstream?: readonly string[];
}

/** Every order of files that some test loads, once. */
function orders(): readonly (readonly string[])[] {
  const file = join(falco, "expectations.json");
  if (!existsSync(file)) return [];
  const expectations = JSON.parse(readFileSync(file, "utf8")) as readonly Expectation[];
  const all = expectations.flatMap(({ rules: own, rules_upstream }) => [own, rules_upstream ?? own]);
  const known = new Set(existsSync(rules) ? readdirSync(rules) : []);
  return [...new Map(all.map((order) => [order.join(), order])).values()].filter((order) =>
    order.every((name) => known.has(name)),
  );
}

const read = (order: readonly string[]) =>
  order.map((name) => ({ name, text: readFileSync(join(rules, name), "utf8") }));

const all = orders().map((order) => ({ order }));
skipWhereNone("orders of rules files", all);
test.skipIf(all.length === 0).each(all)("$order load without an error, as Falco and leniently", ({ order }) => {
  for (const mode of ["falco", "lenient"] as const satisfies readonly LoadMode[]) {
    const loaded = load(read(order), world, mode);
    const errors = loaded.diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ message, place }) => [place?.source.name, message])).toEqual([]);
    expect(loaded.ok).toBe(true);
    expect(loaded.ruleSet.rules.length).toBeGreaterThan(0);
    // Nothing of a source that isn't there may come through.
    expect(new Set(loaded.ruleSet.rules.map(({ source }) => source))).toEqual(new Set(["k8s_audit"]));
  }
});

const files = existsSync(rules) ? readdirSync(rules).map((name) => ({ name })) : [];
test.skipIf(files.length === 0).each(files)("$name can be read and described by itself", ({ name }) => {
  const loaded = load(read([name]), world);
  expect(describe(loaded).rules).toHaveLength(loaded.compiled.rules.length);
  expect(loaded.files[0]?.schema.status).toMatch(/^(ok|failed)$/);
});

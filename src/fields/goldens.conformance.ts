/** Real Falco's field values, for every payload that it was given (conformance/falco and conformance/corpus). */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { fieldCatalogue, fieldEntries } from "./index.ts";
import { goldens, type Question, root } from "./testing/goldens.kit.ts";

const catalogue = fieldCatalogue({ falcoCompat: true });

/** Every field that has a value, under the names that golden files use. */
function valuesOf(event: AuditEvent, { golden, keys }: Question, at: number): Record<string, unknown> {
  const about = { num: 1n, time: event.time, source: "k8s_audit", hostname: "localhost" };
  const known = golden.events?.[at]?.fields ?? {};
  const values: Record<string, unknown> = {};
  for (const field of catalogue.values()) {
    if (!falcoNames.has(field.name)) continue;
    const read = (name: string, argument: string | undefined) => {
      const value = field.read(event, argument, about);
      if (value !== undefined) values[name] = value;
    };
    if (field.argument?.accepts === "key") {
      const asked = Object.keys(known).flatMap((name) =>
        name.startsWith(`${field.name}[`) ? [name.slice(field.name.length + 1, -1)] : [],
      );
      for (const key of new Set([...(keys[field.name] ?? []), ...asked])) read(`${field.name}[${key}]`, key);
      continue;
    }
    read(field.name, undefined);
    if (field.argument) for (const index of ["0", "1", "2"]) read(`${field.name}[${index}]`, index);
  }
  // These are left out of the golden files, as each would repeat the event.
  for (const name of ["json.obj", "jevt.obj", "json.rawtime", "jevt.rawtime"])
    if (!(name in known)) delete values[name];
  return values;
}

const fieldsFile = join(root, "falco", "fields.json");
interface FieldFact {
  readonly name: string;
  readonly type: string;
  readonly is_list: boolean;
  readonly arg: string | null;
  readonly arg_required: boolean;
}
const fieldFacts: readonly FieldFact[] = existsSync(fieldsFile)
  ? JSON.parse(readFileSync(fieldsFile, "utf8")).fields
  : [];
const falcoNames = new Set(fieldEntries.filter(({ falcoHas }) => falcoHas).map(({ name }) => name));

describe.skipIf(fieldFacts.length === 0)(`the fields that ${relative(root, fieldsFile)} lists`, () => {
  test.each(fieldFacts.map((fact) => [fact.name, fact] as const))("%s", (name, fact) => {
    const field = catalogue.get(name);
    expect({
      name: field?.name,
      type: field?.type,
      is_list: field?.list,
      arg: field?.argument?.accepts ?? null,
      arg_required: field?.argument?.required ?? false,
    }).toEqual(fact);
  });
});

const files = goldens();

if (files.length === 0) test.skip("golden files: none found, so no field value was compared");

describe.each(files)("%s", (_file, questions) => {
  test.each(questions.map((question) => [question.golden.id, question] as const))("%s", (_id, question) => {
    const parts = [...decode(new TextEncoder().encode(question.payload), { falcoCompat: true })];
    const { error, events = [] } = question.golden;
    if (error !== undefined) {
      expect(parts.map((part) => part.kind)).toEqual(["rejected"]);
      return;
    }
    const answer = parts.map((part, at) =>
      part.kind !== "event" ? { skipped: true } : { time: part.event.time, fields: valuesOf(part.event, question, at) },
    );
    expect(answer).toEqual(
      events.map(({ skipped, time, fields }) =>
        skipped === undefined ? { time: nanos(time ?? ""), fields: fields ?? {} } : { skipped: true },
      ),
    );
  });
});

function nanos(time: string): bigint {
  const [whole = "", fraction = ""] = time.replace(/Z$/, "").split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** Real Falco's field values, for every payload that it was given (conformance/falco and conformance/corpus). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { fieldCatalogue } from "./index.ts";

const root = process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance";

interface Golden {
  readonly id: string;
  readonly error?: string;
  readonly events?: readonly {
    readonly time?: string;
    readonly skipped?: string;
    readonly fields?: Readonly<Record<string, string | readonly string[]>>;
    readonly extraction_errors?: Readonly<Record<string, string>>;
  }[];
}

interface Question {
  readonly golden: Golden;
  readonly payload: string;
  /** The arguments with which fields that need a key are read. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

const catalogue = fieldCatalogue({ falcoCompat: true });

function lines(file: string): string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function goldenFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".golden.jsonl"))
    .map((name) => join(folder, name))
    .sort();
}

/** What a golden line was measured on: a line of the file beside it, in whatever wrapping that file has. */
function payloads(source: string): { readonly payload: string; readonly keys: Question["keys"] }[] {
  return lines(source).flatMap((line) => {
    const value = JSON.parse(line);
    const keys = value.keys ?? {};
    if (Array.isArray(value.records)) {
      return value.records.map((record: { properties: { log: string } }) => ({ payload: record.properties.log, keys }));
    }
    if (typeof value.payload === "string") return [{ payload: value.payload, keys }];
    if (value.event !== undefined) return [{ payload: JSON.stringify(value.event), keys }];
    if (value.log !== undefined) {
      const log = value.log.properties?.log;
      const payload = typeof log === "string" && value.format !== "k8s-audit" ? log : JSON.stringify(value.log);
      return [{ payload, keys }];
    }
    return [{ payload: line, keys }];
  });
}

/** The golden lines of a file with what they were measured on. */
function questions(file: string): Question[] {
  const goldens = lines(file).map((line) => JSON.parse(line) as Golden);
  const source = file.replace(/\.golden\.jsonl$/, ".jsonl");
  if (existsSync(source)) {
    const all = payloads(source);
    expect(all.length, `${source} has a payload for each golden line`).toBe(goldens.length);
    return goldens.map((golden, at) => ({ golden, ...all[at]! }));
  }
  // The traces are files of their own, in the folder that the golden file is named for.
  const folder = file.replace(/\.golden\.jsonl$/, "");
  return goldens.map((golden) => {
    const [name = "", line = "1"] = golden.id.split("#");
    return { golden, payload: lines(join(folder, name))[Number(line) - 1] ?? "", keys: {} };
  });
}

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
const falcoNames = new Set(fieldFacts.length > 0 ? fieldFacts.map(({ name }) => name) : [...catalogue.keys()]);

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

const files = [...goldenFiles(join(root, "falco")), ...goldenFiles(join(root, "corpus"))];

test.skipIf(files.length > 0)("golden files: none found, so no field value was compared", (context) => context.skip());

describe.each(files.map((file) => [relative(root, file), file] as const))("%s", (_, file) => {
  test.each(questions(file).map((question) => [question.golden.id, question] as const))("%s", (_id, question) => {
    const parts = [...decode(new TextEncoder().encode(question.payload), { falcoCompat: true })];
    const { error, events = [] } = question.golden;
    if (error !== undefined) {
      expect(parts.map((part) => part.kind)).toEqual(["rejected"]);
      return;
    }
    const answer = parts.map((part, at) =>
      part.kind === "rejected"
        ? { skipped: true }
        : { time: part.event.time, fields: valuesOf(part.event, question, at) },
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

import fc from "fast-check";
import { expect, test } from "vitest";
import type { AuditEvent } from "../../domain/audit-event.ts";
import { decode } from "../../domain/decode.ts";
import type { JsonValue } from "../../domain/json-value.ts";
import { fieldCatalogue, fieldEntries } from "../../fields/index.ts";
import { isBodyField } from "./body-fields.ts";
import { neededPaths } from "./presence.ts";
import { pointers, slotFields } from "./slot-fields.ts";

const anything = fc.jsonValue({ maxDepth: 2 });

/** The event, telling of each path that is read. */
function watched({ root, time, raw }: AuditEvent, read: (path: string) => void): AuditEvent {
  const around = (value: JsonValue | undefined, path: string): JsonValue | undefined =>
    value &&
    new Proxy(value, {
      get(target, property) {
        if (property === "kind") read(path);
        if (property === "member") {
          return (name: string) => {
            read(`${path}/${name}`);
            return around(target.member(name), `${path}/${name}`);
          };
        }
        const found: unknown = Reflect.get(target, property, target);
        return typeof found === "function" ? found.bind(target) : found;
      },
    });
  const whole = around(root, "")!;
  return {
    root: whole,
    time,
    raw,
    at: (...path) => path.reduce<JsonValue | undefined>((value, name) => value?.member(name), whole),
  };
}

test.each([...slotFields, ...pointers])("%s reads nothing beside %s and whether there is an auditID", (name, path) => {
  for (const falcoCompat of [false, true]) {
    const [, bare = name, argument] = /^([^[]+)\[(.*)\]$/.exec(name) ?? [];
    const field = fieldCatalogue({ falcoCompat }).get(bare)!;
    const steps = path.split("/");
    const allowed = new Set(["/auditID", "", ...steps.map((_, at) => `/${steps.slice(0, at + 1).join("/")}`)]);
    fc.assert(
      fc.property(anything, anything, (value, other) => {
        const within = steps.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as object;
        const event = {
          kind: "Event",
          auditID: "a",
          stageTimestamp: "2026-03-01T10:00:00Z",
          verb: other,
          requestObject: other,
          ...within,
        };
        for (const part of decode(new TextEncoder().encode(JSON.stringify([event])))) {
          if (part.kind !== "event") throw new Error("it is an event");
          const about = { num: 1n, time: 0n, source: "k8s_audit", hostname: "h" };
          field.read(
            watched(part.event, (read) => expect(allowed).toContain(read)),
            argument,
            about,
          );
        }
      }),
      { numRuns: 40 },
    );
  }
});

test("no field of the request has a value without its body", () => {
  const about = { num: 1n, time: 0n, source: "k8s_audit", hostname: "h" };
  const parts = fc.record({
    verb: anything,
    objectRef: anything,
    responseObject: anything,
    requestURI: fc.constant("/api/v1/pods?dryRun=All"),
    user: anything,
  });
  const fields = [false, true].flatMap((falcoCompat) =>
    [...fieldCatalogue({ falcoCompat }).values()].filter(({ name }) => isBodyField(name)),
  );
  expect(fields.length).toBeGreaterThan(50);
  const resources = fc.constantFrom({ objectRef: { resource: "pods" } }, { objectRef: { resource: "roles" } }, {});
  fc.assert(
    fc.property(parts, resources, (others, resource) => {
      const event = { kind: "Event", auditID: "a", stageTimestamp: "2026-03-01T10:00:00Z", ...others, ...resource };
      for (const part of decode(new TextEncoder().encode(JSON.stringify(event)))) {
        if (part.kind !== "event") throw new Error("it is an event");
        for (const { name, argument, read } of fields)
          for (const given of argument === undefined ? [undefined] : argument.required ? ["0", "a"] : [undefined, "0"])
            expect([name, read(part.event, given, about)]).toEqual([name, undefined]);
      }
    }),
    { numRuns: 60 },
  );
});

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Whether something stands at the end of a path, objects in arrays on the way counted. */
function stands(value: Json | undefined, steps: readonly string[]): boolean {
  if (value === undefined) return false;
  if (steps.length === 0) return true;
  if (Array.isArray(value)) return value.some((element) => stands(element, steps));
  return typeof value === "object" && value !== null && stands(value[steps[0]!], steps.slice(1));
}

/** A value with something changed at a place that chance picks: left out, put into an array, emptied. */
function changed(value: Json, choices: number[]): Json {
  const choice = choices.shift() ?? 0;
  if (value === null || typeof value !== "object" || choice % 5 === 0) {
    return ([null, [value], {}, [], "x", [[value, {}]]] as Json[])[choice % 6]!;
  }
  if (Array.isArray(value)) {
    const at = choice % Math.max(value.length, 1);
    return value.map((element, index) => (index === at ? changed(element, choices) : element));
  }
  const names = Object.keys(value);
  const name = names[choice % Math.max(names.length, 1)];
  if (name === undefined) return value;
  const { [name]: inner, ...others } = value;
  return choice % 3 === 0 ? others : { ...others, [name]: changed(inner!, choices) };
}

test("no field of the request has a value where none of the paths it needs has something", () => {
  const about = { num: 1n, time: 0n, source: "k8s_audit", hostname: "h" };
  const catalogues = [false, true].map((falcoCompat) => fieldCatalogue({ falcoCompat }));
  const examples = fieldEntries.filter(({ name }) => isBodyField(name)).map(({ example }) => example.event);
  let refuted = 0;
  let met = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...examples),
      fc.array(fc.array(fc.nat(59), { maxLength: 8 }), { maxLength: 4 }),
      (example, changes) => {
        const base = JSON.parse(JSON.stringify({ objectRef: { resource: "pods" }, ...example })) as {
          [name: string]: Json;
        };
        let body: Json = base.requestObject ?? {};
        for (const choices of changes) body = changed(body, [...choices]);
        if (Array.isArray(body)) return;
        const event = {
          kind: "Event",
          auditID: "a",
          stageTimestamp: "2026-03-01T10:00:00Z",
          ...base,
          requestObject: body,
        };
        for (const part of decode(new TextEncoder().encode(JSON.stringify([event])))) {
          if (part.kind !== "event") throw new Error("it is an event");
          for (const [name, paths] of neededPaths) {
            const has = paths.some((path) => stands(event as Json, path.split("/")));
            if (has) met++;
            else refuted++;
            if (has) continue;
            for (const catalogue of catalogues) {
              const { argument, read, example } = catalogue.get(name) as (typeof fieldEntries)[number];
              for (const given of argument === undefined
                ? [undefined]
                : [...(argument.required ? [] : [undefined]), "0", "1", example.argument])
                expect([name, given, read(part.event, given, about)]).toEqual([name, given, undefined]);
            }
          }
        }
      },
    ),
    { numRuns: 1500 },
  );
  expect(met).toBeGreaterThan(1000);
  expect(refuted).toBeGreaterThan(1000);
});

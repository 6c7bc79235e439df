import fc from "fast-check";
import { expect, test } from "vitest";
import type { AuditEvent } from "../../domain/audit-event.ts";
import { decode } from "../../domain/decode.ts";
import type { JsonValue } from "../../domain/json-value.ts";
import { fieldCatalogue } from "../../fields/index.ts";
import { isBodyField } from "./body-fields.ts";
import { slotFields } from "./slot-fields.ts";

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

test.each([...slotFields])("%s reads nothing beside %s and whether there is an auditID", (name, path) => {
  for (const falcoCompat of [false, true]) {
    const field = fieldCatalogue({ falcoCompat }).get(name)!;
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
            undefined,
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

/** What a request writes, whatever the shape of its body: object, partial object or JSON Patch (reference 04 §1.8). */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { JsonValue } from "../domain/json-value.ts";
import { written } from "./patch.ts";
import { stringIn } from "./read.ts";

// Many fields look at one event in turn, and a patch is put together once for all of them.
const patches = new WeakMap<AuditEvent, { readonly body: JsonValue | undefined }>();

/** The object that the request writes, in so far as its body says. */
export function bodyOf(event: AuditEvent): JsonValue | undefined {
  const body = event.at("requestObject");
  if (body?.kind !== "array") return body;
  let known = patches.get(event);
  if (known === undefined) {
    known = { body: written(body) };
    patches.set(event, known);
  }
  return known.body;
}

/** A value of the body. */
export function inBody(event: AuditEvent, ...path: readonly string[]): JsonValue | undefined {
  let value = bodyOf(event);
  for (const name of path) value = value?.member(name);
  return value;
}

/** The specs of all pods that the body describes: a pod's own, or those of a workload's template. */
export function podSpecs(event: AuditEvent): readonly JsonValue[] {
  const body = bodyOf(event);
  const spec = body?.member("spec");
  const found = [
    isPod(event, body, spec) ? spec : undefined,
    spec?.member("template")?.member("spec"),
    spec?.member("jobTemplate")?.member("spec")?.member("template")?.member("spec"),
    body?.member("template")?.member("spec"),
  ];
  return found.filter((value): value is JsonValue => value?.kind === "object");
}

function isPod(event: AuditEvent, body: JsonValue | undefined, spec: JsonValue | undefined): boolean {
  if (stringIn(event.at("objectRef", "resource")) === "pods" || stringIn(body?.member("kind")) === "Pod") return true;
  return ["containers", "ephemeralContainers"].some((name) => spec?.member(name)?.kind === "array");
}

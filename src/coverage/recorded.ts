/** What is left of an event under a policy: the record that an API server with that policy would have made. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { decide } from "./decide.ts";
import { type AuditPolicy, levels } from "./policy.ts";
import { requestOf } from "./request-of.ts";

/**
 * The event's JSON with no more than the policy records, never more than it held (reference 04 §1.6); undefined where
 * nothing is recorded.
 */
export function recorded(policy: AuditPolicy, event: AuditEvent): string | undefined {
  const { level, omitStages, omitManagedFields } = decide(policy, requestOf(event));
  const stage = event.at("stage")?.text() ?? "";
  if (level === "None" || [...omitStages].some((one) => one === stage)) return undefined;
  const whole = JSON.parse(event.raw) as Record<string, unknown>;
  const depth = Math.min(levels.indexOf(level), levels.indexOf((whole.level as typeof level) ?? level));
  const { requestObject, responseObject, ...metadata } = whole;
  const kept = (body: unknown) => (omitManagedFields ? withoutOwners(body) : body);
  // A patch stays as it was sent.
  const asked = metadata.verb === "patch" ? requestObject : kept(requestObject);
  return JSON.stringify({
    ...metadata,
    level: levels[depth],
    ...(depth >= levels.indexOf("Request") && requestObject !== undefined ? { requestObject: asked } : {}),
    ...(depth >= levels.indexOf("RequestResponse") && responseObject !== undefined
      ? { responseObject: kept(responseObject) }
      : {}),
  });
}

/** Without `managedFields` in an object, a list's items, a table's rows (reference 04 §1.8). */
function withoutOwners(body: unknown): unknown {
  if (!isMap(body)) return body;
  const { metadata, items, rows, ...rest } = body;
  const each = (list: unknown, strip: (one: unknown) => unknown) => (Array.isArray(list) ? list.map(strip) : list);
  const row = (one: unknown) => (isMap(one) && "object" in one ? { ...one, object: withoutOwners(one.object) } : one);
  return {
    ...rest,
    ...("metadata" in body ? { metadata: withoutMember(metadata, "managedFields") } : {}),
    ...("items" in body ? { items: each(items, withoutOwners) } : {}),
    ...("rows" in body ? { rows: each(rows, row) } : {}),
  };
}

function withoutMember(value: unknown, name: string): unknown {
  if (!isMap(value)) return value;
  const { [name]: _, ...rest } = value;
  return rest;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
  const { level, omitStages } = decide(policy, requestOf(event));
  const stage = event.at("stage")?.text() ?? "";
  if (level === "None" || [...omitStages].some((one) => one === stage)) return undefined;
  const whole = JSON.parse(event.raw) as Record<string, unknown>;
  const depth = Math.min(levels.indexOf(level), levels.indexOf((whole.level as typeof level) ?? level));
  const { requestObject, responseObject, ...metadata } = whole;
  return JSON.stringify({
    ...metadata,
    level: levels[depth],
    ...(depth >= levels.indexOf("Request") && requestObject !== undefined ? { requestObject } : {}),
    ...(depth >= levels.indexOf("RequestResponse") && responseObject !== undefined ? { responseObject } : {}),
  });
}

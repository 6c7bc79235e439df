/** Examples of the catalogue as events. */
import type { AuditEvent, Decoded } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import type { Example } from "./entry.ts";

/** The example's event, with what every event has put in where the example does not say. */
export function exampleEvent({ event }: Example): AuditEvent {
  const whole = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    auditID: "8a3f",
    stageTimestamp: "2024-05-01T10:00:00.000000Z",
    ...event,
  };
  const [part]: readonly Decoded[] = [...decode(new TextEncoder().encode(JSON.stringify(whole)))];
  if (part?.kind !== "event")
    throw new Error(`an example is no event: ${part?.kind === "rejected" ? part.rejected.reason : part?.kind}`);
  return part.event;
}

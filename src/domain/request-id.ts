/** What makes two events the same event, and what makes them stages of the same request (reference 04 §2.6, R6, R7). */
import type { Activity } from "./activity.ts";
import type { AuditEvent } from "./audit-event.ts";
import { textOf, textsOf } from "./event-texts.ts";
import { nanosOf } from "./time.ts";

/** A collision-free hash of a text as a short string, SHA-256 for instance: callers choose `Audit-ID` and URI freely. */
export type Hash = (text: string) => string;

/**
 * The same for all stages of one request, and for no other request. Never the auditID alone: any caller may choose
 * it, and could so melt its request into another's. The moment the API server received it, which no caller chooses,
 * tells them apart; an event without that moment stands for itself, by its stage's.
 */
export function activityID(event: AuditEvent, cluster: string, hash: Hash): string {
  return hash(JSON.stringify(requestFacts(event, cluster)));
}

/** The same for one event by whatever way it came: the request's facts, its stage and its stage's moment. */
export function eventID(event: AuditEvent, cluster: string, hash: Hash): string {
  return hash(JSON.stringify([...requestFacts(event, cluster), textOf.stage(event), `${event.time}`]));
}

/** Both, with the facts read once; the event's is made when it is asked for. */
export function requestIDs(
  event: AuditEvent,
  cluster: string,
  hash: Hash,
): { readonly activity: string; readonly event: () => string } {
  const facts = JSON.stringify(requestFacts(event, cluster));
  return {
    activity: hash(facts),
    event: () => hash(`${facts.slice(0, -1)},${JSON.stringify(textOf.stage(event))},"${event.time}"]`),
  };
}

/** One name for each event of an activity, as `Index.seen` answers them. */
export function eventKeys(activity: Pick<Activity, "id" | "events">): string[] {
  return activity.events.map(({ stage, time }) => `${activity.id} ${stage ?? ""} ${nanosOf(time) ?? time}`);
}

/** When the API server received the request, in nanoseconds since 1970; the stage's moment where it does not say. */
export function requestTime(event: AuditEvent): bigint {
  return receivedNanos(event) ?? event.time;
}

function requestFacts(event: AuditEvent, cluster: string): (string | null)[] {
  const received = receivedNanos(event);
  return [
    cluster,
    textOf.auditID(event),
    received === undefined ? `stage ${event.time}` : `${received}`,
    textOf.verb(event),
    textOf.requestURI(event),
    textOf.user(event),
    JSON.stringify(textsOf.sourceIPs(event) ?? null),
  ];
}

function receivedNanos(event: AuditEvent): bigint | undefined {
  const received = textOf.received(event);
  return received === null ? undefined : nanosOf(received);
}

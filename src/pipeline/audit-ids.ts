/** Which request an Audit-ID was last seen on: callers choose it, and two requests under one are somebody's attempt to hide (reference 04 R7). */
import type { AuditEvent } from "../domain/audit-event.ts";
import { textOf } from "../domain/event-texts.ts";

/** As many requests are remembered at least, the latest ones, and at most twice as many. */
const remembered = 20_000;
/** Longer texts are told apart by their beginning and length: a caller may send a megabyte. */
const longest = 256;

export interface AuditIds {
  /**
   * True where this event's Audit-ID came lately with another request. Stages of one request, and an aggregated API
   * server that reports the request which it was handed, agree in verb, URI and user.
   */
  collides(event: AuditEvent, cluster: string): boolean;
}

export function auditIds(): AuditIds {
  // Two halves: when one is full, the older one is forgotten. Nothing is moved where an id is met again.
  let [latest, before] = [new Map<string, string>(), new Map<string, string>()];
  return {
    collides(event, cluster) {
      const id = textOf.auditID(event);
      if (id === null) return false;
      const key = `${cluster} ${short(id)}`;
      const text = (one: string | null) => short(one ?? "");
      const request = `${text(textOf.verb(event))} ${text(textOf.requestURI(event))} ${text(textOf.user(event))}`;
      const held = latest.get(key);
      if (held === request) return false;
      const known = held ?? before.get(key);
      latest.set(key, request);
      if (latest.size >= remembered) [latest, before] = [new Map(), latest];
      return known !== undefined && known !== request;
    },
  };
}

function short(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…${text.length}`;
}

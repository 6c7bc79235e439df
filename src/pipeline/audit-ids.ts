/** Which request an Audit-ID was last seen on: callers choose it, and two requests under one are somebody's attempt to hide (reference 04 R7). */
import type { AuditEvent } from "../domain/audit-event.ts";

/** As many requests are remembered, the latest ones. */
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
  const requests = new Map<string, string>();
  return {
    collides(event, cluster) {
      const id = event.at("auditID")?.text();
      if (id === undefined) return false;
      const key = `${cluster} ${short(id)}`;
      const request = [event.at("verb"), event.at("requestURI"), event.at("user", "username")]
        .map((value) => short(value?.text() ?? ""))
        .join(" ");
      const before = requests.get(key);
      requests.delete(key);
      requests.set(key, request);
      if (requests.size > remembered) requests.delete(requests.keys().next().value ?? "");
      return before !== undefined && before !== request;
    },
  };
}

function short(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…${text.length}`;
}

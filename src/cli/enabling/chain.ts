/** The way of an event from the API server to a rule, link by link, each looked at without changing anything. */
import type { Clusters } from "../../api/clusters/schema.ts";
import type { ServerChoice } from "../client.ts";
import type { Io } from "../io.ts";
import { apiServerSeen, type Counts, countsFor, countsSince, type Seen } from "./api-server-seen.ts";
import { auditLinks } from "./audit-links.ts";
import { clusterLinks } from "./cluster-links.ts";
import type { Machine } from "./machine.ts";
import { clusterOf, type OursSeen, oursSeen, refusals } from "./ours-seen.ts";
import { wayLinks } from "./way-links.ts";

export interface Link {
  readonly name: string;
  readonly state: "fine" | "broken" | "unknown";
  readonly says: string;
  readonly help?: string;
}

export interface Walk {
  readonly cluster: string;
  readonly choice: ServerChoice;
  /** `10.0.0.5:7765`, where it is known: an API server posts to other webhooks too. */
  readonly receiver?: string;
  /** What was seen before an event was asked for that did not come: only what went wrong since counts. */
  readonly before?: Before;
}

export interface Before {
  readonly ours: OursSeen;
  readonly counts: Seen<Counts>;
}

/** What a walk looks at. */
export interface Ground {
  readonly cluster: string;
  readonly ours: Clusters;
  readonly counts: Seen<Counts>;
  /** Whether the cluster brings events now: since one was asked for, or within the last minute. An API server is never still for so long. */
  readonly heard: boolean;
  /** Requests that we refused for this reason, since one was asked for, or since our start. */
  readonly turnedAway: (reason: string) => number;
  readonly wasAsked: boolean;
}

/** From the far end to ours. A link that cannot be seen is `unknown`, never `fine`. */
export async function chain(
  { cluster, choice, receiver, before }: Walk,
  machine: Machine,
  io: Io,
): Promise<readonly Link[]> {
  const [server, seen] = [await apiServerSeen(machine), await oursSeen(choice, io)];
  const links = auditLinks(server);
  if (!seen.ok) return [...links, { name: "Tiercel", state: "broken", says: seen.why, ...seen.help }];
  const ours = seen.value;
  const earlier = before?.ours.ok === true ? before.ours.value : undefined;
  const one = clusterOf(ours, cluster);
  const heard =
    earlier === undefined
      ? (one?.eventsPerSec.minute ?? 0) > 0
      : (one?.events ?? 0) > (clusterOf(earlier, cluster)?.events ?? 0);
  const ground: Ground = {
    cluster,
    ours,
    counts: countsFor(receiver, countsSince(server.counts, before?.counts)),
    heard,
    turnedAway: (reason) => refusals(ours, reason) - (earlier === undefined ? 0 : refusals(earlier, reason)),
    wasAsked: before !== undefined,
  };
  return [...links, ...wayLinks(ground), ...clusterLinks(ground)];
}

/** The line every request leaves: who did what, to what, from where, with what outcome. One per request, its stages merged. */

/** One event of the request, as much as tells it from its brothers. */
export interface ActivityEvent {
  readonly stage: string | null;
  /** Its stageTimestamp, RFC 3339 UTC. */
  readonly time: string;
  /** How many detections it made. */
  readonly detections: number;
}

/** Where an event lies in the journal. */
export interface EventPlace {
  /** The position of its batch. */
  readonly entry: number;
  /** Which part of the batch it is, counted from 1. */
  readonly item: number;
  /** Bytes of it as it came, or characters: of one event told twice, the fuller text is shown. */
  readonly length: number;
}

export const actors = ["human", "machine", "anonymous"] as const;
export type Actor = (typeof actors)[number];

/** `denied` is 401 and 403; `failed` any other answer from 400; `unfinished` where no answer was seen. */
export const outcomes = ["done", "denied", "failed", "unfinished"] as const;
export type Outcome = (typeof outcomes)[number];

export interface Activity {
  /** `activityID` of its events: whoever chooses an `Audit-ID` still cannot share another request's. */
  readonly id: string;
  /** When the API server received the request, RFC 3339 UTC with all its digits. The same for all events of one id. */
  readonly time: string;
  /** The latest stageTimestamp seen. */
  readonly lastTime: string;
  /** When we took in the latest of its events; retention counts from here. */
  readonly receivedAt: string;
  readonly cluster: string;
  readonly auditID: string | null;
  /** Each event seen, in the order of a request's life; what makes merging the same event twice change nothing. */
  readonly events: readonly ActivityEvent[];
  /** Stages seen, in the order of a request's life. */
  readonly stages: readonly string[];
  readonly level: string | null;
  readonly user: string | null;
  readonly groups: readonly string[];
  /** Who is acted as, where the request impersonates. */
  readonly impersonatedUser: string | null;
  readonly verb: string | null;
  readonly apiGroup: string | null;
  readonly resource: string | null;
  readonly subresource: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  /** Redacted. */
  readonly requestURI: string | null;
  readonly sourceIPs: readonly string[];
  readonly userAgent: string | null;
  readonly code: number | null;
  readonly reason: string | null;
  readonly decision: string | null;
  readonly dryRun: boolean;
  /** From received to the latest stage, in microseconds; null where either time is missing. */
  readonly latencyMicros: number | null;
  /** How many detections its events made. */
  readonly detections: number;
  /** A person, a machine, or nobody that was authenticated; as far as the name tells. */
  readonly actor: Actor;
  readonly outcome: Outcome;
  /** Rules that matched and that no enabled policy counts. */
  readonly uncounted: readonly string[];
  /** Where its latest event lies; null where that is not known. */
  readonly place: EventPlace | null;
  /** The latest event, whole, redacted, where somebody has read it from the journal: the index keeps none. */
  readonly event: unknown;
  /** Why there is no event though it was asked for. */
  readonly eventMissing?: string;
}

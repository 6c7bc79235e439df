/** The three contracts of keeping: journal, index, state. Pipelines know these and no database. */
import type { Activity } from "./activity.ts";
import type { Batch } from "./batch.ts";
import type { Detection } from "./detection.ts";

/** A batch as the journal holds it. Positions are dense and grow by one with each kept batch, from 1. */
export interface Entry extends Batch {
  readonly position: number;
}

/** Raw batches in the order they were taken in, durably, before anybody is answered. */
export interface Journal {
  /**
   * Resolves once the batch is on disk, with its position; `double` when the same bytes of the same source were
   * already kept within the memory's reach (its position is then the first one's). Rejects with a `Refusal`.
   */
  append(batch: Batch): Promise<{ readonly position: number; readonly double: boolean }>;
  /** Entries after a position in order, up to about `maxBytes` of bodies but at least one; empty at the end. */
  read(after: number, maxBytes: number): Promise<readonly Entry[]>;
  /** The last position kept, 0 for an empty journal; and the first one retention has left. */
  readonly last: number;
  readonly first: number;
  /** Resolves when something lies beyond `after`, or the signal fires. */
  wait(after: number, signal: AbortSignal): Promise<void>;
  /** Walks the hash chain. */
  verify(progress?: (done: number, total: number) => void): Promise<JournalReport>;
  /** Gives back what is older than `before` or beyond `maxBytes`, whole segments only, never past `upTo`. */
  retain(limits: { before?: Date; maxBytes?: number; upTo: number }): Promise<{ readonly removedEntries: number }>;
  bytes(): Promise<number>;
  close(): Promise<void>;
}

export interface JournalReport {
  readonly entries: number;
  readonly segments: number;
  /** Empty when every byte is as it was written. */
  readonly faults: readonly { readonly segment: string; readonly position: number | null; readonly what: string }[];
}

/** What could not be read, kept whole. */
export interface Quarantined {
  readonly id: string;
  readonly receivedAt: string;
  readonly source: string;
  readonly cluster: string;
  readonly reason: string;
  readonly raw: string;
}

/** Each filter is a set of accepted values; an absent one accepts all. The time is that of the receipt. */
export interface QuarantineQuery extends Range {
  readonly source?: readonly string[];
  readonly cluster?: readonly string[];
}

/** How much of what one source brought from one cluster could not be read. */
export interface QuarantineCount {
  readonly source: string;
  readonly cluster: string;
  readonly count: number;
}

/** What one stretch of the journal came to. Written in one transaction with its last position, or not at all. */
export interface Judged {
  /** The last journal position this covers. */
  readonly position: number;
  /** One a request; `Index.write` merges it with what it holds of the same id. */
  readonly activities: readonly Activity[];
  /** With the audit event that made each, redacted; lists leave it out. */
  readonly detections: readonly (Detection & { readonly event?: unknown })[];
  readonly quarantined: readonly Quarantined[];
}

export interface Range {
  /** Inclusive, RFC 3339. */
  readonly from?: string;
  /** Exclusive, RFC 3339. */
  readonly to?: string;
  readonly limit: number;
  /** As a former page answered it. */
  readonly cursor?: string;
}
/** What lists of detections are filtered and counted by. `sourceIP` is the last, trustworthy one; `tag` any of them. */
export const detectionFacets = [
  "severity",
  "priority",
  "rule",
  "policy",
  "cluster",
  "namespace",
  "user",
  "verb",
  "resource",
  "name",
  "sourceIP",
  "userAgent",
  "tag",
] as const;
export type DetectionFacet = (typeof detectionFacets)[number];

/** What lists of activities are filtered and counted by. `detected` is `yes` or `no`. */
export const activityFacets = [
  "actor",
  "outcome",
  "cluster",
  "namespace",
  "user",
  "impersonatedUser",
  "verb",
  "resource",
  "name",
  "sourceIP",
  "userAgent",
  "code",
  "level",
  "detected",
] as const;
export type ActivityFacet = (typeof activityFacets)[number];

/** In a filter and in a count of values: the items that have none. */
export const noValue = "(none)";

type Accepted<Facet extends string> = { readonly [F in Facet]?: readonly string[] };

/**
 * Each filter is a set of accepted values; an absent one accepts all, an empty one none. A resource without a
 * subresource (`pods`) accepts its subresources too; `pods/exec` accepts only that. `not` holds the values refused, by
 * the same rules. `text` is a substring, letter case aside, of what people read of an item: rule, output, user,
 * resource, name, URI.
 */
export type Filter<Facet extends string> = Accepted<Facet> & {
  readonly not?: Accepted<Facet>;
  readonly text?: string;
  /** Inclusive, RFC 3339. */
  readonly from?: string;
  /** Exclusive, RFC 3339. */
  readonly to?: string;
};
export interface DetectionFilter extends Filter<DetectionFacet> {
  readonly fingerprint?: readonly string[];
  readonly activity?: readonly string[];
}
export type ActivityFilter = Filter<ActivityFacet>;

export type DetectionQuery = DetectionFilter & Range;
/** With `withoutEvents` the items' `event` is null: lists of lines need not carry bodies. */
export type ActivityQuery = ActivityFilter & Range & { readonly withoutEvents?: boolean };

/** What can be asked of detections and of activities alike. */
export type Asked =
  | ({ readonly list: "detections" } & { readonly filter: DetectionFilter })
  | ({ readonly list: "activities" } & { readonly filter: ActivityFilter });

export interface FacetWish {
  readonly facet: string;
  /** At most so many values, the most frequent first. */
  readonly limit: number;
  /** Only values that contain this, letter case aside. */
  readonly search?: string;
}
export interface FacetValue {
  /** `noValue` for the items that have none. */
  readonly value: string;
  readonly count: number;
}

/** How many items in each of equal stretches of time; detections by severity (`0` … `7`), activities by outcome. */
export interface Histogram {
  readonly from: string;
  readonly to: string;
  readonly stepMillis: number;
  readonly series: readonly { readonly key: string; readonly counts: readonly number[] }[];
}

export const triageStates = ["open", "acknowledged", "resolved", "muted"] as const;
export type TriageState = (typeof triageStates)[number];

/** What somebody decided about all detections of one fingerprint. */
export interface Triage {
  readonly fingerprint: string;
  readonly state: TriageState;
  /** When that was decided: what is resolved and comes again later is open again. */
  readonly at: string;
  readonly by: string;
  /** Of what is muted: until when. */
  readonly until?: string;
  readonly note?: string;
}

/** Detections of one rule, actor and target, as one line. */
export interface Group {
  readonly fingerprint: string;
  readonly count: number;
  /** Of those that the filter accepts. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** As it is now: with re-opening and the end of a mute taken in. */
  readonly state: TriageState;
  readonly latest: Detection;
  /** Counts over the filter's range, in equal stretches. */
  readonly spark: readonly number[];
}

/** How often a rule has matched, for the rules library. */
export interface RuleRecord {
  readonly rule: string;
  readonly count: number;
  readonly last: string;
  readonly spark: readonly number[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** For the next page; null on the last. */
  readonly next: string | null;
}

/** What the journal came to: derived, queryable, rebuildable. */
export interface Index {
  /** Everything up to here is in the index; 0 for an empty one. */
  position(): Promise<number>;
  /**
   * All of it and the position in one transaction, or nothing. What is there already stays once: activities of one
   * id are merged, detections and quarantined items of a known id are left out. So an event that comes again, by
   * another way or out of a rejudged journal, changes nothing. Answers which events of
   * the activities were there already, by their `eventKeys`.
   */
  write(judged: Judged): Promise<ReadonlySet<string>>;
  /** Newest first; equal times in a stable order. A cursor that is not ours throws `BadCursor`. */
  detections(query: DetectionQuery): Promise<Page<Detection>>;
  activities(query: ActivityQuery): Promise<Page<Activity>>;
  quarantined(query: QuarantineQuery): Promise<Page<Quarantined>>;
  /** What was received from then on, by source and cluster. */
  quarantineCounts(from: string): Promise<readonly QuarantineCount[]>;
  /** One detection with the audit event that made it, redacted; undefined where there is none of that id. */
  detection(id: string): Promise<(Detection & { readonly event: unknown }) | undefined>;
  activity(id: string): Promise<Activity | undefined>;
  count(asked: Asked): Promise<number>;
  /** The values of each facet wished for with their counts, under all filters but those on the facet itself. */
  facets(asked: Asked, wishes: readonly FacetWish[]): Promise<Readonly<Record<string, readonly FacetValue[]>>>;
  /** Between the filter's times, or those of its first and last item; in at most so many stretches of a round length. */
  histogram(asked: Asked, stretches: number): Promise<Histogram>;
  /** Last seen first. `triage` is what was decided; `states` keeps those groups alone. */
  groups(
    query: DetectionQuery,
    triage: readonly Triage[],
    states: readonly TriageState[] | undefined,
    now: Date,
  ): Promise<Page<Group>>;
  /**
   * What was written since, oldest first, for a live tail: `after` is the `next` of the call before; without it nothing,
   * and the place to go on from.
   */
  arrivals(
    asked: Asked,
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly items: readonly (Detection | Activity)[]; readonly next: string }>;
  ruleRecords(range: {
    readonly from: string;
    readonly to: string;
    readonly stretches: number;
  }): Promise<readonly RuleRecord[]>;
  counts(): Promise<{ readonly activities: number; readonly detections: number; readonly quarantined: number }>;
  /** Removes what was received before `before`, then the oldest received until `bytes()` is at most `maxBytes`. */
  retain(limits: { before?: Date; maxBytes?: number }): Promise<{ readonly removedRows: number }>;
  /** Empties it, for a rebuild. */
  clear(): Promise<void>;
  bytes(): Promise<number>;
  close(): Promise<void>;
}

export class BadCursor extends Error {}

/** The disk has no room for what shall be written, whatever it is: the same may be taken when there is room again. */
export class NoRoom extends Error {}

export interface Cluster {
  readonly name: string;
  readonly createdAt: string;
  /** When its last batch came; null before the first. */
  readonly lastSeenAt: string | null;
}

export type Role = "viewer" | "editor" | "admin";
export const roles: readonly Role[] = ["viewer", "editor", "admin"];

/** Something small that people change: a policy, a triage. Each change is kept, with who made it. */
export interface StoredDocument {
  readonly id: string;
  /** JSON text. */
  readonly body: string;
  /** Grows by one with each change, from 1. */
  readonly version: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** One line of our own audit trail. */
export interface Change {
  readonly seq: number;
  readonly at: string;
  readonly by: string;
  /** `policy`, `rules`, `user`, `token`, `triage`, `session` … */
  readonly kind: string;
  readonly id: string;
  readonly action: "create" | "update" | "delete" | "login" | "login-failed" | "logout";
  /** What stood before and stands now, as JSON or text; never a secret or a hash of one. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Somebody else changed it meanwhile, or it is not there, or it is there already. */
export class VersionConflict extends Error {
  /** The version that stands now; 0 for none. */
  readonly version: number;
  constructor(message: string, version: number) {
    super(message);
    this.version = version;
  }
}

export interface Documents {
  list(kind: string): Promise<readonly StoredDocument[]>;
  read(kind: string, id: string): Promise<StoredDocument | undefined>;
  /**
   * Keeps it and its change in one transaction; answers the new version. `expected` is the version it replaces, 0 for
   * none; undefined takes whatever there is. Rejects with `VersionConflict`.
   */
  put(document: {
    readonly kind: string;
    readonly id: string;
    readonly body: string;
    readonly by: string;
    readonly expected?: number;
  }): Promise<number>;
  remove(document: {
    readonly kind: string;
    readonly id: string;
    readonly by: string;
    readonly expected?: number;
  }): Promise<void>;
  /** For what is kept elsewhere: rules files, users. */
  record(change: Omit<Change, "seq" | "at">): Promise<void>;
  /** Newest first. */
  changes(query: {
    readonly kind?: readonly string[];
    readonly id?: readonly string[];
    readonly by?: readonly string[];
    readonly limit: number;
    /** The `seq` of the last one of the page before. */
    readonly before?: number;
  }): Promise<readonly Change[]>;
}

/** How somebody came in. */
export type LoginWay = "password" | "link" | "oidc";

export interface User {
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** Whether a password of ours lets in; else an identity provider does. */
  readonly local: boolean;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
}

/** Who may come in. Passwords, session ids and links are kept as hashes only; hashing passwords is the caller's. */
export interface People {
  users(): Promise<readonly User[]>;
  user(
    name: string,
  ): Promise<(User & { readonly passwordHash: string | null; readonly subject: string | null }) | undefined>;
  putUser(user: {
    readonly name: string;
    readonly role: Role;
    readonly disabled: boolean;
    readonly passwordHash: string | null;
    /** `ISSUER SUB` of an identity provider. */
    readonly subject: string | null;
  }): Promise<void>;
  userOfSubject(subject: string): Promise<User | undefined>;
  /** With all sessions and links of that user. */
  removeUser(name: string): Promise<void>;
  /** Keeps a session until `expiresAt`; also notes the login. `idHash` is SHA-256 of the cookie's value. */
  addSession(session: {
    readonly idHash: string;
    readonly user: string;
    readonly csrf: string;
    readonly way: LoginWay;
    readonly expiresAt: string;
  }): Promise<void>;
  /** Undefined when it has expired too. */
  session(idHash: string): Promise<
    | {
        readonly user: User;
        readonly csrf: string;
        readonly way: LoginWay;
        readonly createdAt: string;
        readonly expiresAt: string;
      }
    | undefined
  >;
  /** It lasts until then instead: somebody is at work with it. */
  prolongSession(idHash: string, expiresAt: string): Promise<void>;
  endSession(idHash: string): Promise<void>;
  endSessionsOf(user: string): Promise<void>;
  /** A link that lets `user` in once, until `expiresAt`; it takes the place of that user's former one. */
  addLoginLink(link: { readonly hash: string; readonly user: string; readonly expiresAt: string }): Promise<void>;
  /** Whose link this is; it is gone then. */
  takeLoginLink(hash: string): Promise<string | undefined>;
  /** Drops what has expired. */
  sweep(): Promise<void>;
}

export type TokenRole = Role | "ingest";

/** Small things that change: clusters, tokens, cursors. Tokens are kept as hashes only. */
export interface State {
  readonly documents: Documents;
  readonly people: People;
  clusters(): Promise<readonly Cluster[]>;
  /** Makes the cluster known; true when it was not. */
  registerCluster(name: string, now: Date): Promise<boolean>;
  touchCluster(name: string, now: Date): Promise<void>;
  addToken(token: {
    readonly name: string;
    readonly role: TokenRole;
    readonly cluster?: string;
    readonly secret: string;
  }): Promise<void>;
  /** Whose token this is, compared in constant time; undefined for nobody's. */
  tokenOwner(
    secret: string,
  ): Promise<{ readonly name: string; readonly role: TokenRole; readonly cluster: string | null } | undefined>;
  tokens(): Promise<
    readonly {
      readonly name: string;
      readonly role: string;
      readonly cluster: string | null;
      readonly createdAt: string;
    }[]
  >;
  /** False where there is none of that name. */
  removeToken(name: string): Promise<boolean>;
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  close(): Promise<void>;
}

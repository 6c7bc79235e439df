/** The three contracts of keeping: journal, index, state. Pipelines know these and no database. */
import type { Activity } from "./activity.ts";
import type {
  ActivityQuery,
  Asked,
  DetectionQuery,
  FacetValue,
  FacetWish,
  Group,
  Histogram,
  Page,
  Range,
  RuleRecord,
  Triage,
  TriageState,
} from "./asked.ts";
import type { Batch } from "./batch.ts";
import type { Detection } from "./detection.ts";
import type { Documents } from "./documents.ts";
import type { People, TokenRole } from "./people.ts";

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
  /**
   * All entries after a position that are kept now, in order, read ahead of who asks for them. Bodies are lent: they are gone
   * when the next stretch is asked for. Rejects as `read` does.
   */
  stretches(after: number): AsyncIterable<readonly Entry[]>;
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

/** The journal for who does not take in. */
export type KeptJournal = Omit<Journal, "append">;

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

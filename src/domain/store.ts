/** The three contracts of keeping: journal, index, state. Pipelines know these and no database. */
import type { Activity } from "./activity.ts";
import type { Batch } from "./batch.ts";
import type { Detection, Priority } from "./detection.ts";

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

/** What one stretch of the journal came to. Written in one transaction with its last position, or not at all. */
export interface Judged {
  /** The last journal position this covers. */
  readonly position: number;
  /** One a request; `Index.write` merges it with what it holds of the same id. */
  readonly activities: readonly Activity[];
  readonly detections: readonly Detection[];
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
/**
 * Each filter is a set of accepted values; an absent one accepts all, an empty one none. A resource without a
 * subresource (`pods`) accepts its subresources too; `pods/exec` accepts only that.
 */
export interface DetectionQuery extends Range {
  readonly cluster?: readonly string[];
  readonly rule?: readonly string[];
  readonly priority?: readonly Priority[];
  readonly user?: readonly string[];
  readonly namespace?: readonly string[];
  readonly verb?: readonly string[];
  readonly resource?: readonly string[];
}
export interface ActivityQuery extends Range {
  readonly cluster?: readonly string[];
  readonly user?: readonly string[];
  readonly namespace?: readonly string[];
  readonly verb?: readonly string[];
  readonly resource?: readonly string[];
  readonly name?: readonly string[];
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
  quarantined(range: Range): Promise<Page<Quarantined>>;
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
  clusters(): Promise<readonly Cluster[]>;
  /** Makes the cluster known; true when it was not. */
  registerCluster(name: string, now: Date): Promise<boolean>;
  touchCluster(name: string, now: Date): Promise<void>;
  addToken(token: {
    readonly name: string;
    readonly role: "admin" | "ingest";
    readonly cluster?: string;
    readonly secret: string;
  }): Promise<void>;
  /** Whose token this is, compared in constant time; undefined for nobody's. */
  tokenOwner(
    secret: string,
  ): Promise<{ readonly name: string; readonly role: "admin" | "ingest"; readonly cluster: string | null } | undefined>;
  tokens(): Promise<
    readonly {
      readonly name: string;
      readonly role: string;
      readonly cluster: string | null;
      readonly createdAt: string;
    }[]
  >;
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  close(): Promise<void>;
}

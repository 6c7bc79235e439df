/** What people change and the trail of their changes. */

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

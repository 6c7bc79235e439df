/** What a row of an activity is made of. Each column is kept by itself, so that a question reads only what it asks about. */
import { type ActivityFacet, activityFacets } from "../../../domain/asked.ts";

/** Texts that are filtered and counted by. */
export const countedColumns = activityFacets;
export type CountedColumn = ActivityFacet;

/** Texts that are only read. */
export const plainColumns = [
  "groups",
  "apiGroup",
  /** The address, its namespace and name left out. */
  "uri",
  /** All source addresses but the last. */
  "proxies",
  "reason",
  "decision",
  "dryRun",
  "stage",
  "uncounted",
  /** What the columns cannot say of an unusual activity, as JSON. */
  "rest",
] as const;
export type PlainColumn = (typeof plainColumns)[number];

export const textColumns = [...countedColumns, ...plainColumns] as const;
export type TextColumn = CountedColumn | PlainColumn;

export const numberColumns = [
  /** Microseconds since 1970, and nanoseconds beyond them. */
  "moment",
  "nanos",
  /** Milliseconds since 1970. */
  "received",
  /** The journal's position at which the row was written. */
  "written",
  /** Where the latest event lies; entry 0 where that is not known. */
  "entry",
  "item",
  "length",
  /** Microseconds from `moment` to the latest event. */
  "lasted",
  "detections",
] as const;
export type NumberColumn = (typeof numberColumns)[number];

/** Sixteen bytes a row. */
export const idColumns = ["id", "auditID"] as const;
export type IdColumn = (typeof idColumns)[number];
export const idBytes = 16;

export const isCounted = (column: string): column is CountedColumn =>
  (countedColumns as readonly string[]).includes(column);

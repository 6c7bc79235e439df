/** A stretch of rows as questions read it: those on disk, sorted by their moment, and those that came lately. */
import type { Activity } from "../../../domain/activity.ts";
import type { CountedColumn, IdColumn, NumberColumn, TextColumn } from "./columns.ts";
import type { Frequent } from "./frequent.ts";
import type { Gone } from "./gone.ts";
import type { Ids, Joined } from "./parts.ts";

/** A moment in nanoseconds, as rows hold it. */
export interface Moment {
  readonly micros: number;
  readonly nanos: number;
}

export interface Rare {
  /** The number of the text that all other rows have. */
  readonly common: number;
  /** They rise. */
  readonly rows: Uint32Array;
  /** The number of the text of each of them. */
  readonly ids: Uint32Array;
}

export interface Rows {
  /** How many there are, those that are gone included. */
  readonly count: number;
  readonly isSorted: boolean;
  readonly isRemoved: boolean;
  /** The last write that rows of it came with, where that is known. */
  readonly mostWritten: number | undefined;
  /** The least and the greatest moment, in microseconds. */
  readonly least: number;
  readonly most: number;
  readonly gone: Gone;
  /** For each row the number of its text within the stretch; 0 for none. */
  ids(column: TextColumn): Ids;
  /** How many texts the stretch has, the one that stands for none included. */
  texts(column: CountedColumn): number;
  /** For each text of the stretch its number among all values; some number where no row is told to have it. */
  valuesOf(column: CountedColumn, tallies: Uint32Array): Uint32Array;
  /** The rows that do not have the text that nearly all of them have, where there is such a one. */
  rare(column: CountedColumn): Rare | undefined;
  /** How many rows have each text, those that are gone included, where that is known. */
  tallies(column: CountedColumn): Uint32Array | undefined;
  /** The most frequent values of all rows, those that are gone included, where that is known. */
  frequent(column: CountedColumn): Frequent | undefined;
  /** The texts of the stretch; the first stands for none. */
  joined(column: TextColumn): Joined;
  /** The same in small letters. */
  lowered(column: TextColumn): Joined;
  /** The first row of a sorted stretch that is of that moment or later. */
  firstFrom(moment: Moment): number;
  numbers(column: NumberColumn): Float64Array;
  bytes(column: IdColumn): Uint8Array;
  /** What was made of all rows, as long as there is room for it and they do not change; those that are gone count as rows. */
  remember<T>(name: string, make: () => { readonly value: T; readonly bytes: number }): T;
  numberAt(column: NumberColumn, row: number): number;
  text(column: TextColumn, row: number): string | null;
  activity(row: number): Activity;
  idAt(row: number): string;
}

/** Lets others work where it has worked long enough; called between stretches. */
export type Breathe = () => Promise<void> | undefined;

/** A stretch as it was at one moment: what is written meanwhile does not change it. */
export interface Seen {
  readonly rows: Rows;
  readonly count: number;
  readonly least: number;
  readonly most: number;
  /** The last write that is seen. */
  readonly write: number;
}

export const seen = (rows: Rows, write: number): Seen => {
  const { count, least, most } = rows;
  return { rows, count, least, most, write };
};

import type { DeepSlots } from "./simd-memory.ts";

/** What a scan found in a payload; offsets are into the payload. */
export interface Scanned {
  readonly events: number;
  /** For each event where it begins and ends, and 1 if it is for the plain decoder. */
  readonly items: Int32Array;
  /** For each event and slot where the value begins and ends; both 0 where there is none. */
  readonly places: Int32Array;
  /** So many numbers of `places` belong to an event. */
  readonly placeWidth: number;
  /** Slots below those that every scan notes, by the slot above them. */
  readonly deep?: ReadonlyMap<number, DeepSlots>;
  readonly ends?: Ends;
}

/**
 * Who knows quickly where objects and arrays of a payload end, and what is in it. Who does has proved it to have no blanks and to nest
 * at most 60 levels deep.
 */
export interface Ends {
  /** After the one that begins there; 0 where that has to be looked for. */
  endOf(from: number): number;
  /** Whether marks of secrets stand there; undefined where only the text tells. */
  isMarked(bytes: Uint8Array, from: number, to: number): boolean | undefined;
}

export const itemWidth = 3;

/** Larger payloads are left to the plain decoder rather than copied whole. */
export const mostBytes = 256 << 20;

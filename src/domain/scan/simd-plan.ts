/** What a scan with SIMD is to find beside the places that every scan notes. */

/** A question asked of each event; its answer is a bit of the event's signature. */
export type Ask =
  /** Whether something stands at a path, objects in arrays on the way to it counted. */
  | { readonly kind: "present"; readonly path: string }
  /** Whether an array stands in a slot. */
  | { readonly kind: "array"; readonly slot: number }
  /** Whether one of these words may stand in a slot's text. A no is certain. Each has two ASCII letters at least. */
  | { readonly kind: "words"; readonly slot: number; readonly words: readonly string[] };

/**
 * What may be asked of an event that was scanned: whether one of these words may stand in a member of the request's body. A no is
 * certain where a word is neither punctuation nor part of a number, so that nothing but `\\u` can write it otherwise.
 */
export interface Sought {
  readonly path: `requestObject/${string}`;
  readonly words: readonly string[];
}

export interface SimdPlan {
  /** Slots whose values are to be numbered. */
  readonly kept: readonly number[];
  /** Those below a request's body last. */
  readonly asks: readonly Ask[];
  readonly sought: readonly Sought[];
  /** How many rules there are, each a bit of what a value lets pass. */
  readonly rules: number;
}

export const noPlan: SimdPlan = { kept: [], asks: [], sought: [], rules: 0 };

/** A signature has so many bits. */
export const mostAsks = 64;

/** A text is looked through for the beginnings of so many words at most. */
export const mostBeginnings = 6;

/** Of each word what is looked for, none twice. */
export function beginningsOf(words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => word.slice(0, 4)))];
}

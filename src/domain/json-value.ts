/** One JSON value as it stood in an audit event, its source text kept: the seam between decoders and those who read. */

/**
 * Nobody outside a decoder learns how a value is held, so a decoder that never builds objects can stand in
 * for one that does. Of members with the same name, the first counts, as for Falco (reference 02 §2).
 */
export interface JsonValue {
  readonly kind: "object" | "array" | "string" | "number" | "boolean" | "null";
  /** An object's member; undefined for other kinds. `__proto__` is a name like any other. */
  member(name: string): JsonValue | undefined;
  /** All members in order, doubles included; none for other kinds. */
  members(): Iterable<readonly [name: string, value: JsonValue]>;
  /** An array's element; undefined for other kinds and beyond the end. */
  element(index: number): JsonValue | undefined;
  /** An array's elements; none for other kinds. */
  elements(): readonly JsonValue[];
  /** A string decoded, lone surrogates as U+FFFD; anything else as `compact()`. */
  text(): string;
  /** Compact JSON text: no blanks; order, doubles, number spellings and string escapes as they came. */
  compact(): string;
  /** A plain value made of prototype-less objects; numbers as doubles. */
  plain(): unknown;
}

/** What a field is: the contract between the catalogue, which knows audit events, and the engine, which knows operators. */

/** Falco's types of values (reference 01 §4.1). Times are nanoseconds; an `ipnet` field's value is an address. */
export type FieldType = "string" | "uint64" | "bool" | "reltime" | "abstime" | "ipaddr" | "ipnet";

/**
 * One value. Numbers and times are bigints from 0 to 2^64-1, addresses 4 or 16 bytes.
 * A string stands for bytes of UTF-8: what is no UTF-8 is held as lone surrogates U+DC80…U+DCFF, one a byte,
 * and an event's own lone surrogates are U+FFFD by the time a field answers.
 */
export type Scalar = string | bigint | boolean | Uint8Array;
/** A list field answers an array of one element or more, never an empty one: without elements there is no value. */
export type Value = Scalar | readonly Scalar[];

export interface ArgumentRule {
  readonly accepts: "index" | "key" | "index or key";
  readonly required: boolean;
}

/** What is known of an event beside its content. One object an event: what was read is remembered by it. */
export interface About {
  /** The event's number within its source, from 1. */
  readonly num: bigint;
  /** Nanoseconds since 1970, from the event's stageTimestamp. */
  readonly time: bigint;
  readonly source: string;
  readonly hostname: string;
  /** The time of the first event since the start, where relative times are wanted; else they are 0. */
  readonly startTime?: bigint;
}

/** A name that a rule may use, and how it is read from an event of type `E`. */
export interface Field<E> {
  readonly name: string;
  readonly type: FieldType;
  readonly list: boolean;
  /** Absent: the field takes no argument. */
  readonly argument?: ArgumentRule;
  /** One sentence, for reference pages, hover and completion. */
  readonly doc: string;
  /** The value, or undefined where the event has none. Never throws on any event. `argument` has passed `argument`'s rule. */
  read(event: E, argument: string | undefined, about: About): Value | undefined;
  /** Zeros are put before a printed number until it has so many digits, as Falco prints some times. */
  readonly digits?: number;
  /** What stands among an alert's fields instead of the value: Falco's `evt.time` is a text, but a number there. */
  typed?(event: E, about: About): Value | undefined;
}

/** The fields of one event source, by name. */
export type Catalogue<E> = ReadonlyMap<string, Field<E>>;

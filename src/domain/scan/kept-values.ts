/**
 * Values that were seen in one part of events, by their bytes, as objects that know them again. Senders choose values,
 * so the table neither grows nor slows down: a value is looked for at a few places, and a new one takes the place of another.
 */
import type { JsonValue } from "../json-value.ts";
import { ByteValue } from "./byte-value.ts";

/** One value of one part of events, the same object for every event that has it while it is kept. */
export class KeptValue {
  /** No other value of this process has it. */
  readonly serial: number;
  /** JSON, as it stood. */
  readonly #bytes: Uint8Array;
  #value: JsonValue | undefined;
  #texts: readonly string[] | undefined;

  constructor(bytes: Uint8Array) {
    this.serial = ++serials;
    this.#bytes = bytes;
  }

  /** The value, read once for all events that have it. */
  get value(): JsonValue {
    this.#value ??= new ReadOnce(this.#bytes, 0, this.#bytes.length);
    return this.#value;
  }

  /** A string decoded, lone surrogates as U+FFFD; anything else as compact JSON text. */
  get text(): string {
    return this.value.text();
  }

  /** Texts of its elements, where it is an array. */
  get texts(): readonly string[] {
    this.#texts ??= this.value.elements().map((element) => element.text());
    return this.#texts;
  }

  isAt(bytes: Uint8Array, from: number, length: number): boolean {
    const own = this.#bytes;
    if (own.length !== length) return false;
    for (let at = 0; at < length; at++) if (own[at] !== bytes[from + at]) return false;
    return true;
  }
}

let serials = 0;

/** Of bytes that may change. */
export const keptOf = (bytes: Uint8Array, from: number, to: number): KeptValue => new KeptValue(bytes.slice(from, to));

class ReadOnce extends ByteValue {
  #text: string | undefined;
  #elements: readonly JsonValue[] | undefined;

  override text(): string {
    this.#text ??= super.text();
    return this.#text;
  }

  override elements(): readonly JsonValue[] {
    this.#elements ??= super.elements();
    return this.#elements;
  }
}

const capacity = 1024;
const tries = 8;
/** Longer values are not kept. */
const longest = 512;

/** Chosen anew in each process, so that nobody outside knows which values meet. */
const seed = crypto.getRandomValues(new Int32Array(1))[0]!;

export class KeptValues {
  readonly #hashes = new Int32Array(capacity);
  readonly #values: (KeptValue | undefined)[] = Array.from({ length: capacity });
  #next = 0;

  /** The value of these bytes; undefined for one that is not kept. */
  of(bytes: Uint8Array, from: number, to: number): KeptValue | undefined {
    const length = to - from;
    if (length > longest) return undefined;
    let hash = seed ^ length;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash ^= hash >>> 13;
    for (let step = 0; step < tries; step++) {
      const at = (hash + step) & (capacity - 1);
      const value = this.#values[at];
      if (value === undefined) return this.#keep(at, hash, bytes, from, to);
      if (this.#hashes[at] === hash && value.isAt(bytes, from, length)) return value;
    }
    this.#next = (this.#next + 1) % tries;
    return this.#keep((hash + this.#next) & (capacity - 1), hash, bytes, from, to);
  }

  #keep(at: number, hash: number, bytes: Uint8Array, from: number, to: number): KeptValue {
    const value = keptOf(bytes, from, to);
    this.#hashes[at] = hash;
    this.#values[at] = value;
    return value;
  }
}

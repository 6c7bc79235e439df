/**
 * Values that were seen in one part of events, by their bytes, each with a row number below a bound. Senders choose values,
 * so the table neither grows nor slows down: a value is looked for at a few places, and a new one takes the place of another.
 */

const capacity = 1024;
const tries = 8;
/** Longer values are not kept. */
const longest = 512;

/** Chosen anew in each process, so that nobody outside knows which values meet. */
const seed = crypto.getRandomValues(new Int32Array(1))[0]!;

/** Rows are numbered from 1 to this; 0 is that of no value. */
export const mostRows = capacity;

export class SeenValues {
  readonly #hashes = new Int32Array(capacity);
  readonly #values: (Uint8Array | undefined)[] = Array.from({ length: capacity });
  #next = 0;
  /** Set by `row`: the value was not there, and what was kept of its row before is another's. */
  isNew = false;

  /** The row of a value of these bytes; -1 for one that is not kept. */
  row(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (length > longest) return -1;
    let hash = seed ^ length;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash ^= hash >>> 13;
    for (let step = 0; step < tries; step++) {
      const at = (hash + step) & (capacity - 1);
      const value = this.#values[at];
      if (value === undefined) return this.#keep(at, hash, bytes, from, to);
      if (this.#hashes[at] === hash && isSame(value, bytes, from, length)) {
        this.isNew = false;
        return at + 1;
      }
    }
    this.#next = (this.#next + 1) % tries;
    return this.#keep((hash + this.#next) & (capacity - 1), hash, bytes, from, to);
  }

  #keep(at: number, hash: number, bytes: Uint8Array, from: number, to: number): number {
    this.#hashes[at] = hash;
    this.#values[at] = bytes.slice(from, to);
    this.isNew = true;
    return at + 1;
  }
}

function isSame(value: Uint8Array, bytes: Uint8Array, from: number, length: number): boolean {
  if (value.length !== length) return false;
  for (let at = 0; at < length; at++) if (value[at] !== bytes[from + at]) return false;
  return true;
}

/** Which row has an id: a table of numbers, as a hundred thousand strings would cost their collector more than the look-ups. */
import { idBytes } from "./columns.ts";

const none = -1;

export class RowTable {
  #rows = new Int32Array(8192).fill(none);
  #count = 0;

  get bytes(): number {
    return this.#rows.byteLength;
  }

  /** The row in `ids` with that id, of those that were set. */
  get(ids: Uint8Array, id: Uint8Array, at: number): number | undefined {
    const mask = this.#rows.length - 1;
    for (let place = hashOf(id, at) & mask; ; place = (place + 1) & mask) {
      const row = this.#rows[place]!;
      if (row === none) return undefined;
      if (isSame(ids, row * idBytes, id, at)) return row;
    }
  }

  /** The id's row from now on. */
  set(ids: Uint8Array, row: number): void {
    if (this.#count * 2 >= this.#rows.length) this.#grow(ids);
    if (this.#put(ids, row)) this.#count++;
  }

  #put(ids: Uint8Array, row: number): boolean {
    const mask = this.#rows.length - 1;
    for (let place = hashOf(ids, row * idBytes) & mask; ; place = (place + 1) & mask) {
      const held = this.#rows[place]!;
      if (held !== none && !isSame(ids, held * idBytes, ids, row * idBytes)) continue;
      this.#rows[place] = row;
      return held === none;
    }
  }

  #grow(ids: Uint8Array): void {
    const former = this.#rows;
    this.#rows = new Int32Array(former.length * 2).fill(none);
    for (const row of former) if (row !== none) this.#put(ids, row);
  }
}

/** Ids are hashes themselves. */
const hashOf = (ids: Uint8Array, at: number): number =>
  (ids[at]! | (ids[at + 1]! << 8) | (ids[at + 2]! << 16) | (ids[at + 3]! << 24)) >>> 0;

/** Whether the ids at two places are the same. */
export function isSame(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
  for (let byte = 0; byte < idBytes; byte++) if (a[atA + byte] !== b[atB + byte]) return false;
  return true;
}

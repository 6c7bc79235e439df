/** Parts of blocks that were read, as many as there is room for; those not asked about for longest leave first. */

interface Held {
  readonly value: unknown;
  readonly bytes: number;
}

/** Who reads single rows here and there must not push out what questions about all rows need again. */
export interface Shelves {
  readonly parts: Shelf;
  /** Frames of which single rows were read. */
  readonly frames: Shelf;
}

export class Shelf {
  readonly #room: number;
  readonly #held = new Map<object, Map<string, Held & { used: number }>>();
  #bytes = 0;
  #clock = 0;

  /** `room` in bytes. */
  constructor(room: number) {
    this.#room = room;
  }

  /** What is held of an owner under that name; made where it is not. */
  have<T>(owner: object, name: string, make: () => { readonly value: T; readonly bytes: number }): T {
    let parts = this.#held.get(owner);
    const held = parts?.get(name);
    if (held !== undefined) {
      held.used = ++this.#clock;
      return held.value as T;
    }
    const made = make();
    if (this.#bytes + made.bytes > this.#room) this.#makeRoom(made.bytes);
    parts = this.#held.get(owner);
    if (parts === undefined) {
      parts = new Map();
      this.#held.set(owner, parts);
    }
    parts.set(name, { ...made, used: ++this.#clock });
    this.#bytes += made.bytes;
    return made.value;
  }

  /** What is held of an owner under that name, if anything. */
  held(owner: object, name: string): unknown {
    const held = this.#held.get(owner)?.get(name);
    if (held !== undefined) held.used = ++this.#clock;
    return held?.value;
  }

  forget(owner: object): void {
    for (const { bytes } of this.#held.get(owner)?.values() ?? []) this.#bytes -= bytes;
    this.#held.delete(owner);
  }

  /** A quarter of the room at once, so that it is seldom looked for. */
  #makeRoom(bytes: number): void {
    const all = [...this.#held].flatMap(([owner, parts]) => [...parts].map(([name, held]) => ({ owner, name, held })));
    all.sort((a, b) => a.held.used - b.held.used);
    const wanted = this.#room * 0.75 - bytes;
    for (const { owner, name, held } of all) {
      if (this.#bytes <= wanted) break;
      this.#held.get(owner)?.delete(name);
      this.#bytes -= held.bytes;
    }
  }
}

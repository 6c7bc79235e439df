/** How far a log was read, and which of its entries were within the overlap that each question reaches back. */
import { createHash } from "node:crypto";
import type { SourceMemory } from "../domain/source.ts";

/** An entry by the identity that its log gives it, and its time in milliseconds since 1970. */
export type ReadEntry = readonly [id: string, time: number];

/** Times in milliseconds since 1970. A slot holds marks of entries, the newest of them at `to`. */
interface Cursor {
  readonly begin?: number;
  readonly time: number;
  readonly slots?: readonly (readonly [slot: number, to: number])[];
  /** Where former versions kept the marks. */
  readonly seen?: readonly (readonly [mark: string, time: number])[];
}

interface Slot {
  readonly slot: number;
  readonly marks: string[];
  to: number;
}

/** So many marks at most are written again with each page, however many the overlap holds. */
const slotMarks = 1000;
const cursorKey = "cursor";
const slotKey = (slot: number) => `seen ${slot}`;

/** Entries may share a moment, and come late: only what an entry is called tells whether it was read. */
export class ReadWindow {
  /** The newest entry's time. */
  #time: number;
  readonly #begin: number;
  readonly #overlapMs: number;
  readonly #memory: SourceMemory;
  readonly #seen = new Set<string>();
  #slots: Slot[] = [];

  private constructor(begin: number, time: number, overlapMs: number, memory: SourceMemory) {
    this.#begin = begin;
    this.#time = time;
    this.#overlapMs = overlapMs;
    this.#memory = memory;
  }

  /** As it was kept; else from `begin` on, which is kept at once: a source that fails until tomorrow begins today. */
  static async open(begin: number, overlapMs: number, memory: SourceMemory): Promise<ReadWindow> {
    const text = await memory.get(cursorKey);
    const kept: Cursor = text === undefined ? { begin, time: begin } : JSON.parse(text);
    const window = new ReadWindow(kept.begin ?? 0, kept.time, overlapMs, memory);
    for (const [slot, to] of kept.slots ?? []) {
      const marks: string[] = JSON.parse((await memory.get(slotKey(slot))) || "[]");
      window.#hold({ slot, marks, to });
    }
    if (kept.seen !== undefined)
      await window.#keep(
        kept.seen.map(([mark]) => mark),
        Math.max(kept.time, ...kept.seen.map(([, time]) => time)),
      );
    else if (text === undefined) await window.#save();
    return window;
  }

  /** Where the next question begins. */
  get from(): number {
    return Math.max(0, this.#begin, this.#time - this.#overlapMs);
  }

  has(id: string): boolean {
    return this.#seen.has(markOf(id));
  }

  /**
   * What was delivered was read, and the window moves to the newest of it. `now` bounds how far: an entry out of the
   * future would otherwise hide all those until then. One call at a time.
   */
  async keep(entries: readonly ReadEntry[], now: number): Promise<void> {
    if (entries.length === 0) return;
    this.#time = Math.max(this.#time, Math.min(newestOf(entries), now));
    await this.mark(entries);
  }

  /** What was delivered was read; the window stays where it is. */
  async mark(entries: readonly ReadEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#keep(
      entries.map(([id]) => markOf(id)),
      newestOf(entries),
    );
  }

  /** All up to `time` is known to be read; marks before the overlap are forgotten. */
  async advance(time: number): Promise<void> {
    if (time <= this.#time) return;
    this.#time = time;
    this.#forget();
    await this.#save();
  }

  async #keep(marks: readonly string[], to: number): Promise<void> {
    this.#forget();
    for (let at = 0; at < marks.length; ) {
      const slot = this.#roomy();
      const some = marks.slice(at, at + slotMarks - slot.marks.length);
      at += some.length;
      slot.marks.push(...some);
      slot.to = Math.max(slot.to, to);
      for (const mark of some) this.#seen.add(mark);
      await this.#memory.set(slotKey(slot.slot), JSON.stringify(slot.marks));
    }
    // Last: what it names is there.
    await this.#save();
  }

  #hold(slot: Slot): void {
    this.#slots.push(slot);
    for (const mark of slot.marks) this.#seen.add(mark);
  }

  #forget(): void {
    const { from } = this;
    for (const { marks, to } of this.#slots) if (to < from) for (const mark of marks) this.#seen.delete(mark);
    this.#slots = this.#slots.filter(({ to }) => to >= from);
  }

  /** The last slot while it has room, else one whose marks were forgotten. */
  #roomy(): Slot {
    const last = this.#slots.at(-1);
    if (last !== undefined && last.marks.length < slotMarks) return last;
    const taken = new Set(this.#slots.map(({ slot }) => slot));
    let free = 0;
    while (taken.has(free)) free++;
    const slot: Slot = { slot: free, marks: [], to: 0 };
    this.#slots.push(slot);
    return slot;
  }

  #save(): Promise<void> {
    const cursor: Cursor = {
      begin: this.#begin,
      time: this.#time,
      slots: this.#slots.map(({ slot, to }) => [slot, to] as const),
    };
    return this.#memory.set(cursorKey, JSON.stringify(cursor));
  }
}

function newestOf(entries: readonly ReadEntry[]): number {
  return entries.reduce((latest, [, time]) => Math.max(latest, time), 0);
}

/** 72 bits: two in an overlap are the same once in a million billion. */
function markOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url").slice(0, 12);
}

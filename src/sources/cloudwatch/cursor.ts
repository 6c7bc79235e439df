/** How far a log group was read, and which events within the overlap were. */
import { createHash } from "node:crypto";

/** Milliseconds since 1970, and short marks of event ids with their events' times. */
interface Kept {
  readonly time: number;
  readonly seen: readonly (readonly [mark: string, time: number])[];
}

/** CloudWatch gives each log event an id of its own; events may share a millisecond, and come late. */
export class Cursor {
  /** The newest event's time. */
  time: number;
  readonly #overlapMs: number;
  readonly #seen: Map<string, number>;

  constructor(begin: number, overlapMs: number, kept?: string) {
    const { time, seen }: Kept = kept === undefined ? { time: begin, seen: [] } : JSON.parse(kept);
    this.time = time;
    this.#overlapMs = overlapMs;
    this.#seen = new Map(seen);
  }

  /** Where the next question begins. */
  get from(): number {
    return Math.max(0, this.time - this.#overlapMs);
  }

  has(id: string): boolean {
    return this.#seen.has(markOf(id));
  }

  add(id: string, time: number): void {
    this.#seen.set(markOf(id), time);
    this.time = Math.max(this.time, time);
  }

  /** As text, what lies before the overlap forgotten. */
  text(): string {
    for (const [mark, time] of this.#seen) if (time < this.from) this.#seen.delete(mark);
    return JSON.stringify({ time: this.time, seen: [...this.#seen] } satisfies Kept);
  }
}

/** 72 bits of an id of 56 digits: two in an overlap are the same once in a million billion. */
function markOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url").slice(0, 12);
}

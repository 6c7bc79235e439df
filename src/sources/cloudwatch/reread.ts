/** When to read again what lies before the overlap, and which of it came too late for the overlap. */

/** A question that was answered whole. */
interface Asked {
  /** Milliseconds since 1970, both. */
  readonly at: number;
  readonly from: number;
}

/** CloudWatch may show an event a while after its ingestion time: AWS names no bound; doubles are seen once. */
const settleMs = 10_000;

export class Reread {
  readonly #everyMs: number;
  readonly #reachMs: number;
  #asked: Asked[] = [];
  #last: number;

  constructor(everyMs: number, overlapMs: number, now: number) {
    this.#everyMs = everyMs;
    // So far that each moment before the overlap is read again once.
    this.#reachMs = everyMs + overlapMs;
    this.#last = now;
  }

  /** Notes a question that was answered up to its last page. */
  asked(asked: Asked): void {
    this.#asked.push(asked);
    const oldest = asked.at - this.#reachMs;
    // The last one that reaches further back than all that is read again tells of the oldest.
    while ((this.#asked[1]?.from ?? Number.POSITIVE_INFINITY) <= oldest) this.#asked.shift();
  }

  /** The stretch to read again, up to `to`; undefined while it is not time. */
  due(now: number, to: number): { readonly from: number; readonly to: number } | undefined {
    if (this.#everyMs === 0 || now - this.#last < this.#everyMs) return undefined;
    const from = Math.max(now - this.#reachMs, this.#asked[0]?.from ?? to);
    return from < to ? { from, to: to - 1 } : undefined;
  }

  /** All that was due at `now` is read. */
  done(now: number): void {
    this.#last = now;
  }

  /** Whether the event came after the last question that would have brought it. */
  isLate({ timestamp = 0, ingestionTime = 0 }: { timestamp?: number; ingestionTime?: number }): boolean {
    const last = this.#asked.findLast(({ from }) => from <= timestamp);
    return last !== undefined && ingestionTime > last.at - settleMs;
  }
}

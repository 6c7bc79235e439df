/** The partitions that are read over one connection, and how far behind each is. */
import type { LastEnqueuedEventProperties, ReceivedEventData } from "@azure/event-hubs";

/** What waits in a hub for us. */
export interface Behind {
  readonly messages: number;
  /** How old the message is that was kept last; 0 where none waits. */
  readonly secs: number;
}

/** One partition while it is ours. */
export class Partition {
  readonly #ending = new AbortController();
  /** Fires when it is ours no longer. */
  readonly signal: AbortSignal;
  /** The sequence number and the time of what was kept last. */
  #last: { readonly number: number; readonly at?: Date } | undefined;
  #messages = 0;

  /** `reached`: the sequence number of the last message that was kept before. */
  constructor(session: AbortSignal, reached: number | undefined) {
    this.signal = AbortSignal.any([session, this.#ending.signal]);
    if (reached !== undefined) this.#last = { number: reached };
  }

  /** A hub numbers its messages without gaps: what is missing has grown older than it keeps. */
  lost([first]: readonly ReceivedEventData[], tell: (count: number) => void): void {
    if (first === undefined || this.#last === undefined) return;
    const missing = first.sequenceNumber - this.#last.number - 1;
    if (missing > 0) tell(missing);
  }

  reached(last: ReceivedEventData | undefined, newest: LastEnqueuedEventProperties | undefined): void {
    if (last !== undefined) this.#last = { number: last.sequenceNumber, at: last.enqueuedTimeUtc };
    const end = newest?.sequenceNumber;
    if (this.#last !== undefined && end !== undefined) this.#messages = Math.max(0, end - this.#last.number);
  }

  behind(now: Date): Behind {
    const secs = this.#messages === 0 ? 0 : (now.getTime() - (this.#last?.at ?? now).getTime()) / 1000;
    return { messages: this.#messages, secs: Math.max(0, secs) };
  }

  /** Whether it was taken from us, not only that all ends. */
  get isTaken(): boolean {
    return this.#ending.signal.aborted;
  }

  end(): void {
    this.#ending.abort();
  }
}

export class Partitions {
  readonly #session: AbortSignal;
  readonly #open = new Map<string, Partition>();

  constructor(session: AbortSignal) {
    this.#session = session;
  }

  open(id: string, reached: number | undefined): void {
    this.close(id);
    this.#open.set(id, new Partition(this.#session, reached));
  }

  of(id: string): Partition | undefined {
    return this.#open.get(id);
  }

  close(id: string): void {
    this.#open.get(id)?.end();
    this.#open.delete(id);
  }

  /** All together, and as late as the latest. */
  behind(now: Date): Behind {
    const each = [...this.#open.values()].map((partition) => partition.behind(now));
    return {
      messages: each.reduce((sum, { messages }) => sum + messages, 0),
      secs: Math.max(0, ...each.map(({ secs }) => secs)),
    };
  }
}

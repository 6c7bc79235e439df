/** What a source hands over: bytes as they came, with who sent them and when. */

export interface Batch {
  /** Which source took it in, by its configured name: `webhook`. */
  readonly source: string;
  /** The cluster it came from, by name. */
  readonly cluster: string;
  /** True where nobody said so, neither a configuration nor the sender: then what wraps an event may name its cluster. */
  readonly assumed?: boolean;
  /** When we took it in. */
  readonly receivedAt: Date;
  /** The payload as sent, after any transfer or content encoding was undone. Valid until `deliver` has settled: its memory is used again. */
  readonly body: Uint8Array;
  /** True when the transfer broke off before its end. */
  readonly cut?: boolean;
}

/**
 * Resolves once the batch is safe; only then may a source move its cursor, delete a message or answer 200.
 * Rejects with a `Refusal` when it is not; the source then sends it again later.
 */
export type Deliver = (batch: Batch) => Promise<void>;

/** Why a batch could not be kept: the disk is full or fails, or we are behind. Anything else thrown is a bug. */
export class Refusal extends Error {
  readonly kind: "overloaded" | "disk-full" | "unwritable" | "stopping";
  constructor(kind: Refusal["kind"], why: string) {
    super(why);
    this.kind = kind;
  }
}

/** Acknowledgements, and what is known of those that did not arrive. */
import type { Message } from "@google-cloud/pubsub";

/** So many ids are remembered at most; beyond them a message is kept a second time, and the index shows it once. */
const most = 100_000;

export class Acknowledging {
  /** Kept messages whose acknowledgement was refused: they come again. */
  readonly #unheard = new Set<string>();
  readonly #lost: (why: string) => void;

  constructor(lost: (why: string) => void) {
    this.#lost = lost;
  }

  /**
   * Acknowledges a message that was kept. Of a subscription with exactly-once delivery the client hears whether that
   * worked, and tries again for ten minutes; any other answers nothing, and sends a message whose acknowledgement was
   * lost again: cloud.google.com/pubsub/docs/exactly-once-delivery.
   */
  acknowledge(message: Message): void {
    message.ackWithResponse().then(
      () => void this.#unheard.delete(message.id),
      (error: unknown) => {
        if (this.#unheard.size < most) this.#unheard.add(message.id);
        this.#lost(error instanceof Error ? error.message : String(error));
      },
    );
  }

  /** Whether it was kept before, and came again for want of an acknowledgement. */
  wasKept({ id }: Message): boolean {
    return this.#unheard.has(id);
  }
}

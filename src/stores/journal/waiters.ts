/** Who waits until a journal reaches further than a position, wherever the journal is. */
export interface Waiters {
  /** Resolves once the journal reaches behind `after`, or the signal says to stop. */
  wait(after: number, signal: AbortSignal): Promise<void>;
  /** The journal has come this far. */
  reached(last: number): void;
  /** Nothing comes any more. */
  end(): void;
}

/** `last`: how far the journal has come. */
export function waitersFor(last: () => number): Waiters {
  const waiters = new Set<{ readonly after: number; readonly resolve: () => void }>();
  return {
    wait(after, signal) {
      if (last() > after || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          waiters.delete(waiter);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const waiter = { after, resolve: done };
        waiters.add(waiter);
        signal.addEventListener("abort", done, { once: true });
      });
    },
    reached(now) {
      for (const waiter of [...waiters]) if (now > waiter.after) waiter.resolve();
    },
    end() {
      for (const waiter of [...waiters]) waiter.resolve();
    },
  };
}

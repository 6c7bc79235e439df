/** Tells all who listen that something happened; what it was they ask for themselves. */

export interface Bell {
  tell(): void;
  /** Answers how to listen no more. */
  listen(listener: () => void): () => void;
}

export function bell(): Bell {
  const listeners = new Set<() => void>();
  return {
    tell: () => {
      for (const listener of listeners) listener();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

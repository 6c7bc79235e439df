/** The journal as the other thread asks for it: this thread has it open. */
import type { Entry, Journal } from "../../domain/store.ts";
import type { JournalAnswers, Reach } from "./far-journal.ts";

/** A journal that tells how far it has come before it tells who waits for it. */
export function telling(journal: Journal, tell: (reach: Reach) => void): Journal {
  let told = journal.last;
  return {
    ...journal,
    get first() {
      return journal.first;
    },
    get last() {
      return journal.last;
    },
    async append(batch) {
      const kept = await journal.append(batch);
      if (journal.last > told) {
        told = journal.last;
        tell(reachOf(journal));
      }
      return kept;
    },
  };
}

export function reachOf({ first, last }: Journal): Reach {
  return { first, last };
}

export function journalAnswers(journal: Journal): JournalAnswers {
  return {
    read: (after, maxBytes) => journal.read(after, maxBytes),
    verify: () => journal.verify(),
    async retain(limits) {
      const { removedEntries } = await journal.retain(limits);
      return { removedEntries, first: journal.first };
    },
    bytes: () => journal.bytes(),
  };
}

/** Smaller memory may be cut from a pool, and costs little to copy. */
const worthMoving = 1 << 17;

/** The memory of entries that were read, each piece once: nobody here reads it any more. */
export function movedMemory(value: unknown): ArrayBuffer[] {
  if (!Array.isArray(value)) return [];
  const buffers = new Set<ArrayBuffer>();
  for (const { body } of value as readonly Entry[])
    if (body.buffer instanceof ArrayBuffer && body.buffer.byteLength >= worthMoving) buffers.add(body.buffer);
  return [...buffers];
}

/** The journal as the thread sees it that did not open it: asked through a port; bodies come over without a copy. */
import { free } from "../../domain/freed.ts";
import type { Entry, Journal, JournalReport, KeptJournal } from "../../domain/store.ts";
import { waitersFor } from "../../stores/journal/waiters.ts";
import type { Asking } from "./asking.ts";

/** What a journal is asked. Positions are told without being asked for. */
export type JournalAnswers = {
  read(after: number, maxBytes: number): Promise<readonly Entry[]>;
  verify(): Promise<JournalReport>;
  retain(
    limits: Parameters<Journal["retain"]>[0],
  ): Promise<{ readonly removedEntries: number; readonly first: number }>;
  bytes(): Promise<number>;
};

/** From where, and up to where, the journal holds entries. */
export interface Reach {
  readonly first: number;
  readonly last: number;
}

const stretchBytes = 4 << 20;

/** `reached` is to be called with what the other thread tells, first of all with where the journal stands. */
export function farJournal(
  asking: Asking<JournalAnswers>,
  close: () => Promise<void>,
): { readonly journal: KeptJournal; reached(reach: Reach): void } {
  let [first, last] = [1, 0];
  const waiters = waitersFor(() => last);
  const reached = (reach: Reach) => {
    ({ first, last } = reach);
    waiters.reached(last);
  };
  /** On the way a buffer becomes an array of bytes. */
  const read = async (after: number, maxBytes: number): Promise<readonly Entry[]> =>
    (await asking.ask("read", after, maxBytes)).map((entry) => {
      const { buffer, byteOffset, byteLength } = entry.body;
      return { ...entry, body: Buffer.from(buffer, byteOffset, byteLength) };
    });
  const journal: KeptJournal = {
    read,
    async *stretches(after) {
      const upTo = last;
      const readOn = (from: number) => {
        const entries = from < upTo ? read(from, stretchBytes) : undefined;
        // Who breaks off does not wait for it; who goes on hears of it then.
        entries?.catch(() => undefined);
        return entries;
      };
      for (let coming = readOn(after); coming !== undefined; ) {
        const entries = await coming;
        const end = entries.at(-1)?.position;
        if (end === undefined) return;
        coming = readOn(end);
        yield entries.filter(({ position }) => position <= upTo);
        for (const { body } of entries) if (body.byteLength > 0) free(body);
      }
    },
    get first() {
      return first;
    },
    get last() {
      return last;
    },
    wait: waiters.wait,
    verify: () => asking.ask("verify"),
    async retain(limits) {
      const { removedEntries, first: left } = await asking.ask("retain", limits);
      first = left;
      return { removedEntries };
    },
    bytes: () => asking.ask("bytes"),
    async close() {
      await close();
      waiters.end();
    },
  };
  return { journal, reached };
}

/** What is old enough to go, or too much to stay: asked of journal and index, again and again. */
import type { Index, KeptJournal } from "../domain/store.ts";

export interface RetentionLimits {
  /** Days counted from receipt; absent: no limit. */
  readonly journalDays?: number;
  readonly journalBytes?: number;
  readonly indexDays?: number;
  readonly indexBytes?: number;
}

export interface RetentionWorld {
  readonly journal: KeptJournal;
  readonly index: Index;
  readonly limits: RetentionLimits;
  readonly now: () => Date;
}

const dayMillis = 24 * 60 * 60 * 1000;

/** One sweep. The journal never gives up what the index does not hold yet. */
export async function sweep({ journal, index, limits, now }: RetentionWorld): Promise<{
  readonly removedEntries: number;
  readonly removedRows: number;
}> {
  const before = (days: number | undefined) =>
    days === undefined ? {} : { before: new Date(now().getTime() - days * dayMillis) };
  const upTo = await index.position();
  const { removedEntries } = await journal.retain({
    ...before(limits.journalDays),
    maxBytes: limits.journalBytes,
    upTo,
  });
  const { removedRows } = await index.retain({ ...before(limits.indexDays), maxBytes: limits.indexBytes });
  return { removedEntries, removedRows };
}

/** One process per data directory. */
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { JournalError } from "./journal-error.ts";

// Node offers no file locks, SQLite does: an exclusive transaction, held open, is a lock that the kernel lets go of
// with the process, so a killed one never blocks the next, and a pid that was given out again fools nobody.

/** Holds the directory until called; a `JournalError` where another process (or another part of this one) holds it. */
export function lockDir(dir: string): () => void {
  const path = join(dir, "lock");
  const lock = new DatabaseSync(path);
  try {
    chmodSync(path, 0o600);
    lock.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked|busy/i.test(error.message))
      throw new JournalError(
        `the data directory ${dir} is in use by another Tiercel: stop it first, or give this one a directory of its own`,
      );
    throw error;
  }
  return () => lock.close();
}

/** The journal: raw batches in the order they came, durably. On files, unless one machine is outgrown. */
export { journalKey } from "./cipher.ts";
export { type FileJournalOptions, openFileJournal } from "./files.ts";
export { JournalError } from "./journal-error.ts";
export { verifyFileJournal } from "./verify.ts";

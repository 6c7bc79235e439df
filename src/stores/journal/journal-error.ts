/** Why a journal cannot be opened or read, with the way out. */

export class JournalError extends Error {
  override readonly name = "JournalError";
}

/** The three stores of a data folder, opened as the configuration says; what keeps them shut is told with its remedy. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Config } from "../config/schema.ts";
import type { Index, Journal, KeptJournal, State } from "../domain/store.ts";
import { DamagedIndex, IndexInUse, NewerIndex, openIndex } from "../stores/index/index.ts";
import { JournalError, journalKey, openFileJournal } from "../stores/journal/index.ts";
import { NewerState, openState } from "../stores/state/index.ts";
import { UsageError } from "./io.ts";
import type { Log } from "./log.ts";

export interface Stores<Kept extends KeptJournal = Journal> {
  readonly journal: Kept;
  readonly state: State;
  /** Opens the index, which takes longest and which nobody who only sends waits for. Throws as `openStores` does. */
  index(): Promise<Index>;
  /** Lets go of all that is open, in the order that loses nothing. */
  close(): Promise<void>;
}

export interface StoresOptions {
  /** Throws the index away first, readable or not. */
  readonly freshIndex?: boolean;
}

/** Opens journal and state. Throws a `UsageError` for what the operator can mend. */
export function openStores(config: Config, log: Log, options: StoresOptions = {}): Promise<Stores> {
  return openStoresBy(config, (startAfter) => openJournal(config, startAfter, log), options);
}

/** The same with a journal that is opened otherwise; it goes on behind `startAfter` where it is new. */
export async function openStoresBy<Kept extends KeptJournal>(
  config: Config,
  journalBehind: (startAfter: number) => Promise<Kept>,
  { freshIndex = false }: StoresOptions = {},
): Promise<Stores<Kept>> {
  const dir = config.data_dir;
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const store of opened.splice(0).reverse()) await store.close();
  };
  try {
    makeFolder(dir);
    accessSync(dir, constants.W_OK | constants.X_OK);
    const state = await openState({ dir: join(dir, "state") });
    opened.push(state);
    const indexDir = join(dir, "index");
    let index: Promise<Index> | undefined;
    const openedIndex = async () => {
      const memory_limit_bytes = config.index.memory_limit_bytes;
      const store = await openIndex({ dir: indexDir, memory_limit_bytes, fresh: freshIndex });
      opened.push(store);
      return store;
    };
    // Whoever holds the journal holds the folder: an index is thrown away only by its owner. But a journal begun anew
    // beside an index that outlived it must go on behind what that holds.
    const isNew = !existsSync(join(dir, "journal", "anchor.json"));
    if (isNew && !freshIndex && existsSync(indexDir)) index = openedIndex();
    const journal = await journalBehind(index === undefined ? 0 : await (await index).position());
    opened.push(journal);
    return {
      journal,
      state,
      async index() {
        index ??= openedIndex();
        try {
          return await index;
        } catch (error) {
          throw told(error, dir);
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw told(error, dir);
  }
}

/** Opens the journal of a data folder that is there. Throws as `openStores` does. */
export async function openJournal(config: Config, startAfter: number, log: Log): Promise<Journal> {
  const dir = config.data_dir;
  const key = encryptionKey(config.journal);
  const { min_free_bytes: minFreeBytes } = config.journal;
  try {
    return await openFileJournal({ dir, key, startAfter, minFreeBytes, log });
  } catch (error) {
    throw told(error, dir);
  }
}

/** Makes a folder with those around it. Node's own way to do so goes on for ever where /proc and its like forbid it. */
function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "EEXIST") return;
    const parent = dirname(resolve(dir));
    if (error.code !== "ENOENT" || existsSync(parent)) throw error;
    makeFolder(parent);
    mkdirSync(dir, { mode: 0o700 });
  }
}

export function encryptionKey({ encryption_key, encryption_key_file }: Config["journal"]): Uint8Array | undefined {
  if (encryption_key !== undefined && encryption_key_file !== undefined)
    throw new UsageError("`journal.encryption_key` and `journal.encryption_key_file` are both set", "keep one of them");
  try {
    if (encryption_key_file !== undefined) return journalKey(readFileSync(encryption_key_file, "utf8"));
    return encryption_key === undefined ? undefined : journalKey(encryption_key);
  } catch (error) {
    if (error instanceof JournalError) throw new UsageError(error.message);
    if (isSystemError(error)) throw new UsageError(`the journal's key cannot be read: ${error.message}`);
    throw error;
  }
}

/** What the operator can mend, in words; anything else is a bug and travels on. */
function told(error: unknown, dir: string): unknown {
  if (error instanceof JournalError || error instanceof NewerState) return new UsageError(error.message);
  if (error instanceof DamagedIndex || error instanceof NewerIndex || error instanceof IndexInUse)
    return new UsageError(error.message);
  if (isSystemError(error))
    return new UsageError(
      `the data folder ${dir} cannot be used: ${error.message}`,
      "name another with `--data`, or give this user the right to write there",
    );
  return error;
}

/** Whether a batch could be written now; throws why not. */
export async function journalCheck({ data_dir, journal }: Config): Promise<string> {
  const folder = join(data_dir, "journal");
  await access(folder, constants.W_OK);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < journal.min_free_bytes)
    throw new Error(`the disk has ${free} bytes left, less than journal.min_free_bytes: batches are refused`);
  return `it can be written, and the disk has ${free} bytes left`;
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error;
}

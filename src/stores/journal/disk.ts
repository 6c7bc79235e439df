/** What the journal asks of the disk, and what its refusals mean. */
import { type FileHandle, open, rename, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { Refusal } from "../../domain/batch.ts";

/** The seam where a test lets the disk fill up. */
export interface Disk {
  /** Writes all parts, one behind the other. */
  write(file: FileHandle, parts: readonly Uint8Array[], offset: number): Promise<void>;
  /** Resolves when what was written would survive a power cut. */
  sync(file: FileHandle): Promise<void>;
  freeBytes(dir: string): Promise<number>;
}

export const realDisk: Disk = {
  async write(file, parts, offset) {
    let rest: readonly Uint8Array[] = parts.filter((part) => part.length > 0);
    let at = offset;
    while (rest.length > 0) {
      const { bytesWritten } = await file.writev(rest, at);
      at += bytesWritten;
      rest = beyond(rest, bytesWritten);
    }
  },
  sync: (file) => file.datasync(),
  async freeBytes(dir) {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  },
};

/** The `Refusal` that a failed write comes to. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = error instanceof Error ? error.message : String(error);
  if (code === "ENOSPC" || code === "EDQUOT") return new Refusal("disk-full", `the journal's disk is full: ${why}`);
  return new Refusal("unwritable", `the journal cannot be written: ${why}`);
}

/** A file that is there whole, under its name, after any crash, or not at all. Its mode is 0600. */
export async function placeFile(path: string, parts: readonly Uint8Array[], disk: Disk = realDisk): Promise<void> {
  const fresh = `${path}.tmp`;
  const file = await open(fresh, "w", 0o600);
  try {
    await disk.write(file, parts, 0);
    await disk.sync(file);
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  await syncDir(dirname(path));
}

/** Makes creations, renames and removals in a directory survive a power cut. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function beyond(parts: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  let index = 0;
  while (index < parts.length && left >= parts[index]!.length) left -= parts[index++]!.length;
  return left === 0 ? parts.slice(index) : [parts[index]!.subarray(left), ...parts.slice(index + 1)];
}

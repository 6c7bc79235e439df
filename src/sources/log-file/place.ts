/** How far a log was read, and where that is after it was renamed, compressed, copied or cut (reference 04 §3.3). */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import type { Member } from "./family.ts";

export interface Place {
  readonly dev: number;
  readonly ino: number;
  /** Bytes read, as they were before any compression; always the end of a line. */
  readonly offset: number;
  /** SHA-256 of the file's first `headBytes`. */
  readonly head: string;
  readonly headBytes: number;
  /** When this was noted, RFC 3339. */
  readonly at: string;
}

export interface Stretch {
  readonly member: Member;
  readonly from: number;
}

export const headLength = 1024;

/** What is to be read, in order; `lost` where the place is in none of the family's files any more. */
export async function stretchesFrom(
  family: readonly Member[],
  place: Place,
): Promise<{ readonly stretches: readonly Stretch[]; readonly lost: boolean }> {
  const at = await indexOf(family, place);
  const whole = (member: Member): Stretch => ({ member, from: 0 });
  if (at >= 0) {
    const [here, ...later] = family.slice(at) as [Member, ...Member[]];
    return { stretches: [{ member: here, from: place.offset }, ...later.map(whole)], lost: false };
  }
  const since = Date.parse(place.at);
  return { stretches: family.filter(({ isLive, time }) => isLive || time > since).map(whole), lost: true };
}

/** By inode first; an inode may have been given to another file, and a compressed or copied one has a new one. */
async function indexOf(family: readonly Member[], place: Place): Promise<number> {
  const fits = async (member: Member) =>
    (member.isZipped || member.size >= place.offset) && (await headOf(member, place.headBytes)) === place.head;
  const same = family.findIndex(({ dev, ino, isZipped }) => dev === place.dev && ino === place.ino && !isZipped);
  const one = family[same];
  if (one !== undefined && (await fits(one))) return same;
  if (place.headBytes === 0) return -1;
  for (const [index, member] of family.entries()) if (index !== same && (await fits(member))) return index;
  return -1;
}

/** Undefined where the file is gone, shorter, or cannot be unpacked. */
async function headOf(member: Member, bytes: number): Promise<string | undefined> {
  try {
    const head = member.isZipped ? await unzippedHead(member.path, bytes) : await plainHead(member.path, bytes);
    return head.length === bytes ? digestOf(head) : undefined;
  } catch (error) {
    if (isNoGzip(error) || (error instanceof Error && "code" in error && error.code === "ENOENT")) return undefined;
    throw error;
  }
}

export function digestOf(head: Uint8Array): string {
  return createHash("sha256").update(head).digest("hex");
}

async function plainHead(path: string, bytes: number): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Whether a file cannot be unpacked any further: it was broken off, or is none. */
export function isNoGzip(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}

/** The first bytes of a compressed file's content. */
export async function unzippedHead(path: string, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let held = 0;
  for await (const chunk of unzipped(path)) {
    chunks.push(chunk);
    held += chunk.length;
    if (held >= bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}

/** A compressed file's content. */
export async function* unzipped(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  try {
    for await (const chunk of file.pipe(gunzip)) yield chunk;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

/** A segment that is full: its frames compressed in blocks, with a table of contents and a digest of the whole file. */
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { free } from "../../domain/freed.ts";
import type { Entry } from "../../domain/store.ts";
import { type Cipher, sealBytes } from "./cipher.ts";
import { digestOf } from "./digest.ts";
import { entryOf, type Frame, frameAt, type Meta } from "./frame.ts";
import { cipherOf, type Header, headerBytes, readHeader } from "./header.ts";
import { filled, readRange } from "./live.ts";

// header | block … | contents | trailer
// A block is zstd of whole plain frames, the contents zstd of JSON; both sealed where the journal is encrypted.
// The trailer, integers little-endian:
//    0  u64  offset of the contents        40  32   chain after the last frame
//    8  u32  bytes of the contents         72  24   nothing yet
//   12  u32  entries                       96  32   digest of the file up to here
//   16  u64  last position
//   24  u64  latest time of receipt
//   32  8    TRCLSEAL

export const trailerBytes = 128;
export const magic = "TRCLSEAL";
export const blockBytes = 1 << 20;
const longestBlock = 2 ** 32;
const smallestPiece = 1 << 12;

const decompress = promisify(zstdDecompress);

export interface SealedSegment {
  readonly kind: "sealed";
  readonly path: string;
  readonly header: Header;
  readonly cipher: Cipher | undefined;
  readonly last: number;
  readonly newest: number;
  readonly chain: Buffer;
  readonly bytes: number;
  readonly contents: { readonly offset: number; readonly length: number };
}

export interface Block {
  readonly offset: number;
  readonly length: number;
  /** Of its frames, unpacked; absent in what former versions sealed. */
  readonly bytes?: number;
  readonly first: number;
  readonly last: number;
}

export interface Contents {
  readonly blocks: readonly Block[];
  /** What the body memory needs: [receivedAt, source, cluster, cut, digest in base64, position]. */
  readonly bodies: readonly (readonly [number, string, string, 0 | 1, string, number])[];
}

/** Opens a sealed file by its two ends. One that is not as it was written is told by `whole`, a newer or foreign-keyed one throws. */
export async function openSealed(path: string, first: number, key: Uint8Array | undefined) {
  const file = await open(path, "r");
  try {
    const { size: bytes } = await file.stat();
    const head = Buffer.alloc(headerBytes);
    const trailer = Buffer.alloc(trailerBytes);
    await file.read(head, 0, headerBytes, 0);
    await file.read(trailer, 0, trailerBytes, Math.max(0, bytes - trailerBytes));
    const { header, whole } = readHeader(head, path);
    const last = Number(trailer.readBigUInt64LE(16));
    const entries = trailer.readUInt32LE(12);
    const fits = trailer.toString("latin1", 32, 40) === magic && last === first + entries - 1;
    const segment: SealedSegment = {
      kind: "sealed",
      path,
      header: { ...header, first },
      cipher: cipherOf(header, key, path),
      // What a changed end claims is not believed.
      last: fits ? last : first - 1,
      newest: fits ? Number(trailer.readBigUInt64LE(24)) : 0,
      chain: Buffer.from(trailer.subarray(40, 72)),
      bytes,
      contents: { offset: Number(trailer.readBigUInt64LE(0)), length: trailer.readUInt32LE(8) },
    };
    return { segment, whole: whole && header.first === first && fits };
  } finally {
    await file.close();
  }
}

/** The table of contents; undefined where its bytes are not as they were written. */
export async function contentsOf(segment: SealedSegment): Promise<Contents | undefined> {
  const { offset, length } = segment.contents;
  if (offset + length > segment.bytes) return undefined;
  const sealed = await readRange(segment.path, offset, length);
  const packed = openedPart(segment.cipher, aadOf("contents", segment.header.first), sealed);
  const text = packed && (await unpacked(packed));
  if (!text) return undefined;
  try {
    return JSON.parse(text.toString()) as Contents;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** One block's frames, in order; those before a broken one. */
export async function framesOf(segment: SealedSegment, block: Block): Promise<Frame[]> {
  const file = await open(segment.path, "r");
  try {
    return await framesIn(file, segment, block);
  } finally {
    await file.close();
  }
}

/** The same out of the opened file. All frames of a block stand in one piece of memory, which is theirs alone. */
export async function framesIn(file: FileHandle, { cipher, header }: SealedSegment, block: Block): Promise<Frame[]> {
  const sealed = await filled(file, Buffer.allocUnsafeSlow(block.length), block.offset);
  const packed = openedPart(cipher, aadOf("block", block.first), sealed);
  const image = packed && (await unpacked(packed, block.bytes));
  free(sealed);
  const digest = digestOf(header.format);
  const frames: Frame[] = [];
  for (let offset = 0; image && offset < image.length; ) {
    const frame = frameAt(digest, image.subarray(offset));
    if (!frame) break;
    frames.push(frame);
    offset += frame.length;
  }
  return frames;
}

/**
 * The entries after a position, until their bodies come to `maxBytes`; what is broken is passed over. Bodies are not digested
 * again: they were when the segment was sealed, and a block is unpacked by its checksum or not at all.
 */
export async function readSealed(
  segment: SealedSegment,
  contents: Contents,
  after: number,
  maxBytes: number,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const block of contents.blocks) {
    if (block.last <= after) continue;
    for (const frame of await framesOf(segment, block)) {
      if (frame.position <= after) continue;
      entries.push(entryOf(frame));
      bytes += frame.body.length;
      if (bytes >= maxBytes) return entries;
    }
  }
  return entries;
}

/** Whether the file's digest is that of its bytes. */
export async function isIntact(segment: SealedSegment): Promise<boolean> {
  const digest = digestOf(segment.header.format).begun();
  const end = segment.bytes - 32;
  for (let offset = 0; offset < end; offset += blockBytes)
    digest.add(await readRange(segment.path, offset, Math.min(blockBytes, end - offset)));
  return digest.end().equals(await readRange(segment.path, end, 32));
}

/** What the memory and the pipeline were told of a frame, told again from the contents. */
export function metaOfBody([receivedAt, source, cluster, cut]: Contents["bodies"][number]): Meta {
  return { source, cluster, receivedAt, ...(cut === 1 && { cut: true as const }) };
}

export function aadOf(what: string, position: number): Buffer {
  return Buffer.from(`${what} ${position}`);
}
function openedPart(cipher: Cipher | undefined, aad: Buffer, bytes: Buffer): Buffer | undefined {
  if (!cipher) return bytes;
  return bytes.length < sealBytes ? undefined : cipher.open(aad, bytes);
}

/** `bytes`: what it unpacks to, so that it does so in one piece. */
async function unpacked(packed: Buffer, bytes = blockBytes): Promise<Buffer | undefined> {
  try {
    // A byte more, or one piece would be full before its end is known.
    return await decompress(packed, { maxOutputLength: longestBlock, chunkSize: Math.max(bytes + 1, smallestPiece) });
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("ZSTD_")) return undefined;
    throw error;
  }
}

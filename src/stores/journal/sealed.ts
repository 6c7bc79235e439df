/** A segment that is full: its frames compressed in blocks, with a table of contents and a digest of the whole file. */
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";
import { free } from "../../domain/freed.ts";
import type { Entry } from "../../domain/store.ts";
import { type Cipher, sealBytes } from "./cipher.ts";
import { digestOf } from "./digest.ts";
import type { Disk } from "./disk.ts";
import { entryOf, type Frame, frameAt, type Meta } from "./frame.ts";
import { cipherOf, type Header, headerBytes, headerImage, readHeader } from "./header.ts";
import { type LiveSegment, plainStretches, readRange } from "./live.ts";

// header | block … | contents | trailer
// A block is zstd of whole plain frames, the contents zstd of JSON; both sealed where the journal is encrypted.
// The trailer, integers little-endian:
//    0  u64  offset of the contents        40  32   chain after the last frame
//    8  u32  bytes of the contents         72  24   nothing yet
//   12  u32  entries                       96  32   digest of the file up to here
//   16  u64  last position
//   24  u64  latest time of receipt
//   32  8    TRCLSEAL

const trailerBytes = 128;
const magic = "TRCLSEAL";
const blockBytes = 1 << 20;
const longestBlock = 2 ** 32;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
// Each chunk is a turn of the thread pool, and of the thread that takes batches in; by default it is 16 KiB.
const level = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  chunkSize: 1 << 18,
};
const unpacking = { maxOutputLength: longestBlock, chunkSize: blockBytes };

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

interface Block {
  readonly offset: number;
  readonly length: number;
  readonly first: number;
  readonly last: number;
}

export interface Contents {
  readonly blocks: readonly Block[];
  /** What the body memory needs: [receivedAt, source, cluster, cut, digest in base64, position]. */
  readonly bodies: readonly (readonly [number, string, string, 0 | 1, string, number])[];
}

/** Writes what a live segment holds to `path`, whole or not at all under that name. The live file stays. */
export async function seal(live: LiveSegment, path: string, disk: Disk, rename: (fresh: string) => Promise<void>) {
  const fresh = `${path}.tmp`;
  const file = await open(fresh, "w", 0o600);
  const digest = digestOf(live.header.format).begun();
  let offset = 0;
  const add = async (...parts: Uint8Array[]) => {
    for (const part of parts) digest.add(part);
    await disk.write(file, parts, offset);
    offset += parts.reduce((sum, part) => sum + part.length, 0);
  };
  try {
    await add(headerImage(live.header, "sealed"));
    const blocks: Block[] = [];
    const bodies: Contents["bodies"][number][] = [];
    for await (const { image, frames } of plainStretches(live, blockBytes)) {
      const [first, last] = [frames[0]!.position, frames.at(-1)!.position];
      const start = offset;
      const packed = await compress(image, level);
      await add(...sealedParts(live.cipher, aadOf("block", first), packed));
      free(packed);
      blocks.push({ offset: start, length: offset - start, first, last });
      for (const { position, digest: of, meta } of frames)
        bodies.push([meta.receivedAt, meta.source, meta.cluster, meta.cut ? 1 : 0, of.toString("base64"), position]);
    }
    const contents = Buffer.from(JSON.stringify({ blocks, bodies } satisfies Contents));
    const start = offset;
    await add(...sealedParts(live.cipher, aadOf("contents", live.header.first), await compress(contents, level)));
    const trailer = Buffer.alloc(trailerBytes);
    trailer.writeBigUInt64LE(BigInt(start), 0);
    trailer.writeUInt32LE(offset - start, 8);
    trailer.writeUInt32LE(live.places.length, 12);
    trailer.writeBigUInt64LE(BigInt(live.last), 16);
    trailer.writeBigUInt64LE(BigInt(live.newest), 24);
    trailer.write(magic, 32, "latin1");
    live.chain.copy(trailer, 40);
    digest.add(trailer.subarray(0, 96));
    digest.end().copy(trailer, 96);
    await disk.write(file, [trailer], offset);
    await disk.sync(file);
  } finally {
    await file.close();
  }
  await rename(fresh);
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
  const sealed = await readRange(segment.path, block.offset, block.length);
  const packed = openedPart(segment.cipher, aadOf("block", block.first), sealed);
  const image = packed && (await unpacked(packed));
  const digest = digestOf(segment.header.format);
  const frames: Frame[] = [];
  for (let offset = 0; image && offset < image.length; ) {
    const frame = frameAt(digest, image.subarray(offset));
    if (!frame) break;
    frames.push(frame);
    offset += frame.length;
  }
  return frames;
}

/** The entries after a position, until their bodies come to `maxBytes`; what is broken is passed over. */
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
      if (frame.position <= after || !frame.follows(undefined)) continue;
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

function aadOf(what: string, position: number): Buffer {
  return Buffer.from(`${what} ${position}`);
}
function sealedParts(cipher: Cipher | undefined, aad: Buffer, bytes: Buffer): Buffer[] {
  return cipher ? cipher.seal(aad, [bytes]) : [bytes];
}
function openedPart(cipher: Cipher | undefined, aad: Buffer, bytes: Buffer): Buffer | undefined {
  if (!cipher) return bytes;
  return bytes.length < sealBytes ? undefined : cipher.open(aad, bytes);
}

async function unpacked(packed: Buffer): Promise<Buffer | undefined> {
  try {
    return await decompress(packed, unpacking);
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("ZSTD_")) return undefined;
    throw error;
  }
}

/** A live segment becomes a sealed one: its frames in blocks, compressed, whole under the new name or not at all. */
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import { free } from "../../domain/freed.ts";
import type { Cipher } from "./cipher.ts";
import { digestOf } from "./digest.ts";
import type { Disk } from "./disk.ts";
import { headerImage } from "./header.ts";
import { type LiveSegment, plainStretches } from "./live.ts";
import { aadOf, type Block, blockBytes, type Contents, magic, trailerBytes } from "./sealed.ts";

const compress = promisify(zstdCompress);
// Each chunk is a turn of the thread pool, and of the thread that takes batches in; by default it is 16 KiB. The checksum is what
// a reader relies on; the chain is for who verifies.
const level = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  chunkSize: 1 << 18,
};

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
      blocks.push({ offset: start, length: offset - start, bytes: image.length, first, last });
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

function sealedParts(cipher: Cipher | undefined, aad: Buffer, bytes: Buffer): Buffer[] {
  return cipher ? cipher.seal(aad, [bytes]) : [bytes];
}

/** The digests of bodies, chains and sealed files: BLAKE3, and SHA-256 where a segment was written with it. */
import { createHash, hash } from "node:crypto";
import { Blake3Hasher, blake3 } from "@napi-rs/blake-hash";

/** The format of segments that are written now. What has a higher one was written by a newer program. */
export const format = 2;

/** All at once, or piece by piece; of 32 bytes. */
export interface Digest {
  of(bytes: Uint8Array): Buffer;
  begun(): { add(bytes: Uint8Array): void; end(): Buffer };
}

const sha256: Digest = {
  of: (bytes) => hash("sha256", bytes, "buffer"),
  begun() {
    const digest = createHash("sha256");
    return { add: (bytes) => void digest.update(bytes), end: () => digest.digest() };
  },
};

// A body is digested before it is acknowledged. Without instructions of its own for it, SHA-256 takes a processor ten
// times as long as BLAKE3, and longer than judging the body.
const blake: Digest = {
  of: (bytes) => blake3(asBuffer(bytes)),
  begun() {
    const digest = new Blake3Hasher();
    return { add: (bytes) => void digest.update(asBuffer(bytes)), end: () => digest.digestBuffer() };
  },
};

/** Which digest a segment of this format holds. */
export function digestOf(segmentFormat: number): Digest {
  return segmentFormat < 2 ? sha256 : blake;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

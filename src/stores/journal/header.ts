/** How every segment file begins: its format, its first position, where its chain starts, and under which key. */
import { hash, randomBytes } from "node:crypto";
import { type Cipher, cipherFor } from "./cipher.ts";
import { digestOf, format } from "./digest.ts";
import { JournalError } from "./journal-error.ts";

//    0  8    TRCLJRNL
//    8  u16  format
//   10  u8   0 live, 1 sealed
//   11  u8   1 encrypted
//   12  4    nothing yet
//   16  u64  first position
//   24  u64  made at, milliseconds since 1970
//   32  32   the chain's end in the segment before
//   64  32   salt
//   96  16   key check
//  112  16   the beginning of the SHA-256 of all before

export const headerBytes = 128;
const magic = "TRCLJRNL";
export interface Header {
  readonly format: number;
  readonly first: number;
  readonly madeAt: number;
  /** The chain's end in the segment before; zeros for the very first. */
  readonly former: Buffer;
  readonly encrypted: boolean;
  readonly salt: Buffer;
  readonly check: Buffer;
}

export function freshHeader(first: number, madeAt: number, former: Buffer, key: Uint8Array | undefined): Header {
  const salt = randomBytes(32);
  const check = key ? cipherFor(key, salt).check : Buffer.alloc(16);
  return { format, first, madeAt, former, encrypted: key !== undefined, salt, check };
}

/** Where the chain of a segment's frames begins. The same for a segment live and sealed. */
export function chainStart({ format: written, first, madeAt, former, salt }: Header): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64LE(BigInt(first), 0);
  numbers.writeBigUInt64LE(BigInt(madeAt), 8);
  return digestOf(written).of(Buffer.concat([former, numbers, salt]));
}

/** What marks a segment's frames as its own: nobody who only sends bodies can know it. */
export function markOf({ salt }: Header): Buffer {
  return salt.subarray(0, 8);
}

export function headerImage(header: Header, kind: "live" | "sealed"): Buffer {
  const image = Buffer.alloc(headerBytes);
  image.write(magic, 0, "latin1");
  image.writeUInt16LE(header.format, 8);
  image.writeUInt8(kind === "sealed" ? 1 : 0, 10);
  image.writeUInt8(header.encrypted ? 1 : 0, 11);
  image.writeBigUInt64LE(BigInt(header.first), 16);
  image.writeBigUInt64LE(BigInt(header.madeAt), 24);
  header.former.copy(image, 32);
  header.salt.copy(image, 64);
  header.check.copy(image, 96);
  hash("sha256", image.subarray(0, 112), "buffer").copy(image, 112, 0, 16);
  return image;
}

/**
 * Reads a header. `whole` is false where its bytes are not as they were written; the rest is then a best guess.
 * A newer format is a `JournalError`.
 */
export function readHeader(image: Buffer, name: string): { readonly header: Header; readonly whole: boolean } {
  const padded = image.length < headerBytes ? Buffer.concat([image, Buffer.alloc(headerBytes)]) : image;
  const whole = image.length >= headerBytes && isWhole(padded);
  const version = whole ? padded.readUInt16LE(8) : likelyFormat(padded);
  if (whole && version > format)
    throw new JournalError(
      `${name} was written by a newer Tiercel (journal format ${version}, this one knows ${format}): use that version or a later one`,
    );
  const header = {
    format: version,
    first: Number(padded.readBigUInt64LE(16)),
    madeAt: Number(padded.readBigUInt64LE(24)),
    former: Buffer.from(padded.subarray(32, 64)),
    encrypted: padded.readUInt8(11) === 1,
    salt: Buffer.from(padded.subarray(64, 96)),
    check: Buffer.from(padded.subarray(96, 112)),
  };
  return { header, whole };
}

function isWhole(image: Buffer): boolean {
  return (
    image.toString("latin1", 0, 8) === magic &&
    hash("sha256", image.subarray(0, 112), "buffer").subarray(0, 16).equals(image.subarray(112, 128))
  );
}

/** Where it may be the format that changed, the one that the rest was written with, so that the frames can still be read. */
function likelyFormat(image: Buffer): number {
  const mended = Buffer.from(image);
  for (let guess = 1; guess < format; guess++) {
    mended.writeUInt16LE(guess, 8);
    if (isWhole(mended)) return guess;
  }
  const told = image.readUInt16LE(8);
  mended.writeUInt16LE(format, 8);
  return told >= 1 && told < format && !isWhole(mended) ? told : format;
}

/** The cipher a segment needs, if any; a `JournalError` where the key is missing or another one. */
export function cipherOf(header: Header, key: Uint8Array | undefined, name: string): Cipher | undefined {
  if (!header.encrypted) return undefined;
  if (!key)
    throw new JournalError(
      `${name} is encrypted: give the journal's key, by file (\`journal.encryption_key_file\`) or environment (\`TIERCEL_JOURNAL__ENCRYPTION_KEY\`)`,
    );
  const cipher = cipherFor(key, header.salt);
  if (!cipher.check.equals(header.check))
    throw new JournalError(`${name} was encrypted with another key: give the key it was written with`);
  return cipher;
}

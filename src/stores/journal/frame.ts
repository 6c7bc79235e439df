/** One batch as the journal holds it: framed, digested, and chained to all that came before. */
import type { Entry } from "../../domain/store.ts";
import type { Digest } from "./digest.ts";

// A frame, integers little-endian:
//    0  u32  bytes after the prefix
//    4  u64  position
//   12  u64  group: the first position of the commit this frame was written in
//   20  u32  bytes of meta
//   24  32   digest of the body: BLAKE3, SHA-256 in segments of format 1
//   56  8    mark: the segment's own, so that a body which looks like a frame is not taken for one
//   64  32   chain: the same digest of the former chain, bytes 0 to 63 and the meta
//   96  …    meta: JSON {source, cluster, receivedAt, cut, assumed}
//    …  …    body, as it came
// The digest covers the body and the chain covers the digest, so one pass over a body serves the body memory, the
// torn-tail check and the chain. Encryption seals what follows the prefix (see cipher.ts).

/** Bytes of a frame that are never encrypted. */
export const prefixBytes = 20;
const headBytes = 96;
const longestMeta = 1 << 20;

export interface Meta {
  readonly source: string;
  readonly cluster: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly cut?: true;
  readonly assumed?: true;
}

export interface Frame {
  readonly position: number;
  readonly group: number;
  readonly digest: Buffer;
  readonly mark: Buffer;
  readonly chain: Buffer;
  readonly meta: Meta;
  readonly body: Buffer;
  /** Of the whole frame, as laid out above. */
  readonly length: number;
  /** Whether body, digest and the chain from `former` agree; with no `former`, body and digest alone. */
  follows(former: Buffer | undefined): boolean;
}

/** A frame's two parts, written one behind the other; the body is not copied. */
export function frameParts(
  by: Digest,
  place: { readonly position: number; readonly group: number; readonly mark: Buffer; readonly former: Buffer },
  meta: Meta,
  body: Uint8Array,
  digest: Buffer,
): { readonly head: Buffer; readonly body: Uint8Array; readonly chain: Buffer } {
  const told = Buffer.from(JSON.stringify(meta));
  const head = Buffer.allocUnsafe(headBytes + told.length);
  head.writeUInt32LE(headBytes - prefixBytes + told.length + body.length, 0);
  head.writeBigUInt64LE(BigInt(place.position), 4);
  head.writeBigUInt64LE(BigInt(place.group), 12);
  head.writeUInt32LE(told.length, 20);
  digest.copy(head, 24);
  place.mark.copy(head, 56, 0, 8);
  told.copy(head, headBytes);
  const chain = chainOf(by, place.former, head, told);
  chain.copy(head, 64);
  return { head, body, chain };
}

/** The frame at the beginning of `bytes`; undefined where there is no whole one. Not yet checked: ask `follows`. */
export function frameAt(by: Digest, bytes: Buffer): Frame | undefined {
  if (bytes.length < headBytes) return undefined;
  const length = prefixBytes + bytes.readUInt32LE(0);
  const told = bytes.readUInt32LE(20);
  if (length > bytes.length || told > longestMeta || headBytes + told > length) return undefined;
  const meta = metaOf(bytes.subarray(headBytes, headBytes + told));
  if (!meta) return undefined;
  const digest = bytes.subarray(24, 56);
  const chain = bytes.subarray(64, headBytes);
  const body = bytes.subarray(headBytes + told, length);
  return {
    position: Number(bytes.readBigUInt64LE(4)),
    group: Number(bytes.readBigUInt64LE(12)),
    digest,
    mark: bytes.subarray(56, 64),
    chain,
    meta,
    body,
    length,
    follows: (former) =>
      digest.equals(by.of(body)) &&
      (!former || chain.equals(chainOf(by, former, bytes, bytes.subarray(headBytes, headBytes + told)))),
  };
}

export function entryOf({ position, meta, body }: Frame): Entry {
  return { position, ...meta, receivedAt: new Date(meta.receivedAt), body };
}

function chainOf(by: Digest, former: Buffer, head: Buffer, told: Buffer): Buffer {
  return by.of(Buffer.concat([former, head.subarray(0, 64), told]));
}

function metaOf(bytes: Buffer): Meta | undefined {
  let told: unknown;
  try {
    told = JSON.parse(bytes.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof told !== "object" || told === null) return undefined;
  const { source, cluster, receivedAt, cut, assumed } = told as Record<string, unknown>;
  if (typeof source !== "string" || typeof cluster !== "string" || typeof receivedAt !== "number") return undefined;
  return { source, cluster, receivedAt, ...(cut === true && { cut }), ...(assumed === true && { assumed }) };
}

/** The segment being written: frames one behind the other, and how they are found again after any crash. */
import { type FileHandle, open, readFile } from "node:fs/promises";
import { free } from "../../domain/freed.ts";
import type { Entry } from "../../domain/store.ts";
import { type Cipher, sealBytes } from "./cipher.ts";
import { digestOf } from "./digest.ts";
import { type Disk, placeFile } from "./disk.ts";
import { entryOf, type Frame, frameAt, prefixBytes } from "./frame.ts";
import { chainStart, cipherOf, type Header, headerBytes, headerImage, markOf, readHeader } from "./header.ts";

/** Where a frame stands in its file. */
export interface Place {
  readonly position: number;
  readonly offset: number;
  readonly length: number;
  /** Bytes of its body. */
  readonly body: number;
}

export interface LiveSegment {
  readonly kind: "live";
  readonly path: string;
  readonly header: Header;
  readonly cipher: Cipher | undefined;
  readonly places: Place[];
  /** The chain after the last frame. */
  chain: Buffer;
  /** The last position; one before the first while empty. */
  last: number;
  /** The latest time of receipt, milliseconds; 0 while empty. */
  newest: number;
  /** Where the next frame goes; all before is on disk. */
  end: number;
  /** What is broken in it beyond a torn tail; such a segment is kept as it is and written no more. */
  readonly damage: readonly Damage[];
}

export interface Damage {
  readonly position: number | null;
  readonly what: string;
}

/** What is told of each whole frame while a file is scanned. */
export type Witness = (frame: Pick<Frame, "position" | "digest" | "meta" | "chain">) => void;

export async function createLive(path: string, header: Header, key: Uint8Array | undefined, disk: Disk) {
  await placeFile(path, [headerImage(header, "live")], disk);
  return emptyLive(path, header, cipherOf(header, key, path));
}

function emptyLive(path: string, header: Header, cipher: Cipher | undefined, damage: Damage[] = []): LiveSegment {
  const { first } = header;
  const chain = chainStart(header);
  return {
    kind: "live",
    path,
    header,
    cipher,
    places: [],
    chain,
    last: first - 1,
    newest: 0,
    end: headerBytes,
    damage,
  };
}

/** A frame as a live file holds it. */
export function liveParts(cipher: Cipher | undefined, head: Buffer, body: Uint8Array): Uint8Array[] {
  if (!cipher) return [head, body];
  const prefix = head.subarray(0, prefixBytes);
  return [prefix, ...cipher.seal(prefix, [head.subarray(prefixBytes), body])];
}

/**
 * Reads a live file through. Bytes at the end that hold no whole frame were never acknowledged, and `torn` counts them,
 * unless a later commit's frame or `promised`, the last position known to be safe, proves that they were: then it is damage.
 * Bytes from `upTo` on are not looked at.
 */
export async function scanLive(
  path: string,
  first: number,
  key: Uint8Array | undefined,
  promised: number,
  witness: Witness,
  upTo?: number,
): Promise<{ readonly segment: LiveSegment; readonly torn: number }> {
  const image = (await readFile(path)).subarray(0, upTo);
  const { header: told, whole } = readHeader(image, path);
  const header = { ...told, first };
  const damage: Damage[] = [];
  if (!whole || told.first !== first) damage.push({ position: null, what: "the header is not as it was written" });
  const cipher = cipherOf(header, key, path);
  const segment = emptyLive(path, header, cipher, damage);
  let former: Buffer | undefined = damage.length === 0 ? segment.chain : undefined;
  let offset = headerBytes;
  let torn = 0;
  while (offset < image.length) {
    const position = segment.last + 1;
    const found = liveFrameAt(image, offset, segment);
    if (found?.frame.position === position && found.frame.follows(former)) {
      take(found.frame, offset, found.length);
      offset += found.length;
      former = segment.chain;
      continue;
    }
    const next = resync(image, offset + 1, position + 1, segment);
    const acknowledged = position <= promised || (next !== undefined && next.frame.group > position);
    if (!acknowledged) {
      torn = image.length - offset;
      break;
    }
    damage.push({ position, what: "the bytes of this entry are not as they were written" });
    if (!next) break;
    offset = next.offset;
    segment.last = next.frame.position - 1;
    former = undefined;
  }
  segment.end = image.length - torn;
  return { segment, torn };

  function take(frame: Frame, at: number, length: number) {
    segment.places.push({ position: frame.position, offset: at, length, body: frame.body.length });
    segment.chain = Buffer.from(frame.chain);
    segment.last = frame.position;
    segment.newest = Math.max(segment.newest, frame.meta.receivedAt);
    witness(frame);
  }
}

/** The entries after a position, until their bodies come to `maxBytes`; at least one where there is one. */
export async function readLive(segment: LiveSegment, after: number, maxBytes: number): Promise<Entry[]> {
  const from = segment.places.findIndex(({ position }) => position > after);
  if (from < 0) return [];
  const wanted: Place[] = [];
  let bytes = 0;
  for (let at = from; at < segment.places.length && (wanted.length === 0 || bytes < maxBytes); at++) {
    const place = segment.places[at]!;
    wanted.push(place);
    bytes += place.body;
  }
  const start = wanted[0]!.offset;
  const image = await readRange(segment.path, start, wanted.at(-1)!.offset + wanted.at(-1)!.length - start);
  const entries: Entry[] = [];
  for (const { position, offset } of wanted) {
    const found = liveFrameAt(image, offset - start, segment);
    if (found?.frame.position === position && found.frame.follows(undefined)) entries.push(entryOf(found.frame));
  }
  return entries;
}

/**
 * The bytes of a live segment's frames as they are without encryption, in stretches of about `bytes`. A stretch is gone when the
 * next is asked for: all are read into the same memory.
 */
export async function* plainStretches(segment: LiveSegment, bytes: number): AsyncGenerator<PlainStretch> {
  const file = await open(segment.path, "r");
  let memory = Buffer.alloc(0);
  try {
    for (let at = 0; at < segment.places.length; ) {
      const start = at;
      let length = 0;
      while (at < segment.places.length && (at === start || length < bytes)) length += segment.places[at++]!.length;
      const from = segment.places[start]!.offset;
      if (memory.length < length) {
        free(memory);
        memory = Buffer.allocUnsafeSlow(length);
      }
      const image = await filled(file, memory.subarray(0, length), from);
      const frames: Frame[] = [];
      const images: Buffer[] = [];
      for (const { position, offset } of segment.places.slice(start, at)) {
        const found = liveFrameAt(image, offset - from, segment);
        if (found?.frame.position !== position || !found.frame.follows(undefined))
          throw new Error(`${segment.path} changed while it was being sealed`);
        frames.push(found.frame);
        if (segment.cipher) images.push(found.image);
      }
      yield { image: segment.cipher ? Buffer.concat(images) : image, frames };
    }
  } finally {
    free(memory);
    await file.close();
  }
}
export interface PlainStretch {
  readonly image: Buffer;
  readonly frames: readonly Pick<Frame, "position" | "digest" | "meta">[];
}

export async function readRange(path: string, offset: number, length: number): Promise<Buffer> {
  const file: FileHandle = await open(path, "r");
  try {
    return await filled(file, Buffer.allocUnsafeSlow(length), offset);
  } finally {
    await file.close();
  }
}

/** As much of `image` as the file has from there. */
export async function filled(file: FileHandle, image: Buffer, offset: number): Promise<Buffer> {
  let read = 0;
  while (read < image.length) {
    const { bytesRead } = await file.read(image, read, image.length - read, offset + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return image.subarray(0, read);
}

function liveFrameAt(image: Buffer, offset: number, { cipher, header }: LiveSegment) {
  const digest = digestOf(header.format);
  const rest = image.subarray(offset);
  if (rest.length < prefixBytes) return undefined;
  if (!cipher) {
    const frame = frameAt(digest, rest);
    return frame && { frame, length: frame.length, image: rest.subarray(0, frame.length) };
  }
  const length = prefixBytes + sealBytes + rest.readUInt32LE(0);
  if (length > rest.length) return undefined;
  const prefix = rest.subarray(0, prefixBytes);
  const opened = cipher.open(prefix, rest.subarray(prefixBytes, length));
  if (!opened) return undefined;
  const plain = Buffer.concat([prefix, opened]);
  const frame = frameAt(digest, plain);
  return frame && { frame, length, image: plain };
}

/** How many entries in a row may be broken before the rest of a file is given up. */
const reach = 64;

/** The next whole frame behind a broken one, found by its position, which stands in the clear 4 bytes into it. */
function resync(image: Buffer, from: number, position: number, segment: LiveSegment) {
  const own = markOf(segment.header);
  const mark = Buffer.alloc(8);
  for (let wanted = position; wanted < position + reach; wanted++) {
    mark.writeBigUInt64LE(BigInt(wanted));
    for (let at = image.indexOf(mark, from + 4); at >= 0; at = image.indexOf(mark, at + 1)) {
      const found = liveFrameAt(image, at - 4, segment);
      if (found?.frame.position !== wanted || !found.frame.mark.equals(own)) continue;
      if (found.frame.follows(undefined)) return { ...found, offset: at - 4 };
    }
  }
  return undefined;
}

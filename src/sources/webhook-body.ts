/** A request's body: received within bounds, and freed of its content encoding. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from "node:zlib";
import { freeWhole } from "../domain/freed.ts";
import { bodyMemory } from "./body-memory.ts";

export type Received =
  | { readonly kind: "whole"; readonly body: Buffer }
  /** The transfer ended before the body did: by half a close, by a break, or by its own disorder. */
  | { readonly kind: "cut"; readonly body: Buffer; readonly by: "end" | "break" | "disorder" | "slowness" }
  | { readonly kind: "too-large" }
  | { readonly kind: "overloaded" };

/** What all requests may hold at once, counted in bytes. */
export interface Room {
  /** False, and nothing taken, where it would be too much. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly used: number;
  fits(bytes: number): boolean;
}

export function room(limit: number, told: (used: number) => void): Room {
  let used = 0;
  // One body must always fit, however large it may be, or its sender would never get through.
  const fits = (bytes: number) => used === 0 || used + bytes <= limit;
  return {
    fits,
    take(bytes) {
      if (!fits(bytes)) return false;
      used += bytes;
      told(used);
      return true;
    },
    give(bytes) {
      used -= bytes;
      told(used);
    },
    get used() {
      return used;
    },
  };
}

/** How a transfer can be told from outside to have ended: the parser's errors reach the server, not the request. */
export type Ending = "end" | "disorder" | "slowness";

export interface Reception {
  /** The body stands in lent memory: it is gone when `giveBack` was called. */
  readonly done: Promise<Received>;
  end(how: Ending): void;
  /** Gives back what the body holds of the room, and the memory that it stands in. When nobody reads it any more; again, it does nothing. */
  giveBack(): void;
}

/** Idle memory comes to no more than this, whatever was received: some 60 batches as API servers send them. */
const memory = bodyMemory(64 << 20);

/**
 * Collects a body of at most `maxBytes`. Nobody who sends slowly holds more of the room than has come, nor more than
 * five times as much memory, or 128 KiB, whatever length was announced.
 */
export function reception(request: IncomingMessage, maxBytes: number, space: Room): Reception {
  const announced = Math.min(Number(request.headers["content-length"] ?? 0), maxBytes);
  /** The first chunk as it came, until there is a second: most small bodies come as one. */
  let only: Buffer | undefined;
  let lent: Buffer | undefined;
  let held = 0;
  const { promise: done, resolve } = Promise.withResolvers<Received>();
  const body = () => lent?.subarray(0, held) ?? only ?? Buffer.alloc(0);
  const settle = (received: Received) => {
    // What still comes is no part of it, and must not be written to memory that others may have been lent.
    request.off("data", take);
    resolve(received);
  };
  const cut = (by: Ending | "break") => settle({ kind: "cut", body: body(), by });
  function take(chunk: Buffer) {
    const { length } = chunk;
    if (held + length > maxBytes) return settle({ kind: "too-large" });
    if (!space.take(length)) return settle({ kind: "overloaded" });
    if (held === 0) only = chunk;
    else {
      makeRoom(held + length);
      lent?.set(chunk, held);
      freeWhole(chunk);
    }
    held += length;
  }
  function makeRoom(bytes: number) {
    if (lent !== undefined && lent.length >= bytes) return;
    const larger = memory.lend(Math.max(bytes, Math.min(announced, held * 4), held * 2));
    larger.set(body());
    if (lent !== undefined) memory.giveBack(lent);
    if (only !== undefined) freeWhole(only);
    lent = larger;
    only = undefined;
  }
  request.on("data", take);
  request.on("end", () => settle({ kind: "whole", body: body() }));
  request.on("close", () => cut("break"));
  // The error of a broken connection; `close` follows it.
  request.on("error", () => cut("break"));
  return {
    done,
    end: cut,
    giveBack() {
      request.off("data", take);
      space.give(held);
      if (lent !== undefined) memory.giveBack(lent);
      held = 0;
      lent = undefined;
    },
  };
}

const codecs = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
} as const;

/** How many bodies may be unpacked at once: each may grow to `maxBytes`. */
const unpackers = 4;
let unpacking = 0;
const queue: (() => void)[] = [];

/**
 * The body without its `Content-Encoding`. What cannot be undone is left as it came: it is kept, and the judge says
 * that it is unreadable. `too-large` where it would unpack to more than `maxBytes`. Of a body that broke off, what can
 * be unpacked.
 */
export async function unpacked(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer | "too-large"> {
  const names = (encoding ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim().replace(/^x-/, ""));
  let plain = body;
  for (const name of names.reverse().slice(0, 3)) {
    if (!isCodec(name)) continue;
    const next = await unpackedOnce(plain, name, maxBytes);
    if (next === "too-large") return next;
    if (next === undefined) return body;
    plain = next;
  }
  return plain;
}

const smallestChunk = 1 << 14;
const largestChunk = 1 << 20;

async function unpackedOnce(body: Buffer, name: keyof typeof codecs, maxBytes: number) {
  if (unpacking >= unpackers) await new Promise<void>((resolve) => queue.push(resolve));
  unpacking++;
  try {
    // Every chunk is a turn of the thread pool, and by default a chunk is 16 KiB; audit events pack to an eighth or so.
    const chunkSize = Math.min(largestChunk, Math.max(smallestChunk, body.length * 8));
    return await codecs[name](body, { maxOutputLength: maxBytes, chunkSize, ...flush[name] });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ERR_BUFFER_TOO_LARGE") return "too-large";
    if (/^Z_|^ERR__ERROR|^ERR_|^ZSTD_/.test(code)) return undefined;
    throw error;
  } finally {
    unpacking--;
    queue.shift()?.();
  }
}

/** A stream without its end gives what it has, instead of an error. */
const flush = {
  gzip: { finishFlush: constants.Z_SYNC_FLUSH },
  deflate: { finishFlush: constants.Z_SYNC_FLUSH },
  br: { finishFlush: constants.BROTLI_OPERATION_FLUSH },
  zstd: { finishFlush: constants.ZSTD_e_flush },
};

function isCodec(name: string): name is keyof typeof codecs {
  return name in codecs;
}

/** How a journal is found again after any end of the process that wrote it. */
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { readAnchor } from "./anchor.ts";
import { format } from "./digest.ts";
import type { Disk } from "./disk.ts";
import { freshHeader } from "./header.ts";
import { createLive, type LiveSegment, scanLive } from "./live.ts";
import { type BodyMemory, bodyKey } from "./memory.ts";
import { contentsOf, metaOfBody, openSealed, type SealedSegment } from "./sealed.ts";
import type { Segment } from "./segment.ts";
import { chainOrigin, fileOf, segmentFiles } from "./segment-files.ts";

export type JournalLog = (level: "info" | "warn" | "error", message: string) => void;

export interface RecoverOptions {
  /** Where the segments are. */
  readonly dir: string;
  readonly key: Uint8Array | undefined;
  readonly startAfter: number;
  readonly rememberMs: number;
  /** Is told of the bodies that came within its reach. */
  readonly memory: BodyMemory;
  readonly disk: Disk;
  readonly now: () => Date;
  readonly log: JournalLog;
}

export interface Recovered {
  /** In order; the last is the one to go on with. */
  readonly segments: Segment[];
  readonly active: LiveSegment;
  /** The first position that retention has left, and the chain before it. */
  readonly first: number;
  readonly former: Buffer;
}

/** Finds everything as the last process left it, and cuts off what was never acknowledged. */
export async function recover(options: RecoverOptions): Promise<Recovered> {
  const { dir, key, startAfter, rememberMs, memory, now, log } = options;
  const segments: Segment[] = [];
  let first = startAfter + 1;
  let former: Buffer = chainOrigin;
  const told = await readAnchor(dir);
  if (told === "broken") log("warn", `${join(dir, "anchor.json")} is not as it was written and is made anew`);
  const promise = typeof told === "string" ? undefined : told;
  const files = await segmentFiles(dir);
  for (const path of files.leftovers) await rm(path, { force: true });
  const horizon = now().getTime() - rememberMs;
  let reached = promise ? promise.first - 1 : startAfter;
  if (promise) {
    first = promise.first;
    former = Buffer.from(promise.former, "hex");
  }
  for (const [at, { first: position, kind, path }] of files.segments.entries()) {
    if (promise && position < promise.first) {
      await rm(path);
      continue;
    }
    let segment: Segment;
    if (kind === "sealed") {
      const sealed = await openSealed(path, position, key);
      segment = sealed.segment;
      if (!sealed.whole) log("error", `${path} is not as it was written: \`tiercel journal verify\` tells more`);
      if (segment.newest >= horizon || !sealed.whole) await rememberSealed(segment, horizon, memory);
    } else {
      const isLast = at === files.segments.length - 1;
      const promised = isLast ? (promise?.last ?? 0) : Number.MAX_SAFE_INTEGER;
      const scanned = await scanLive(path, position, key, promised, ({ position: of, digest, meta }) => {
        if (meta.receivedAt >= horizon) memory.keep(bodyKey(meta, digest), meta.receivedAt, of);
      });
      segment = scanned.segment;
      for (const { position: of, what } of segment.damage)
        log("error", `${path}${of === null ? "" : `, entry ${of}`}: ${what}; the file is kept as it is`);
      if (scanned.torn > 0) await cutOff(segment, scanned.torn, log);
    }
    segments.push(segment);
    reached = Math.max(reached, segment.last);
  }
  if (!promise && segments[0]) {
    first = segments[0].header.first;
    former = segments[0].header.former;
  }
  reached = Math.max(reached, promise?.last ?? 0);
  const end = segments.at(-1);
  const goesOn =
    end?.kind === "live" &&
    end.damage.length === 0 &&
    end.header.format === format &&
    end.last === reached &&
    end.header.encrypted === (key !== undefined);
  if (goesOn) return { segments, active: end, first, former };
  const chain = end && end.last === reached ? end.chain : promise ? Buffer.from(promise.chain, "hex") : former;
  const active = await freshSegment(options, reached + 1, chain);
  segments.push(active);
  return { segments, active, first, former };
}

async function cutOff(segment: LiveSegment, torn: number, log: JournalLog): Promise<void> {
  log("warn", `${segment.path}: ${torn} bytes of an unfinished write cut off; nothing in them was acknowledged`);
  const file = await open(segment.path, "r+");
  try {
    await file.truncate(segment.end);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function rememberSealed(segment: SealedSegment, horizon: number, memory: BodyMemory): Promise<void> {
  for (const body of (await contentsOf(segment))?.bodies ?? []) {
    if (body[0] >= horizon) memory.keep(bodyKey(metaOfBody(body), Buffer.from(body[4], "base64")), body[0], body[5]);
  }
}

/** An empty segment that begins with this position and goes on with this chain. */
export async function freshSegment(
  { dir, key, disk, now }: Pick<RecoverOptions, "dir" | "key" | "disk" | "now">,
  position: number,
  chain: Buffer,
): Promise<LiveSegment> {
  const header = freshHeader(position, now().getTime(), chain, key);
  return createLive(join(dir, fileOf(position, "live")), header, key, disk);
}

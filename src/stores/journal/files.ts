/** The journal on files: segments of chained frames, committed in groups, sealed when full. */
import { chmod, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Batch, Refusal } from "../../domain/batch.ts";
import type { Journal, JournalReport } from "../../domain/store.ts";
import { writeAnchor } from "./anchor.ts";
import { digestOf, format } from "./digest.ts";
import { type Disk, realDisk, refusalOf, syncDir } from "./disk.ts";
import { frameParts, type Meta } from "./frame.ts";
import { freeSpace } from "./free-space.ts";
import { markOf } from "./header.ts";
import { liveParts, type Place } from "./live.ts";
import { lockDir } from "./lock.ts";
import { bodyKey, bodyMemory } from "./memory.ts";
import { reading } from "./reading.ts";
import { freshSegment, type JournalLog, recover } from "./recovery.ts";
import { seal } from "./seal.ts";
import { openSealed } from "./sealed.ts";
import { bytesOf, type Segment } from "./segment.ts";
import { fileOf } from "./segment-files.ts";
import { reportOn } from "./verify.ts";
import { waitersFor } from "./waiters.ts";

export interface FileJournalOptions {
  /** The data directory; segments are in its `journal/`. Made if absent, private to its owner. */
  readonly dir: string;
  /** Encrypts at rest: 32 bytes, see `journalKey`. Segments written without it stay as they are. */
  readonly key?: Uint8Array;
  /** A new journal's first position is one beyond this: what an index that outlived its journal holds. */
  readonly startAfter?: number;
  /** When a segment is sealed, by size and by age. */
  readonly segmentBytes?: number;
  readonly segmentAgeMs?: number;
  /** How long a body is known again (reference 04 R6: 15 minutes or more). */
  readonly rememberMs?: number;
  /** Batches are refused while less is free on the disk. */
  readonly minFreeBytes?: number;
  /** Batches are refused while more waits for the disk. */
  readonly maxQueuedBytes?: number;
  readonly now?: () => Date;
  readonly disk?: Disk;
  readonly log?: JournalLog;
}

type Kept = { readonly position: number; readonly double: boolean };

interface Waiting {
  readonly meta: Meta;
  readonly body: Uint8Array;
  readonly digest: Buffer;
  readonly kept: PromiseWithResolvers<number>;
}

/** What is written is of the newest format, whatever else the directory holds. */
const digests = digestOf(format);

const minute = 60_000;
/** Bytes and batches of one commit. */
const groupBytes = 64 << 20;
const groupBatches = 4096;
const anchorEveryMs = 5000;

/** Opens, or makes, the journal of a data directory, for this process alone. What cannot be opened is a `JournalError`. */
export async function openFileJournal(options: FileJournalOptions): Promise<Journal> {
  const { key, startAfter = 0, now = () => new Date(), disk = realDisk, log = () => {} } = options;
  const { segmentBytes = 64 << 20, segmentAgeMs = 24 * 60 * minute, rememberMs = 20 * minute } = options;
  const { minFreeBytes = 256 << 20, maxQueuedBytes = 256 << 20 } = options;
  const dir = join(options.dir, "journal");
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const unlock = lockDir(options.dir);

  const memory = bodyMemory(rememberMs);
  const place = { dir, key, disk, now };
  const found = await recover({ ...place, startAfter, rememberMs, memory, log }).catch((error) => {
    unlock();
    throw error;
  });
  const { segments } = found;
  let { active, first, former } = found;
  let last = active.last;
  let handle = await open(active.path, "r+");
  /** Set where bytes beyond `active.end` may stand in the file. */
  let untidy = false;
  let queue: Waiting[] = [];
  let queuedBytes = 0;
  let committing: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let sealing: Promise<void> = Promise.resolve();
  let anchoring: Promise<void> = Promise.resolve();
  let anchored = false;
  let anchorTimer: NodeJS.Timeout | undefined;
  const takeSpace = freeSpace(dir, minFreeBytes, disk, now);
  const waiters = waitersFor(() => last);
  const { read, stretches } = reading(segments, log);
  for (const segment of segments) if (segment !== active) sealSoon(segment);
  await noteAnchor();

  return {
    append,
    read,
    stretches: (after) => stretches(after, last),
    get last() {
      return last;
    },
    get first() {
      return first;
    },
    wait: waiters.wait,
    verify,
    retain,
    bytes: async () => segments.reduce((sum, segment) => sum + bytesOf(segment), 0),
    close: () => (closing ??= close()),
  };

  // Taking in

  async function append(batch: Batch): Promise<Kept> {
    if (closing) throw new Refusal("stopping", "the journal is closing");
    const digest = digests.of(batch.body);
    const receivedAt = batch.receivedAt.getTime();
    const { source, cluster, cut, assumed } = batch;
    const meta: Meta = { source, cluster, receivedAt, ...(cut && { cut }), ...(assumed && { assumed }) };
    const known = bodyKey(meta, digest);
    const before = memory.find(known);
    if (before !== undefined) return { position: await before, double: true };
    if (queuedBytes + batch.body.length > maxQueuedBytes && queuedBytes > 0)
      throw new Refusal("overloaded", `${queuedBytes} bytes wait for the disk already`);
    const kept = Promise.withResolvers<number>();
    memory.expect(known, now().getTime(), kept.promise);
    queue.push({ meta, body: batch.body, digest, kept });
    queuedBytes += batch.body.length;
    committing ??= commit();
    return { position: await kept.promise, double: false };
  }

  /** While one group is synced the next collects, so many senders share one sync. */
  async function commit(): Promise<void> {
    // A turn of the loop, so that what came in together is committed together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const group = nextGroup();
      try {
        await write(group);
      } catch (error) {
        const refusal = refusalOf(error);
        log("error", refusal.message);
        for (const { kept } of group) kept.reject(refusal);
      }
      for (const { body } of group) queuedBytes -= body.length;
    }
    // In the same turn as the last look at the queue, so that nobody queues behind a commit that has ended.
    committing = undefined;
  }

  function nextGroup(): Waiting[] {
    let bytes = 0;
    let size = 0;
    while (size < queue.length && size < groupBatches && (size === 0 || bytes < groupBytes))
      bytes += queue[size++]!.body.length;
    const group = queue.slice(0, size);
    queue = queue.slice(size);
    return group;
  }

  async function write(group: readonly Waiting[]): Promise<void> {
    if (untidy) await tidy();
    await takeSpace(group.reduce((sum, { body }) => sum + body.length, 0));
    const age = now().getTime() - active.header.madeAt;
    if (active.places.length > 0 && (active.end >= segmentBytes || age >= segmentAgeMs)) await rotate();
    const mark = markOf(active.header);
    const start = last + 1;
    const parts: Uint8Array[] = [];
    const places: Place[] = [];
    let { chain, end, newest } = active;
    for (const [at, { meta, body, digest }] of group.entries()) {
      const position = start + at;
      const frame = frameParts(digests, { position, group: start, mark, former: chain }, meta, body, digest);
      const written = liveParts(active.cipher, frame.head, frame.body);
      const length = written.reduce((sum, part) => sum + part.length, 0);
      parts.push(...written);
      places.push({ position, offset: end, length, body: body.length });
      end += length;
      chain = frame.chain;
      newest = Math.max(newest, meta.receivedAt);
    }
    untidy = true;
    try {
      await disk.write(handle, parts, active.end);
      await disk.sync(handle);
    } catch (error) {
      await tidy().catch((why) => log("warn", `a torn write could not be cut off yet: ${why}`));
      throw error;
    }
    untidy = false;
    for (const place of places) active.places.push(place);
    Object.assign(active, { chain, end, newest, last: start + group.length - 1 });
    last = active.last;
    for (const [at, { kept }] of group.entries()) kept.resolve(start + at);
    waiters.reached(last);
    anchorTimer ??= setTimeout(() => {
      anchorTimer = undefined;
      void noteAnchor();
    }, anchorEveryMs).unref();
  }

  /** After a failed write: what was half written goes, what was synced before stays. */
  async function tidy(): Promise<void> {
    await handle.truncate(active.end);
    await disk.sync(handle);
    untidy = false;
  }

  // Segments

  async function rotate(): Promise<void> {
    const full = active;
    const fresh = await freshSegment(place, last + 1, full.chain);
    const file = await open(fresh.path, "r+");
    const old = handle;
    handle = file;
    active = fresh;
    segments.push(fresh);
    await old.close();
    sealSoon(full);
  }

  function sealSoon(segment: Segment) {
    if (segment.kind === "sealed" || segment.damage.length > 0) return;
    sealing = sealing.then(async () => {
      if (closing || !segments.includes(segment)) return;
      const path = join(dir, fileOf(segment.header.first, "sealed"));
      try {
        await seal(segment, path, disk, async (fresh) => {
          await rename(fresh, path);
          await syncDir(dir);
        });
        const sealed = await openSealed(path, segment.header.first, key);
        segments[segments.indexOf(segment)] = sealed.segment;
        await rm(segment.path, { force: true });
        await syncDir(dir);
      } catch (error) {
        log("warn", `${segment.path} could not be sealed and stays as it is: ${error}`);
        await rm(`${path}.tmp`, { force: true });
      }
    });
  }

  async function verify(progress?: (done: number, total: number) => void): Promise<JournalReport> {
    // With sealing at rest no file moves under the reader; appends go on, up to where the journal stood now.
    await sealing;
    const upTo = { last, end: active.end, path: active.path };
    const turn = reportOn(dir, key, upTo, progress);
    sealing = turn.then(
      () => {},
      () => {},
    );
    return turn;
  }

  // Giving back

  async function retain({ before, maxBytes, upTo }: Parameters<Journal["retain"]>[0]) {
    const old = (segment: Segment) => before !== undefined && segment.newest < before.getTime();
    if (active.places.length > 0 && active.last <= upTo && old(active)) {
      while (committing) await committing;
      if (active.places.length > 0 && old(active)) await rotate();
    }
    await sealing;
    let total = segments.reduce((sum, segment) => sum + bytesOf(segment), 0);
    const leaving: Segment[] = [];
    for (const segment of segments) {
      const full = maxBytes !== undefined && total > maxBytes;
      if (segment === active || segment.last > upTo || !(full || old(segment))) break;
      leaving.push(segment);
      total -= bytesOf(segment);
    }
    const next = segments[leaving.length];
    if (leaving.length === 0 || !next) return { removedEntries: 0 };
    const removedEntries = next.header.first - first;
    segments.splice(0, leaving.length);
    first = next.header.first;
    former = next.header.former;
    // The anchor first: should we die in between, the next start knows that these files were to go. On a disk too
    // full for it, again when they are gone.
    await noteAnchor();
    for (const { path } of leaving) await rm(path, { force: true });
    await syncDir(dir);
    if (!anchored) await noteAnchor();
    return { removedEntries };
  }

  /** One at a time; a failure is told and mended by the next. */
  function noteAnchor(): Promise<void> {
    anchoring = anchoring.then(async () => {
      const chain = (active.places.length > 0 ? active.chain : active.header.former).toString("hex");
      try {
        await writeAnchor(dir, { first, former: former.toString("hex"), last, chain });
        anchored = true;
      } catch (error) {
        anchored = false;
        log("warn", `the journal's anchor could not be written: ${error}`);
      }
    });
    return anchoring;
  }

  async function close(): Promise<void> {
    while (committing) await committing;
    clearTimeout(anchorTimer);
    await sealing;
    await noteAnchor();
    waiters.end();
    await handle.close();
    unlock();
  }
}

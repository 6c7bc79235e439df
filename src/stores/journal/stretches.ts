/** All of the journal from a position on, read ahead of who asks: several blocks are unpacked while one is judged. */
import { type FileHandle, open } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { free } from "../../domain/freed.ts";
import type { Entry } from "../../domain/store.ts";
import { entryOf } from "./frame.ts";
import type { LiveSegment } from "./live.ts";
import { type Block, type Contents, framesIn, type SealedSegment } from "./sealed.ts";

/** As many pieces are under way at once; each is a block, or so many bytes of a live segment. */
const ahead = 6;
const liveBytes = 2 << 20;

export interface StretchedJournal {
  readonly segmentAfter: (position: number) => LiveSegment | SealedSegment | undefined;
  readonly contentsOf: (segment: SealedSegment) => Promise<Contents>;
  /** As the journal's own: whatever happens to a file meanwhile, the entries after a position. */
  readonly read: (after: number, maxBytes: number) => Promise<readonly Entry[]>;
}

/** What is read at once; up to which position; undefined entries where that did not succeed. */
interface Piece {
  readonly last: number;
  readonly entries: Promise<readonly Entry[] | undefined>;
}

/** The entries after a position and up to another. Those of one stretch are gone, bodies and all, when the next is asked for. */
export async function* stretches(
  journal: StretchedJournal,
  after: number,
  upTo: number,
): AsyncGenerator<readonly Entry[]> {
  const coming = pieces(journal, after, upTo);
  const queue: Promise<IteratorResult<Piece, void>>[] = [];
  let from = after;
  try {
    for (;;) {
      while (queue.length < ahead) queue.push(coming.next());
      const { value: piece } = await queue.shift()!;
      if (piece === undefined) return;
      const entries = await piece.entries;
      if (entries !== undefined) {
        const wanted = entries.filter(({ position }) => position > from && position <= upTo);
        from = Math.max(from, piece.last);
        // What was unpacked meanwhile gets its turn, and so does everybody else.
        await setImmediate();
        if (wanted.length > 0) yield wanted;
        freeAll(entries);
      }
      // Sealed, given back, or broken while it was to be read.
      while (from < piece.last) {
        const found = await journal.read(from, liveBytes);
        const wanted = found.filter(({ position }) => position <= upTo);
        if (wanted.length === 0) return;
        from = found.at(-1)!.position;
        yield wanted;
      }
    }
  } finally {
    await coming.return();
    for (const one of queue) {
      const { value: piece } = await one;
      freeAll((await piece?.entries) ?? []);
    }
  }
}

/** In order; each is begun when it is told. */
async function* pieces(journal: StretchedJournal, after: number, upTo: number): AsyncGenerator<Piece, void> {
  for (let from = after; from < upTo; ) {
    const segment = journal.segmentAfter(from);
    if (segment === undefined) return;
    if (segment.kind === "live") {
      const read = journal.read(from, liveBytes).catch(() => undefined);
      const last = (await read)?.at(-1)?.position ?? segment.last;
      yield { last, entries: read };
      from = last;
      continue;
    }
    const { last } = segment;
    yield* sealedPieces(journal, segment, from);
    from = last;
  }
}

async function* sealedPieces(journal: StretchedJournal, segment: SealedSegment, after: number): AsyncGenerator<Piece> {
  const unread = { last: segment.last, entries: Promise.resolve(undefined) };
  let blocks: readonly Block[];
  let file: FileHandle;
  try {
    ({ blocks } = await journal.contentsOf(segment));
    file = await open(segment.path, "r");
  } catch {
    // Who reads it again by its position gets to know why.
    return yield unread;
  }
  const reading: Promise<unknown>[] = [];
  try {
    for (const block of blocks) {
      if (block.last <= after) continue;
      const entries = framesIn(file, segment, block).then(
        (frames) => (frames.length === 0 ? undefined : frames.map(entryOf)),
        () => undefined,
      );
      reading.push(entries);
      yield { last: block.last, entries };
    }
  } finally {
    void Promise.all(reading).then(() => file.close());
  }
  if (reading.length === 0) yield unread;
}

function freeAll(entries: readonly Entry[]) {
  const bodies = new Map(entries.map(({ body }) => [body.buffer, body]));
  for (const body of bodies.values()) free(body);
}

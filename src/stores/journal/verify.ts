/** Walks a journal's chain and tells every place where a byte is not as it was written. */
import { basename, join } from "node:path";
import type { JournalReport } from "../../domain/store.ts";
import { readAnchor } from "./anchor.ts";
import { chainStart } from "./header.ts";
import { scanLive } from "./live.ts";
import { contentsOf, framesOf, isIntact, openSealed } from "./sealed.ts";
import { chainOrigin, type SegmentFile, segmentFiles } from "./segment-files.ts";

type Fault = JournalReport["faults"][number];

/** What a segment came to: where it began, where it ended, how many entries were whole. */
interface Walked {
  readonly former: Buffer;
  readonly chain: Buffer;
  readonly last: number;
  readonly entries: number;
}

/**
 * Verifies the journal of a data directory that nobody is writing to; changes nothing. An unfinished write at its end,
 * which the next start would cut off, is a fault here: from outside it cannot be told from a change.
 */
export function verifyFileJournal(
  dir: string,
  key: Uint8Array | undefined,
  progress?: (done: number, total: number) => void,
): Promise<JournalReport> {
  return reportOn(join(dir, "journal"), key, undefined, progress);
}

/** `upTo`: where a journal in use stood; what came behind it is not looked at. */
export async function reportOn(
  dir: string,
  key: Uint8Array | undefined,
  upTo: { readonly last: number; readonly path: string; readonly end: number } | undefined,
  progress: (done: number, total: number) => void = () => {},
): Promise<JournalReport> {
  const faults: Fault[] = [];
  const fault = (segment: string, position: number | null, what: string) => faults.push({ segment, position, what });
  const told = await readAnchor(dir);
  if (typeof told === "string")
    fault("anchor.json", null, told === "absent" ? "is missing" : "is not as it was written");
  const anchor = typeof told === "string" ? undefined : told;
  const files = await segmentFiles(dir);
  for (const name of files.strangers) fault(name, null, "does not belong here");
  const segments = files.segments.filter(({ first, path }) => !upTo || first <= upTo.last || path === upTo.path);

  let entries = 0;
  let expected: Buffer | undefined = anchor ? Buffer.from(anchor.former, "hex") : undefined;
  let next = anchor?.first;
  let anchored: Buffer | undefined;
  for (const [done, file] of segments.entries()) {
    progress(done, segments.length);
    const name = basename(file.path);
    if (next !== undefined && file.first > next)
      fault(name, next, `entries ${next} to ${file.first - 1} are missing before it`);
    if (next !== undefined && file.first < next)
      fault(name, file.first, "its entries stand in the segment before it too");
    const witness = (position: number, chain: Buffer) => {
      if (position === anchor?.last) anchored = Buffer.from(chain);
    };
    const here = (position: number | null, what: string) => fault(name, position, what);
    const end = file.path === upTo?.path ? upTo : undefined;
    const walked = await (file.kind === "live"
      ? walkLive(file, key, end, here, witness)
      : walkSealed(file, key, here, witness));
    if (file.first - 1 === anchor?.last) anchored ??= walked.former;
    if (expected && !walked.former.equals(expected)) here(file.first, "does not follow the segment before it");
    if (!expected && file.first === 1 && !walked.former.equals(chainOrigin))
      here(1, "does not begin where a journal begins");
    expected = walked.chain;
    next = walked.last + 1;
    entries += walked.entries;
  }
  progress(segments.length, segments.length);
  const reached = Math.max(upTo?.last ?? 0, anchor?.last ?? 0);
  if (reached >= (next ?? 1))
    fault(basename(segments.at(-1)?.path ?? dir), next ?? 1, `entries up to ${reached} are missing at the end`);
  else if (anchor && !(anchored?.toString("hex") === anchor.chain))
    fault("anchor.json", anchor.last, "the chain here is not the one that was noted");
  return { entries, segments: segments.length, faults };
}

type Tell = (position: number | null, what: string) => void;
type Notice = (position: number, chain: Buffer) => void;

async function walkLive(
  file: SegmentFile,
  key: Uint8Array | undefined,
  end: { readonly last: number; readonly end: number } | undefined,
  fault: Tell,
  notice: Notice,
): Promise<Walked> {
  let entries = 0;
  const promised = end ? end.last : 0;
  const { segment, torn } = await scanLive(
    file.path,
    file.first,
    key,
    promised,
    ({ position, chain }) => {
      entries++;
      notice(position, chain);
    },
    end?.end,
  );
  for (const { position, what } of segment.damage) fault(position, what);
  if (torn > 0) fault(segment.last + 1, `its last ${torn} bytes are no whole entry: an unfinished write, or a change`);
  return { former: segment.header.former, chain: segment.chain, last: segment.last, entries };
}

async function walkSealed(
  file: SegmentFile,
  key: Uint8Array | undefined,
  fault: Tell,
  notice: Notice,
): Promise<Walked> {
  const { segment, whole } = await openSealed(file.path, file.first, key);
  if (!whole) fault(null, "the file's ends are not as they were written");
  else if (!(await isIntact(segment))) fault(null, "the file's digest is not that of its bytes");
  const contents = await contentsOf(segment);
  if (!contents) fault(null, "the table of contents is not as it was written");
  let entries = 0;
  let former: Buffer | undefined = chainStart(segment.header);
  let next = file.first;
  for (const block of contents?.blocks ?? []) {
    for (const frame of await framesOf(segment, block)) {
      if (frame.position === next && frame.follows(former)) {
        entries++;
        notice(frame.position, frame.chain);
      } else fault(next, "the bytes of this entry are not as they were written");
      former = Buffer.from(frame.chain);
      next = frame.position + 1;
    }
    if (next <= block.last) {
      fault(next, `entries ${next} to ${block.last} cannot be read`);
      next = block.last + 1;
      former = undefined;
    }
  }
  if (former && contents && !former.equals(segment.chain))
    fault(next - 1, "does not end where its chain was noted to end");
  return { former: segment.header.former, chain: segment.chain, last: Math.max(segment.last, next - 1), entries };
}

/** Entries by their positions, out of whatever segments hold them now. */
import type { Entry } from "../../domain/store.ts";
import { readLive } from "./live.ts";
import { type Contents, contentsOf, readSealed, type SealedSegment } from "./sealed.ts";
import type { Segment } from "./segment.ts";
import { stretches } from "./stretches.ts";

export interface Reading {
  /** Entries after a position in order, up to about `maxBytes` of bodies but at least one; empty at the end. */
  read(after: number, maxBytes: number): Promise<readonly Entry[]>;
  /** All of them up to another, read ahead, their bodies lent. */
  stretches(after: number, upTo: number): AsyncIterable<readonly Entry[]>;
}

/** `segments` are those of the moment, in order; they change while they are read. */
export function reading(segments: readonly Segment[], log: (level: "error", message: string) => void): Reading {
  let opened: { path: string; contents: Contents } | undefined;
  return { read, stretches: (after, upTo) => stretches({ segmentAfter, contentsOf: tableOf, read }, after, upTo) };

  async function read(after: number, maxBytes: number): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    let bytes = 0;
    let from = after;
    while (entries.length === 0 || bytes < maxBytes) {
      const segment = segmentAfter(from);
      if (!segment) break;
      let found: readonly Entry[];
      try {
        found = await readSegment(segment, from, maxBytes - bytes);
      } catch (error) {
        // Sealed, or given back by retention, while it was being read.
        const moved =
          error instanceof Error && "code" in error && error.code === "ENOENT" && !segments.includes(segment);
        if (!moved) throw error;
        continue;
      }
      // Nothing readable in a segment that should hold more: what is broken is passed over, `verify` tells of it.
      if (found.length === 0) log("error", `${segment.path}: entries after ${from} cannot be read`);
      for (const entry of found) bytes += entry.body.length;
      entries.push(...found);
      from = found.at(-1)?.position ?? segment.last;
    }
    return entries;
  }

  async function readSegment(segment: Segment, after: number, maxBytes: number): Promise<readonly Entry[]> {
    if (segment.kind === "live") return readLive(segment, after, maxBytes);
    return readSealed(segment, await tableOf(segment), after, maxBytes);
  }

  function segmentAfter(position: number): Segment | undefined {
    return segments.find(({ last: end }) => end > position);
  }

  /** The one read last is kept: who reads on reads in the same segment. */
  async function tableOf(segment: SealedSegment): Promise<Contents> {
    if (opened?.path === segment.path) return opened.contents;
    const contents = (await contentsOf(segment)) ?? { blocks: [], bodies: [] };
    opened = { path: segment.path, contents };
    return contents;
  }
}

/** A stretch of the journal in a file of its own, being written or full. */
import type { LiveSegment } from "./live.ts";
import type { SealedSegment } from "./sealed.ts";

export type Segment = LiveSegment | SealedSegment;

/** What it takes on the disk. */
export function bytesOf(segment: Segment): number {
  return segment.kind === "live" ? segment.end : segment.bytes;
}

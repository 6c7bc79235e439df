/** Which files a journal's directory holds. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where the very first segment's chain comes from. */
export const chainOrigin = Buffer.alloc(32);

export interface SegmentFile {
  readonly first: number;
  readonly kind: "live" | "sealed";
  readonly path: string;
}

/** `0000000000000001.live`: a name sorts as its first position does. */
export function fileOf(first: number, kind: SegmentFile["kind"]): string {
  return `${String(first).padStart(16, "0")}.${kind}`;
}

/**
 * The segments in order. `leftovers` are what a crash left: files half made, and live files whose sealed ones are
 * complete, since a sealed file gets its name only then. `strangers` are nobody's.
 */
export async function segmentFiles(dir: string) {
  const names = (await readdir(dir)).sort();
  const segments = new Map<number, SegmentFile>();
  const leftovers: string[] = [];
  const strangers: string[] = [];
  for (const name of names) {
    const path = join(dir, name);
    const match = /^(\d{16})\.(live|sealed)$/.exec(name);
    if (match) {
      // Sorted by name, `live` comes before `sealed`.
      const first = Number(match[1]);
      const twin = segments.get(first);
      if (twin) leftovers.push(twin.path);
      segments.set(first, { first, kind: match[2] === "live" ? "live" : "sealed", path });
    } else if (/^(\d{16}\.(live|sealed)|anchor\.json)\.tmp$/.test(name)) leftovers.push(path);
    else if (name !== "anchor.json") strangers.push(name);
  }
  return { segments: [...segments.values()], leftovers, strangers };
}

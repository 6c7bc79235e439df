/** Whether the journal's disk has room: looked at now and then, and reckoned with in between. */
import { Refusal } from "../../domain/batch.ts";
import type { Disk } from "./disk.ts";

const checkEveryMs = 500;

/** Takes so many bytes of what is free; rejects with a `Refusal` where less than `mustStay` would be left. */
export function freeSpace(
  dir: string,
  mustStay: number,
  disk: Disk,
  now: () => Date,
): (bytes: number) => Promise<void> {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let free = Number.POSITIVE_INFINITY;
  return async (bytes) => {
    const time = now().getTime();
    if (time - checkedAt >= checkEveryMs || time < checkedAt || free - bytes < mustStay) {
      free = await disk.freeBytes(dir);
      checkedAt = time;
    }
    if (free - bytes < mustStay)
      throw new Refusal("disk-full", `the journal's disk has ${free} bytes left, and ${mustStay} must stay free`);
    free -= bytes;
  };
}

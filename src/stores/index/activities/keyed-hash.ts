/** A hash for tables of texts that callers choose. */
import { randomFillSync } from "node:crypto";

let keys = randomFillSync(new Int32Array(1024));

/**
 * A sum of the pairs of bytes, each by secret numbers of its own place, of which the upper halves count (multiply-shift
 * by Dietzfelbinger): whoever does not know the numbers cannot find texts that meet more often than by chance.
 */
export function keyedHash(bytes: Uint8Array, from: number, to: number): number {
  const pairs = (to - from + 1) >>> 1;
  if (2 * pairs + 4 > keys.length) growKeys(2 * pairs + 4);
  const length = to - from;
  let high = (keys[0]! + Math.imul(length, keys[1]!)) | 0;
  let low = (keys[2]! + Math.imul(length, keys[3]!)) | 0;
  let key = 4;
  let at = from;
  for (; at + 1 < to; at += 2, key += 2) {
    const pair = bytes[at]! | (bytes[at + 1]! << 8);
    high = (high + Math.imul(pair, keys[key]!)) | 0;
    low = (low + Math.imul(pair, keys[key + 1]!)) | 0;
  }
  if (at < to) {
    high = (high + Math.imul(bytes[at]!, keys[key]!)) | 0;
    low = (low + Math.imul(bytes[at]!, keys[key + 1]!)) | 0;
  }
  return ((high & 0xffff0000) | (low >>> 16)) >>> 0;
}

function growKeys(count: number): void {
  const larger = randomFillSync(new Int32Array(2 * count));
  larger.set(keys);
  keys = larger;
}

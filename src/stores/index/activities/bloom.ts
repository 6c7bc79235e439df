/** Which of many blocks may hold an id: twelve bits an id say no for all but one in some three hundred. */
import { idBytes } from "./columns.ts";

const bitsEach = 12;
const looks = 6;

export function bloomOf(ids: Uint8Array): Buffer {
  const count = ids.length / idBytes;
  const bits = 8 * Math.ceil((Math.max(count, 1) * bitsEach) / 8);
  const bloom = Buffer.alloc(bits / 8);
  for (let at = 0; at < ids.length; at += idBytes)
    for (let look = 0; look < looks; look++) {
      const bit = bitOf(ids, at, look, bits);
      bloom[bit >>> 3]! |= 1 << (bit & 7);
    }
  return bloom;
}

export function mayHold(bloom: Uint8Array, id: Uint8Array): boolean {
  const bits = bloom.length * 8;
  for (let look = 0; look < looks; look++) {
    const bit = bitOf(id, 0, look, bits);
    if ((bloom[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** Ids are hashes already: their own bytes are as good as any. */
function bitOf(ids: Uint8Array, at: number, look: number, bits: number): number {
  const from = at + look * 2;
  const [a, b, c, d] = [ids[from]!, ids[from + 1]!, ids[from + 2]!, ids[from + 3]!];
  return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % bits;
}

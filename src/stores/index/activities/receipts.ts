/** Up to which receipt rows must go for room to be given back. Receipts are milliseconds since 1970. */
import type { Block } from "./block.ts";
import type { Tail } from "./tail.ts";

/** The receipt with which whole blocks of so many bytes go; undefined without blocks. */
export function receivedAtBytes(blocks: readonly Block[], bytes: number): number | undefined {
  let freed = 0;
  let cut: number | undefined;
  for (const { contents } of [...blocks].sort((a, b) => a.contents.mostReceived - b.contents.mostReceived)) {
    if (freed >= bytes) break;
    freed += contents.bytes;
    cut = contents.mostReceived;
  }
  return cut;
}

/** The receipt that this share of a tail's rows do not go beyond; undefined without rows. */
export function receivedAtShare(tail: Tail, share: number): number | undefined {
  const received = tail.numbers("received").slice(0, tail.count);
  const left = received.filter((_, row) => !tail.gone.has(row)).sort();
  return left.length === 0 ? undefined : left[Math.min(left.length - 1, Math.floor(left.length * share))];
}

/** Memory that bodies are received into, lent again and again: the pages of fresh memory cost more than what is copied there. */

/** Smaller bodies come as one chunk; larger ones are too rare for their memory to be kept. */
const smallest = 1 << 17;
const largest = 1 << 24;

export interface BodyMemory {
  /** At least so many bytes, of anything. */
  lend(bytes: number): Buffer;
  /** Nobody may read or write it any more. */
  giveBack(memory: Buffer): void;
  /** Bytes that wait to be lent. */
  readonly idle: number;
}

/** Keeps at most `mostIdle` bytes for later; the rest is left to the collector. */
export function bodyMemory(mostIdle: number): BodyMemory {
  const waiting = new Map<number, Buffer[]>();
  let idle = 0;
  return {
    lend(bytes) {
      if (bytes > largest) return Buffer.allocUnsafeSlow(bytes);
      const size = sizeFor(bytes);
      const memory = waiting.get(size)?.pop();
      if (memory === undefined) return Buffer.allocUnsafeSlow(size);
      idle -= size;
      return memory;
    },
    giveBack(memory) {
      const { length } = memory;
      if (length > largest || idle + length > mostIdle) return;
      const of = waiting.get(length);
      if (of === undefined) waiting.set(length, [memory]);
      else of.push(memory);
      idle += length;
    },
    get idle() {
      return idle;
    },
  };
}

/** Four sizes between a power of two and the next, so that no more than a quarter is lent in vain. */
function sizeFor(bytes: number): number {
  const step = 2 ** (Math.ceil(Math.log2(Math.max(bytes, smallest))) - 3);
  return Math.ceil(Math.max(bytes, smallest) / step) * step;
}

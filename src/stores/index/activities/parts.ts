/** Columns as bytes, and back: numbers as differences in as few bytes as they need, ids of texts in as many as there are texts. */

export type Ids = Uint8Array | Uint16Array | Uint32Array;

/** Ids of so many texts, the bytes of one place together: that compresses best. The same one throughout is told once. */
export function idsToBytes(ids: Ids, texts: number): Buffer {
  const width = texts <= 256 ? 1 : texts <= 65_536 ? 2 : 4;
  if (ids.length > 0 && ids.every((id) => id === ids[0])) {
    const bytes = Buffer.alloc(9);
    bytes.writeUInt32LE(ids[0]!, 1);
    bytes.writeUInt32LE(ids.length, 5);
    return bytes;
  }
  const bytes = Buffer.allocUnsafe(ids.length * width + 1);
  bytes[0] = width;
  for (let place = 0; place < width; place++) {
    const [from, shift] = [1 + place * ids.length, place * 8];
    for (let row = 0; row < ids.length; row++) bytes[from + row] = ids[row]! >>> shift;
  }
  return bytes;
}

export function idsFromBytes(bytes: Buffer): Ids {
  const width = bytes[0]!;
  if (width === 0) {
    const [id, count] = [bytes.readUInt32LE(1), bytes.readUInt32LE(5)];
    return (id < 256 ? new Uint8Array(count) : id < 65_536 ? new Uint16Array(count) : new Uint32Array(count)).fill(id);
  }
  const count = (bytes.length - 1) / width;
  if (width === 1) return bytes.slice(1);
  const ids = width === 2 ? new Uint16Array(count) : new Uint32Array(count);
  for (let place = 0; place < width; place++) {
    const [from, shift] = [1 + place * count, place * 8];
    for (let row = 0; row < count; row++) ids[row]! |= bytes[from + row]! << shift;
  }
  return ids;
}

/** The ids of stretches that follow one another. */
export function idsTogether(stretches: readonly Ids[]): Ids {
  const [first] = stretches;
  if (first !== undefined && stretches.length === 1) return first;
  const count = stretches.reduce((sum, { length }) => sum + length, 0);
  const width = Math.max(1, ...stretches.map((ids) => ids.BYTES_PER_ELEMENT));
  const all = width === 1 ? new Uint8Array(count) : width === 2 ? new Uint16Array(count) : new Uint32Array(count);
  let at = 0;
  for (const ids of stretches) {
    all.set(ids, at);
    at += ids.length;
  }
  return all;
}

/** Twice of these and one more is a whole number that a double holds. */
const farthest = 2 ** 51;
const [asTheyAre, asDifferences, raw, theSame] = [0, 1, 2, 3];

/** Whole numbers, each as what it differs by from the one before it where `isRising`. */
export function numbersToBytes(numbers: Float64Array, isRising: boolean): Buffer {
  if (numbers.length > 1 && numbers.every((number) => number === numbers[0])) {
    const bytes = Buffer.alloc(9);
    bytes[0] = theSame;
    bytes.writeDoubleLE(numbers[0]!, 1);
    return bytes;
  }
  return (
    smallNumbers(numbers, isRising) ??
    Buffer.concat([Buffer.of(raw), Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)])
  );
}

function smallNumbers(numbers: Float64Array, isRising: boolean): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(numbers.length * 9 + 1);
  bytes[0] = isRising ? asDifferences : asTheyAre;
  let at = 1;
  let before = 0;
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row]!;
    const difference = isRising ? number - before : number;
    before = number;
    if (difference > farthest || difference < -farthest) return undefined;
    // Small ones of either sign are small.
    let left = difference < 0 ? -difference * 2 - 1 : difference * 2;
    while (left >= 128) {
      bytes[at++] = (left % 128) | 128;
      left = Math.floor(left / 128);
    }
    bytes[at++] = left;
  }
  return bytes.subarray(0, at);
}

export function numbersFromBytes(bytes: Buffer, count: number): Float64Array {
  if (bytes[0] === raw) return new Float64Array(new Uint8Array(bytes.subarray(1)).buffer);
  if (bytes[0] === theSame) return new Float64Array(count).fill(bytes.readDoubleLE(1));
  const numbers = new Float64Array(count);
  const isRising = bytes[0] === asDifferences;
  let at = 1;
  let before = 0;
  for (let row = 0; row < count; row++) {
    let value = 0;
    let worth = 1;
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * worth;
      if (byte < 128) break;
      worth *= 128;
    }
    const difference = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    before = isRising ? before + difference : difference;
    numbers[row] = before;
  }
  return numbers;
}

/** The numbers of stretches that follow one another. */
export function numbersTogether(stretches: readonly Float64Array[]): Float64Array {
  const [first] = stretches;
  if (first !== undefined && stretches.length === 1) return first;
  const all = new Float64Array(stretches.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const numbers of stretches) {
    all.set(numbers, at);
    at += numbers.length;
  }
  return all;
}

/** Texts one behind the other, with where each ends in them. */
export interface Joined {
  readonly text: string;
  readonly ends: Uint32Array;
  readonly isAscii: boolean;
}

export function textsToBytes(texts: readonly string[]): Buffer {
  const lengths = numbersToBytes(
    Float64Array.from(texts, ({ length }) => length),
    false,
  );
  const head = Buffer.allocUnsafe(8);
  head.writeUInt32LE(texts.length, 0);
  head.writeUInt32LE(lengths.length, 4);
  return Buffer.concat([head, lengths, Buffer.from(texts.join(""))]);
}

/** The texts of stretches that follow one another. */
export function textsFromBytes(stretches: readonly Buffer[]): Joined {
  const ends = new Uint32Array(stretches.reduce((sum, bytes) => sum + countIn(bytes), 0));
  let at = 0;
  let end = 0;
  let bytes = 0;
  const texts = stretches.map((stretch) => {
    const from = fillEnds(stretch, ends, at, end);
    at += countIn(stretch);
    end = ends[at - 1] ?? 0;
    bytes += stretch.length - from;
    return stretch.toString("utf8", from);
  });
  return { text: texts.length === 1 ? texts[0]! : texts.join(""), ends, isAscii: bytes === end };
}

/** Texts of ASCII one behind the other, with where each ends in them. */
export interface JoinedBytes {
  readonly bytes: Buffer;
  readonly ends: Uint32Array;
}

/** The texts of one stretch as bytes, without a string being made, where all are ASCII. */
export function encodedFromBytes(bytes: Buffer): JoinedBytes | readonly string[] {
  const ends = new Uint32Array(countIn(bytes));
  const from = fillEnds(bytes, ends, 0, 0);
  if (bytes.length - from === (ends.at(-1) ?? 0)) return { bytes: bytes.subarray(from), ends };
  const joined = textsFromBytes([bytes]);
  return Array.from(ends, (_, at) => textAt(joined, at));
}

const countIn = (bytes: Buffer): number => bytes.readUInt32LE(0);

/** Where each text ends, in characters, the first one beginning at `begin`. Answers where they begin in the bytes. */
function fillEnds(bytes: Buffer, ends: Uint32Array, from: number, begin: number): number {
  const [count, behind] = [countIn(bytes), 8 + bytes.readUInt32LE(4)];
  let end = begin;
  if (bytes[8] !== asTheyAre) {
    for (const [text, length] of numbersFromBytes(bytes.subarray(8, behind), count).entries()) {
      end += length;
      ends[from + text] = end;
    }
    return behind;
  }
  // As `numbersFromBytes` reads them, and many times as often.
  let at = 9;
  for (let text = 0; text < count; text++) {
    let byte = bytes[at++]!;
    let twice = byte & 127;
    for (let worth = 128; byte >= 128; worth *= 128) {
      byte = bytes[at++]!;
      twice += (byte & 127) * worth;
    }
    end += twice / 2;
    ends[from + text] = end;
  }
  return behind;
}

export const textAt = ({ text, ends }: Joined, at: number): string => text.slice(at === 0 ? 0 : ends[at - 1], ends[at]);

/** A tail's rows become a block: sorted, compressed column by column, durably under its name or not at all. */
import { constants as fs } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import type { Contents, Places } from "./block-file.ts";
import { bloomOf } from "./bloom.ts";
import {
  countedColumns,
  idBytes,
  idColumns,
  isCounted,
  type NumberColumn,
  numberColumns,
  textColumns,
} from "./columns.ts";
import { frequentPart, frequentToBytes } from "./frequent.ts";
import { idsToBytes, numbersToBytes, textsToBytes } from "./parts.ts";
import type { Tail } from "./tail.ts";

const compress = promisify(zstdCompress);
const level = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

const rising: ReadonlySet<NumberColumn> = new Set(["moment", "received", "written", "entry", "item"]);

/** What lies in one frame: a row is read by one frame of each column, a column by all of its frames. */
export interface Frames {
  readonly rows: number;
  readonly texts: number;
  /** Parts of which no frame is longer than this, in bytes, lie together in one. */
  readonly small: number;
  /** Columns with more texts than this have a list of the most frequent, of so many. */
  readonly frequent: number;
}

/** As many rows as cost about as much to read as opening a frame does, where blocks have their 65,536 rows. */
export const framesOf = (blockRows: number): Frames => {
  const rows = Math.ceil(blockRows / 8);
  return { rows, texts: Math.ceil(rows / 2), small: Math.ceil(rows / 2), frequent: Math.ceil(rows / 64) };
};

type Part = readonly [name: string, frames: readonly Buffer[]];

/** Writes what is not gone of a tail, durably, under that name or not at all. */
export async function writeBlock(tail: Tail, path: string, frames: Frames): Promise<Contents> {
  const order = sorted(tail);
  const numbers = (name: NumberColumn) => {
    const all = tail.numbers(name);
    const made = new Float64Array(order.length);
    for (let at = 0; at < order.length; at++) made[at] = all[order[at]!]!;
    return made;
  };
  const made: Part[] = [];
  for (const name of textColumns) {
    const texts = tail.textsOf(name);
    const all = tail.ids(name);
    const ids = new Uint32Array(order.length);
    for (let at = 0; at < order.length; at++) ids[at] = all[order[at]!]!;
    made.push([`${name} ids`, inFrames(ids, frames.rows, (some) => idsToBytes(some, texts.length))]);
    made.push([`${name} texts`, inFrames(texts, frames.texts, textsToBytes)]);
    if (!isCounted(name)) continue;
    const tallies = new Float64Array(texts.length);
    for (let at = 0; at < ids.length; at++) tallies[ids[at]!]! += 1;
    made.push([`${name} tallies`, [numbersToBytes(tallies, false)]]);
    const frequent = frequentToBytes(texts, tallies, frames.frequent);
    if (frequent !== undefined) made.push([frequentPart(name), [frequent]]);
  }
  for (const name of numberColumns) {
    made.push([name, inFrames(numbers(name), frames.rows, (some) => numbersToBytes(some, rising.has(name)))]);
  }
  for (const name of idColumns) {
    const all = tail.bytes(name);
    const bytes = Buffer.allocUnsafe(order.length * idBytes);
    for (let at = 0; at < order.length; at++) {
      const [from, to] = [order[at]! * idBytes, at * idBytes];
      for (let byte = 0; byte < idBytes; byte++) bytes[to + byte] = all[from + byte]!;
    }
    made.push([name, inFrames(bytes, frames.rows * idBytes, (some) => some)]);
    if (name === "id") made.push(["bloom", [bloomOf(bytes)]]);
  }
  const { parts, small, packed } = await pack(made, frames.small);
  const file = await open(`${path}.tmp`, "w", 0o600);
  try {
    await file.writev(packed);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
  const folder = await open(dirname(path), fs.O_RDONLY);
  await folder.sync().finally(() => folder.close());
  const [moments, received, written] = [numbers("moment"), numbers("received"), numbers("written")];
  return {
    count: order.length,
    least: moments[0] ?? 0,
    most: moments.at(-1) ?? 0,
    leastReceived: received.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    mostReceived: received.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    mostWritten: written.reduce((a, b) => Math.max(a, b), 0),
    bytes: packed.reduce((sum, { length }) => sum + length, 0),
    firsts: Array.from(moments.filter((_, at) => at % frames.rows === 0)),
    texts: Object.fromEntries(countedColumns.map((name) => [name, tail.textsOf(name).length])),
    ...{ parts, small, rowsAFrame: frames.rows, textsAFrame: frames.texts },
  };
}

function inFrames<T extends { readonly length: number; slice(from: number, to: number): T }>(
  all: T,
  each: number,
  make: (some: T) => Buffer,
): Buffer[] {
  const count = Math.ceil(all.length / each);
  return Array.from({ length: count }, (_, at) => make(all.slice(at * each, (at + 1) * each)));
}

/** Parts as what stands in the file, and where. */
async function pack(
  made: readonly Part[],
  most: number,
): Promise<Pick<Contents, "parts" | "small"> & { packed: Buffer[] }> {
  const isSmall = ([, frames]: Part) => frames.every(({ length }) => length <= most);
  const small = made.filter(isSmall);
  const together = Buffer.concat(small.flatMap(([, frames]) => frames));
  const large: Part[] = [...made.filter((part) => !isSmall(part)), ["small", [together]]];
  const packed = await Promise.all(
    large.map(
      async ([name, frames]) => [name, await Promise.all(frames.map((frame) => compress(frame, level)))] as const,
    ),
  );
  return { parts: placesOf(packed), small: placesOf(small), packed: packed.flatMap(([, frames]) => frames) };
}

/** Where the frames stand when one follows the other. */
function placesOf(parts: readonly Part[]): Record<string, Places> {
  let offset = 0;
  return Object.fromEntries(
    parts.map(([name, frames]) => {
      const places: number[] = [];
      for (const { length } of frames) {
        places.push(offset, length);
        offset += length;
      }
      return [name, places];
    }),
  );
}

function sorted(tail: Tail): Uint32Array {
  const rows = new Uint32Array(tail.count - tail.gone.size);
  const [moments, nanos] = [tail.numbers("moment"), tail.numbers("nanos")];
  let at = 0;
  let isInOrder = true;
  for (let row = 0; row < tail.count; row++) {
    if (tail.gone.has(row)) continue;
    if (at > 0 && moments[row]! <= moments[rows[at - 1]!]!) isInOrder = false;
    rows[at++] = row;
  }
  if (isInOrder) return rows;
  return rows.sort(
    (a, b) => moments[a]! - moments[b]! || nanos[a]! - nanos[b]! || (tail.idAt(a) < tail.idAt(b) ? -1 : 1),
  );
}

/** A tail's rows become a block: sorted, compressed column by column, durably under its name or not at all. */
import { constants as fs } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import type { Contents } from "./block.ts";
import { bloomOf } from "./bloom.ts";
import { idBytes, idColumns, isCounted, type NumberColumn, numberColumns, textColumns } from "./columns.ts";
import { idsToBytes, numbersToBytes, textsToBytes } from "./parts.ts";
import type { Tail } from "./tail.ts";

const compress = promisify(zstdCompress);
const level = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

const rising: ReadonlySet<NumberColumn> = new Set(["moment", "received", "written", "entry", "item"]);

/** Writes what is not gone of a tail, durably, under that name or not at all. */
export async function writeBlock(tail: Tail, path: string): Promise<Contents> {
  const order = sorted(tail);
  const numbers = (name: NumberColumn) => {
    const all = tail.numbers(name);
    const made = new Float64Array(order.length);
    for (let at = 0; at < order.length; at++) made[at] = all[order[at]!]!;
    return made;
  };
  const made: [string, Buffer][] = [];
  for (const name of textColumns) {
    const texts = tail.textsOf(name);
    const all = tail.ids(name);
    const ids = new Uint32Array(order.length);
    for (let at = 0; at < order.length; at++) ids[at] = all[order[at]!]!;
    made.push([`${name} ids`, idsToBytes(ids, texts.length)], [`${name} texts`, textsToBytes(texts)]);
    if (!isCounted(name)) continue;
    const tallies = new Float64Array(texts.length);
    for (let at = 0; at < ids.length; at++) tallies[ids[at]!]! += 1;
    made.push([`${name} tallies`, numbersToBytes(tallies, false)]);
  }
  for (const name of numberColumns) made.push([name, numbersToBytes(numbers(name), rising.has(name))]);
  for (const name of idColumns) {
    const all = tail.bytes(name);
    const bytes = Buffer.allocUnsafe(order.length * idBytes);
    for (let at = 0; at < order.length; at++) {
      const [from, to] = [order[at]! * idBytes, at * idBytes];
      for (let byte = 0; byte < idBytes; byte++) bytes[to + byte] = all[from + byte]!;
    }
    made.push([name, bytes]);
    if (name === "id") made.push(["bloom", bloomOf(bytes)]);
  }
  const parts: Record<string, readonly [number, number]> = {};
  const packed = await Promise.all(made.map(async ([name, bytes]) => [name, await compress(bytes, level)] as const));
  let offset = 0;
  for (const [name, { length }] of packed) {
    parts[name] = [offset, length];
    offset += length;
  }
  const file = await open(`${path}.tmp`, "w", 0o600);
  try {
    await file.writev(packed.map(([, bytes]) => bytes));
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
    bytes: offset,
    parts,
  };
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

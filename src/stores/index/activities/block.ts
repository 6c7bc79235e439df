/** Rows that are full: sorted, compressed column by column in a file that never changes, read part by part as they are asked about. */
import { closeSync, constants as fs, openSync, readSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompressSync } from "node:zlib";
import type { Activity } from "../../../domain/activity.ts";
import { bloomOf } from "./bloom.ts";
import { activityOfRow, idOf } from "./cells.ts";
import {
  type CountedColumn,
  type IdColumn,
  idBytes,
  idColumns,
  isCounted,
  type NumberColumn,
  numberColumns,
  type PlainColumn,
  type TextColumn,
  textColumns,
} from "./columns.ts";
import {
  type Ids,
  idsFromBytes,
  idsToBytes,
  type Joined,
  numbersFromBytes,
  numbersToBytes,
  textAt,
  textsFromBytes,
  textsToBytes,
} from "./parts.ts";
import { firstNot } from "./question.ts";
import { isSame, RowTable } from "./row-table.ts";
import type { Rows } from "./rows.ts";
import type { Shelf } from "./shelf.ts";
import type { Tail } from "./tail.ts";
import type { Values } from "./values.ts";

const compress = promisify(zstdCompress);
const level = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

/** What is known of a block without its file. */
export interface Contents {
  readonly count: number;
  readonly least: number;
  readonly most: number;
  /** Milliseconds. */
  readonly leastReceived: number;
  readonly mostReceived: number;
  readonly mostWritten: number;
  readonly bytes: number;
  /** Where each part stands and how long it is. */
  readonly parts: Readonly<Record<string, readonly [offset: number, length: number]>>;
}

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

/** More rows of one moment than this are not gone through: callers and coarse clocks can give one to any number of requests. */
const fewRows = 8;

/** A block's file is not as it was written. */
export class BrokenBlock extends Error {}

export class Block implements Rows {
  readonly isSorted = true;
  readonly gone = new Map<number, number>();
  readonly number: number;
  readonly path: string;
  readonly contents: Contents;
  readonly #shelf: Shelf;
  readonly #values: { readonly [C in CountedColumn]: Values };
  /** Its file is gone: who began to read before leaves it out. */
  isRemoved = false;
  #file: number | undefined;

  constructor(
    number: number,
    path: string,
    contents: Contents,
    shelf: Shelf,
    values: { readonly [C in CountedColumn]: Values },
  ) {
    this.number = number;
    this.path = path;
    this.contents = contents;
    this.#shelf = shelf;
    this.#values = values;
  }

  get count(): number {
    return this.contents.count;
  }
  get least(): number {
    return this.contents.least;
  }
  get most(): number {
    return this.contents.most;
  }
  get mostWritten(): number {
    return this.contents.mostWritten;
  }

  ids(column: TextColumn): Ids {
    return this.#shelf.have(this, `${column} ids`, () => {
      const ids = idsFromBytes(this.#part(`${column} ids`));
      return { value: ids, bytes: ids.byteLength };
    });
  }

  values(column: CountedColumn): Uint32Array {
    const values = this.#values[column];
    return this.#shelf.have(this, `${column} values ${values.era}`, () => {
      const joined = textsFromBytes(this.#part(`${column} texts`));
      const numbers = new Uint32Array(joined.ends.length);
      for (let at = 1; at < numbers.length; at++) numbers[at] = values.numberOf(textAt(joined, at));
      return { value: numbers, bytes: numbers.byteLength };
    });
  }

  tallies(column: CountedColumn): Uint32Array | undefined {
    if (this.gone.size > 0) return undefined;
    return this.#shelf.have(this, `${column} tallies`, () => {
      const texts = this.values(column).length;
      const tallies = Uint32Array.from(numbersFromBytes(this.#part(`${column} tallies`), texts));
      return { value: tallies, bytes: tallies.byteLength };
    });
  }

  joined(column: PlainColumn): Joined {
    return this.#shelf.have(this, `${column} texts`, () => {
      const joined = textsFromBytes(this.#part(`${column} texts`));
      return { value: joined, bytes: joined.text.length + joined.ends.byteLength };
    });
  }

  lowered(column: PlainColumn): Joined {
    return this.#shelf.have(this, `${column} lowered`, () => {
      const joined = this.joined(column);
      const lower = joined.text.toLowerCase();
      // A few letters become two: their texts are lowered one by one.
      const value = lower.length === joined.text.length ? { text: lower, ends: joined.ends } : loweredOneByOne(joined);
      return { value, bytes: value.text.length };
    });
  }

  numbers(column: NumberColumn): Float64Array {
    return this.#shelf.have(this, column, () => {
      const numbers = numbersFromBytes(this.#part(column), this.count);
      // Few clocks tell nanoseconds: all that says nothing shares its memory.
      if (numbers.every((number) => number === 0)) return { value: zeros(this.count), bytes: 8 };
      return { value: numbers, bytes: numbers.byteLength };
    });
  }

  bytes(column: IdColumn): Uint8Array {
    return this.#shelf.have(this, column, () => {
      const bytes = this.#part(column);
      return { value: bytes, bytes: bytes.byteLength };
    });
  }

  remember<T>(name: string, make: () => { readonly value: T; readonly bytes: number }): T {
    return this.#shelf.have(this, `made ${name}`, make);
  }

  bloom(): Uint8Array {
    return this.#shelf.have(this, "bloom", () => {
      const bytes = this.#part("bloom");
      return { value: bytes, bytes: bytes.byteLength };
    });
  }

  /** Looks up the row of an id and its moment, gone or not; what that needs is read once. */
  finder(): (id: Uint8Array, moment: number) => number | undefined {
    const [moments, ids] = [this.numbers("moment"), this.bytes("id")];
    let table: RowTable | undefined;
    return (id, moment) => {
      const first = firstNot(this.count, (at) => moments[at]! < moment);
      for (let row = first; row < this.count && moments[row] === moment; row++) {
        if (row - first < fewRows) {
          if (isSame(ids, row * idBytes, id, 0)) return row;
          continue;
        }
        table ??= this.#rowsById(ids);
        const found = table.get(ids, id, 0);
        return found !== undefined && moments[found] === moment ? found : undefined;
      }
      return undefined;
    };
  }

  #rowsById(ids: Uint8Array): RowTable {
    return this.#shelf.have(this, "rows by id", () => {
      const value = new RowTable();
      for (let row = 0; row < this.count; row++) value.set(ids, row);
      return { value, bytes: value.bytes };
    });
  }

  text(column: TextColumn, row: number): string | null {
    const id = this.ids(column)[row]!;
    if (id === 0) return null;
    return isCounted(column) ? this.#values[column].texts[this.values(column)[id]!]! : textAt(this.joined(column), id);
  }

  activity(row: number): Activity {
    return activityOfRow(this.#row(row));
  }

  idAt(row: number): string {
    return idOf(this.#row(row));
  }

  async remove(): Promise<void> {
    this.isRemoved = true;
    this.close();
    await rm(this.path, { force: true });
  }

  close(): void {
    this.#shelf.forget(this);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #row(row: number) {
    return {
      text: (column: TextColumn) => this.text(column, row),
      number: (column: NumberColumn) => this.numbers(column)[row]!,
      id: (column: IdColumn) => this.bytes(column).subarray(row * idBytes, (row + 1) * idBytes),
    };
  }

  #part(name: string): Buffer {
    const [offset, length] = this.contents.parts[name] ?? [0, 0];
    const packed = Buffer.allocUnsafe(length);
    this.#file ??= openSync(this.path, "r");
    try {
      readSync(this.#file, packed, 0, length, offset);
      return zstdDecompressSync(packed);
    } catch (error) {
      throw new BrokenBlock(
        `${this.path} is damaged (${name}: ${error instanceof Error ? error.message : error}): rebuild the index with \`tiercel journal rejudge\``,
        { cause: error },
      );
    }
  }
}

let allZeros = new Float64Array(0);

function zeros(count: number): Float64Array {
  if (allZeros.length < count) allZeros = new Float64Array(count);
  return allZeros.subarray(0, count);
}

function loweredOneByOne(joined: Joined): Joined {
  const texts = Array.from(joined.ends, (_, at) => textAt(joined, at).toLowerCase());
  let end = 0;
  return { text: texts.join(""), ends: Uint32Array.from(texts, ({ length }) => (end += length)) };
}

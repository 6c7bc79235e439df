/** Rows that are full: sorted, compressed column by column in a file that never changes, read part by part as they are asked about. */
import { closeSync, openSync, readSync } from "node:fs";
import { rm } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";
import type { Activity } from "../../../domain/activity.ts";
import { activityOfRow, idOf } from "./cells.ts";
import {
  type CountedColumn,
  type IdColumn,
  idBytes,
  isCounted,
  type NumberColumn,
  type PlainColumn,
  type TextColumn,
} from "./columns.ts";
import { type Ids, idsFromBytes, type Joined, numbersFromBytes, textAt, textsFromBytes } from "./parts.ts";
import type { Rows } from "./rows.ts";
import type { Shelf } from "./shelf.ts";
import type { Values } from "./values.ts";

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

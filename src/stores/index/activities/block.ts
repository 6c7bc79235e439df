/** Rows that are full: sorted, compressed column by column in a file that never changes, read part by part as they are asked about. */
import type { Activity } from "../../../domain/activity.ts";
import { BlockColumns } from "./block-columns.ts";
import type { Contents } from "./block-file.ts";
import { activityOfRow, idOf } from "./cells.ts";
import type { CountedColumn, IdColumn, NumberColumn, PlainColumn, TextColumn } from "./columns.ts";
import { type Ids, type Joined, textAt } from "./parts.ts";
import type { Rows } from "./rows.ts";
import type { Shelf } from "./shelf.ts";
import type { Values } from "./values.ts";

export class Block implements Rows {
  readonly isSorted = true;
  readonly gone = new Map<number, number>();
  readonly number: number;
  readonly contents: Contents;
  readonly #columns: BlockColumns;
  readonly #values: { readonly [C in CountedColumn]: Values };
  /** Its file is gone: who began to read before leaves it out. */
  isRemoved = false;

  constructor(
    number: number,
    path: string,
    contents: Contents,
    shelf: Shelf,
    values: { readonly [C in CountedColumn]: Values },
  ) {
    this.number = number;
    this.contents = contents;
    this.#columns = new BlockColumns(path, contents, shelf);
    this.#values = values;
  }

  get path(): string {
    return this.#columns.file.path;
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
    return this.#columns.ids(column);
  }

  values(column: CountedColumn): Uint32Array {
    const values = this.#values[column];
    return this.#columns.have(`${column} values ${values.era}`, () => {
      const numbers = values.numbersOf(this.#columns.encoded(column));
      return { value: numbers, bytes: numbers.byteLength };
    });
  }

  tallies(column: CountedColumn): Uint32Array | undefined {
    return this.gone.size > 0 ? undefined : this.#columns.tallies(column, this.values(column).length);
  }

  joined(column: PlainColumn): Joined {
    return this.#columns.joined(column);
  }

  lowered(column: PlainColumn): Joined {
    return this.#columns.have(`${column} lowered`, () => {
      const joined = this.joined(column);
      const lower = joined.text.toLowerCase();
      // A few letters become two: their texts are lowered one by one.
      const value = lower.length === joined.text.length ? { text: lower, ends: joined.ends } : loweredOneByOne(joined);
      return { value, bytes: value.text.length };
    });
  }

  numbers(column: NumberColumn): Float64Array {
    return this.#columns.numbers(column);
  }

  bytes(column: IdColumn): Buffer {
    return this.#columns.bytes(column);
  }

  remember<T>(name: string, make: () => { readonly value: T; readonly bytes: number }): T {
    return this.#columns.have(name, make);
  }

  bloom(): Uint8Array {
    return this.#columns.bloom();
  }

  text(column: TextColumn, row: number): string | null {
    return this.#columns.textAt(column, row);
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
    await this.#columns.file.remove();
  }

  close(): void {
    this.#columns.close();
  }

  #row(row: number) {
    return {
      text: (column: TextColumn) => this.#columns.textAt(column, row),
      number: (column: NumberColumn) => this.#columns.numberAt(column, row),
      id: (column: IdColumn) => this.#columns.bytesAt(column, row),
    };
  }
}

function loweredOneByOne(joined: Joined): Joined {
  const texts = Array.from(joined.ends, (_, at) => textAt(joined, at).toLowerCase());
  let end = 0;
  return { text: texts.join(""), ends: Uint32Array.from(texts, ({ length }) => (end += length)) };
}

/** Rows that are full: sorted, compressed column by column in a file that never changes, read part by part as they are asked about. */
import type { Activity } from "../../../domain/activity.ts";
import { BlockColumns } from "./block-columns.ts";
import type { Contents } from "./block-file.ts";
import { activityOfRow, idOf } from "./cells.ts";
import type { CountedColumn, IdColumn, NumberColumn, TextColumn } from "./columns.ts";
import type { Frequent } from "./frequent.ts";
import { Gone } from "./gone.ts";
import { type Ids, type Joined, textAt } from "./parts.ts";
import type { Moment, Rare, Rows } from "./rows.ts";
import { firstNot } from "./selection.ts";
import type { Shelves } from "./shelf.ts";
import type { Values } from "./values.ts";

/** What an activity takes about, in bytes. */
const activityBytes = 4096;

export class Block implements Rows {
  readonly isSorted = true;
  readonly gone = new Gone();
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
    shelves: Shelves,
    values: { readonly [C in CountedColumn]: Values },
  ) {
    this.number = number;
    this.contents = contents;
    this.#columns = new BlockColumns(path, contents, shelves);
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

  texts(column: CountedColumn): number {
    return this.#named(column).length;
  }

  valuesOf(column: CountedColumn, tallies: Uint32Array): Uint32Array {
    const [named, values] = [this.#named(column), this.#values[column]];
    let missing = 0;
    for (let text = 1; text < named.length; text++) if (tallies[text]! > 0 && named[text] === 0) missing++;
    if (missing * 4 > named.length) named.set(values.numbersOf(this.#columns.encoded(column)));
    else if (missing > 0) {
      const joined = this.joined(column);
      for (let text = 1; text < named.length; text++)
        if (tallies[text]! > 0 && named[text] === 0) named[text] = values.numberOf(textAt(joined, text));
    }
    return named;
  }

  /** The numbers of texts among all values, as far as somebody asked for them; 0 for those of which nobody did. */
  #named(column: CountedColumn): Uint32Array {
    return this.#columns.have(`${column} values ${this.#values[column].era}`, () => {
      const value = new Uint32Array(this.#columns.texts(column));
      return { value, bytes: value.byteLength };
    });
  }

  rare(column: CountedColumn): Rare | undefined {
    return this.#columns.rare(column);
  }

  tallies(column: CountedColumn): Uint32Array | undefined {
    return this.#columns.tallies(column, this.texts(column));
  }

  frequent(column: CountedColumn): Frequent | undefined {
    return this.#columns.frequent(column, this.#values[column]);
  }

  joined(column: TextColumn): Joined {
    return this.#columns.joined(column);
  }

  lowered(column: TextColumn): Joined {
    return this.#columns.have(`${column} lowered`, () => {
      const joined = this.#columns.heldOrRead(column);
      // How a letter is lowered may depend on those beside it, and a few become two.
      if (!joined.isAscii) {
        const value = loweredOneByOne(joined);
        return { value, bytes: 2 * value.text.length + value.ends.byteLength };
      }
      const text = joined.text.toLowerCase();
      return { value: { ...joined, text }, bytes: text.length + joined.ends.byteLength };
    });
  }

  firstFrom({ micros, nanos }: Moment): number {
    const { count, firsts } = this.contents;
    const isBefore = (row: number) => {
      const moment = this.numberAt("moment", row);
      return moment < micros || (moment === micros && this.numberAt("nanos", row) < nanos);
    };
    if (firsts === undefined) return firstNot(count, isBefore);
    // The frame that its row lies in is told by the first moments of all.
    const rows = this.contents.rowsAFrame ?? count;
    const frame = Math.max(0, firstNot(firsts.length, (at) => firsts[at]! < micros) - 1);
    const [from, to] = [frame * rows, Math.min(count, (frame + 1) * rows)];
    const first = from + firstNot(to - from, (at) => isBefore(from + at));
    return first < to ? first : to + firstNot(count - to, (at) => isBefore(to + at));
  }

  numberAt(column: NumberColumn, row: number): number {
    return this.#columns.numberAt(column, row);
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
    // A page is asked for again as events come, and its rows may lie in as many blocks.
    const activity = this.#columns.have(`row ${row}`, () => ({
      value: activityOfRow(this.#row(row)),
      bytes: activityBytes,
    }));
    return { ...activity };
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
  return { text: texts.join(""), ends: Uint32Array.from(texts, ({ length }) => (end += length)), isAscii: false };
}

/** The rows that came lately, in the order in which they came: growing columns in memory, each write of them a stretch of bytes. */

import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompressSync } from "node:zlib";
import type { Activity } from "../../../domain/activity.ts";
import { activityOfRow, bytesOfId, type Cells, emptyCells, fillCells, idOf } from "./cells.ts";
import {
  type CountedColumn,
  type IdColumn,
  idBytes,
  idColumns,
  type NumberColumn,
  numberColumns,
  type TextColumn,
  textColumns,
} from "./columns.ts";
import { Gone } from "./gone.ts";
import type { Joined } from "./parts.ts";
import { RowTable } from "./row-table.ts";
import type { Rows } from "./rows.ts";
import { TailTexts } from "./tail-texts.ts";
import type { Values } from "./values.ts";

const compress = promisify(zstdCompress);
const quick = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

interface Head {
  readonly rows: number;
  /** New texts of each column. */
  readonly texts: { readonly [C in TextColumn]?: readonly string[] };
  /** Rows of this tail that are gone from now on. */
  readonly gone: readonly number[];
}

const firstCapacity = 4096;

export class Tail implements Rows {
  readonly isSorted = false;
  readonly isRemoved = false;
  readonly mostWritten = undefined;
  readonly gone = new Gone();
  count = 0;
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;
  #staged = 0;
  #capacity = firstCapacity;
  readonly #values: { readonly [C in CountedColumn]: Values };
  readonly #texts: { readonly [C in TextColumn]: TailTexts };
  readonly #numbers: { [C in NumberColumn]: Float64Array };
  readonly #bytes: { [C in IdColumn]: Uint8Array };
  readonly #cells: Cells = emptyCells();
  readonly #rowsOfIds = new RowTable();
  readonly #wanted = new Uint8Array(idBytes);
  readonly #named = new Map<CountedColumn, { era: number; done: number; numbers: Uint32Array }>();

  constructor(values: { readonly [C in CountedColumn]: Values }) {
    this.#values = values;
    const entries = <K extends string, V>(names: readonly K[], make: () => V) =>
      Object.fromEntries(names.map((name) => [name, make()])) as { [C in K]: V };
    this.#texts = entries(textColumns, () => new TailTexts(firstCapacity));
    this.#numbers = entries(numberColumns, () => new Float64Array(firstCapacity));
    this.#bytes = entries(idColumns, () => new Uint8Array(firstCapacity * idBytes));
  }

  /** The row of an id that is not gone. */
  rowOf(id: string): number | undefined {
    bytesOfId(id, this.#wanted);
    const row = this.#rowsOfIds.get(this.#bytes.id, this.#wanted, 0);
    return row === undefined || this.gone.has(row) ? undefined : row;
  }

  /** Adds rows that nobody sees before `show`; answers them, and which rows are gone with them, as bytes for `replay`. */
  async stage(activities: readonly Activity[], written: number, gone: readonly number[]): Promise<Buffer> {
    const from = this.count;
    this.#staged = from;
    this.#hold(from + activities.length);
    for (const activity of activities) {
      fillCells(this.#cells, activity, written);
      this.#put(this.#staged++);
    }
    const head: Head = {
      rows: activities.length,
      texts: Object.fromEntries(
        textColumns.flatMap((name) => {
          const untold = this.#texts[name].untold();
          return untold.length === 0 ? [] : [[name, untold]];
        }),
      ),
      gone,
    };
    const told = Buffer.from(JSON.stringify(head));
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(told.length, 0);
    const to = this.#staged;
    const columns = [
      ...textColumns.map((name) => this.#texts[name].ids.subarray(from, to)),
      ...numberColumns.map((name) => this.#numbers[name].subarray(from, to)),
      ...idColumns.map((name) => this.#bytes[name].subarray(from * idBytes, to * idBytes)),
    ];
    const parts = columns.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
    return compress(Buffer.concat([length, told, ...parts]), quick);
  }

  /** What was staged is seen from now on, and `gone` no longer. */
  show(gone: readonly number[], write: number): void {
    for (const row of gone) this.gone.set(row, write);
    for (let row = this.count; row < this.#staged; row++) this.#know(row);
    for (const name of textColumns) this.#texts[name].tell();
    this.count = this.#staged;
  }

  /** What `stage` once answered, again. */
  replay(bytes: Uint8Array): void {
    const whole = zstdDecompressSync(bytes);
    const length = whole.readUInt32LE(0);
    const { rows, texts, gone } = JSON.parse(whole.toString("utf8", 4, 4 + length)) as Head;
    const from = this.count;
    this.#hold(from + rows);
    let at = 4 + length;
    const take = (bytes: number) => {
      at += bytes;
      return whole.subarray(at - bytes, at);
    };
    for (const name of textColumns) {
      const column = this.#texts[name];
      for (const text of texts[name] ?? []) column.add(text);
      new Uint8Array(column.ids.buffer).set(take(rows * 4), from * 4);
    }
    for (const name of numberColumns) new Uint8Array(this.#numbers[name].buffer).set(take(rows * 8), from * 8);
    for (const name of idColumns) this.#bytes[name].set(take(rows * idBytes), from * idBytes);
    this.#staged = from + rows;
    this.show(gone, 0);
  }

  activity(row: number): Activity {
    return activityOfRow(this.#row(row));
  }

  idAt(row: number): string {
    return idOf(this.#row(row));
  }

  #row(row: number) {
    return {
      text: (column: TextColumn) => this.text(column, row),
      number: (column: NumberColumn) => this.#numbers[column][row]!,
      id: (column: IdColumn) => this.#bytes[column].subarray(row * idBytes, (row + 1) * idBytes),
    };
  }

  #put(row: number): void {
    const { texts, numbers, ids } = this.#cells;
    for (const name of textColumns) this.#texts[name].set(row, texts[name]);
    for (const name of numberColumns) this.#numbers[name][row] = numbers[name];
    this.#bytes.id.set(ids.id, row * idBytes);
    this.#bytes.auditID.set(ids.auditID, row * idBytes);
  }

  #know(row: number): void {
    const moment = this.#numbers.moment[row]!;
    if (moment < this.least) this.least = moment;
    if (moment > this.most) this.most = moment;
    this.#rowsOfIds.set(this.#bytes.id, row);
  }

  #hold(rows: number): void {
    if (rows <= this.#capacity) return;
    while (this.#capacity < rows) this.#capacity *= 2;
    for (const name of textColumns) this.#texts[name].hold(this.#capacity);
    for (const name of numberColumns) {
      const larger = new Float64Array(this.#capacity);
      larger.set(this.#numbers[name]);
      this.#numbers[name] = larger;
    }
    for (const name of idColumns) {
      const larger = new Uint8Array(this.#capacity * idBytes);
      larger.set(this.#bytes[name]);
      this.#bytes[name] = larger;
    }
  }

  ids(column: TextColumn): Uint32Array {
    return this.#texts[column].ids;
  }

  valuesOf(column: CountedColumn): Uint32Array {
    const values = this.#values[column];
    const { texts } = this.#texts[column];
    let named = this.#named.get(column);
    if (named === undefined || named.era !== values.era) {
      named = { era: values.era, done: 1, numbers: new Uint32Array(1024) };
      this.#named.set(column, named);
    }
    if (named.numbers.length < texts.length) {
      const larger = new Uint32Array(texts.length * 2);
      larger.set(named.numbers);
      named.numbers = larger;
    }
    for (; named.done < texts.length; named.done++) named.numbers[named.done] = values.numberOf(texts[named.done]!);
    return named.numbers.subarray(0, texts.length);
  }

  texts(column: CountedColumn): number {
    return this.#texts[column].texts.length;
  }

  tallies(): undefined {
    return undefined;
  }

  rare(): undefined {
    return undefined;
  }

  frequent(): undefined {
    return undefined;
  }

  joined(column: TextColumn): Joined {
    return this.#texts[column].joined();
  }

  lowered(column: TextColumn): Joined {
    return this.#texts[column].lowered();
  }

  /** Rows are as they came. */
  firstFrom(): never {
    throw new Error("a tail is not sorted");
  }

  numberAt(column: NumberColumn, row: number): number {
    return this.#numbers[column][row]!;
  }

  numbers(column: NumberColumn): Float64Array {
    return this.#numbers[column];
  }

  bytes(column: IdColumn): Uint8Array {
    return this.#bytes[column];
  }

  /** Rows come all the time. */
  remember<T>(_: string, make: () => { readonly value: T; readonly bytes: number }): T {
    return make().value;
  }

  text(column: TextColumn, row: number): string | null {
    return this.#texts[column].at(row);
  }

  /** The texts of a column, the first one standing for none. */
  textsOf(column: TextColumn): readonly string[] {
    return this.#texts[column].texts;
  }
}

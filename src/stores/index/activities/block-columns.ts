/** The columns of a block as its file tells them: whole ones for who asks about all rows, a frame of them for who reads one row. */
import { BlockFile, type Contents } from "./block-file.ts";
import { type CountedColumn, type IdColumn, idBytes, type NumberColumn, type TextColumn } from "./columns.ts";
import { type Frequent, frequentFromBytes, frequentPart } from "./frequent.ts";
import {
  encodedFromBytes,
  type Ids,
  idsFromBytes,
  idsTogether,
  type Joined,
  type JoinedBytes,
  numbersFromBytes,
  numbersTogether,
  textAt,
  textsFromBytes,
} from "./parts.ts";
import type { Rare } from "./rows.ts";
import type { Shelf, Shelves } from "./shelf.ts";
import type { Values } from "./values.ts";

/** The text that nearly all rows have is one of the first that came. */
const fewTexts = 64;

export class BlockColumns {
  readonly file: BlockFile;
  readonly #shelf: Shelf;
  readonly #frameShelf: Shelf;
  readonly #count: number;
  readonly #rowsAFrame: number;
  readonly #textsAFrame: number;
  readonly #texts: NonNullable<Contents["texts"]>;

  constructor(path: string, contents: Contents, { parts, frames }: Shelves) {
    this.file = new BlockFile(path, contents, parts);
    this.#shelf = parts;
    this.#frameShelf = frames;
    this.#count = contents.count;
    this.#rowsAFrame = contents.rowsAFrame ?? contents.count;
    this.#texts = contents.texts ?? {};
    this.#textsAFrame = contents.textsAFrame ?? 2 ** 32;
  }

  ids(column: TextColumn): Ids {
    return this.#whole(`${column} ids`, idsFromBytes, idsTogether, ({ byteLength }) => byteLength);
  }

  joined(column: TextColumn): Joined {
    return this.#whole(`${column} texts`, (bytes) => bytes, textsFromBytes, bytesOfJoined);
  }

  /** The texts for who makes something of them that is held instead. */
  heldOrRead(column: TextColumn): Joined {
    const part = `${column} texts`;
    const held = this.#shelf.held(this, part) as Joined | undefined;
    return held ?? textsFromBytes(this.#frames(part, (bytes) => bytes));
  }

  /** The texts as they lie in the file, for who reads them once. */
  encoded(column: CountedColumn): (JoinedBytes | readonly string[])[] {
    return this.#frames(`${column} texts`, encodedFromBytes);
  }

  numbers(column: NumberColumn): Float64Array {
    return this.#shelf.have(this, column, () => {
      const frames = this.#frames(column, this.#numbersOf);
      // Few clocks tell nanoseconds: all that says nothing shares its memory.
      if (frames.every((frame) => frame.every((number) => number === 0)))
        return { value: zeros(this.#count), bytes: 8 };
      const numbers = numbersTogether(frames);
      return { value: numbers, bytes: numbers.byteLength };
    });
  }

  bytes(column: IdColumn): Buffer {
    return this.#whole(
      column,
      (bytes) => bytes,
      (frames) => Buffer.concat(frames),
      ({ byteLength }) => byteLength,
    );
  }

  bloom(): Buffer {
    return this.#one(
      "bloom",
      (bytes) => bytes,
      ({ byteLength }) => byteLength,
    );
  }

  /** How many rows have each of so many texts. */
  tallies(column: CountedColumn, texts: number): Uint32Array {
    const tallies = (bytes: Buffer) => Uint32Array.from(numbersFromBytes(bytes, texts));
    return this.#one(`${column} tallies`, tallies, ({ byteLength }) => byteLength);
  }

  /** The rows of all that do not have the text of nearly all; undefined where more than one in sixteen does not. */
  rare(column: CountedColumn): Rare | undefined {
    return this.have(`${column} rare`, () => {
      const tallies = this.tallies(column, this.texts(column));
      const common = tallies.indexOf(Math.max(...tallies.subarray(0, fewTexts)));
      const count = this.#count - tallies[common]!;
      if (count * 16 > this.#count) return { value: undefined, bytes: 100 };
      const [rows, texts, ids] = [new Uint32Array(count), new Uint32Array(count), this.ids(column)];
      for (let row = 0, at = 0; at < count; row++) {
        if (ids[row] === common) continue;
        rows[at] = row;
        texts[at++] = ids[row]!;
      }
      return { value: { common, rows, ids: texts }, bytes: 8 * count };
    });
  }

  /** How many texts a column has. */
  texts(column: CountedColumn): number {
    return this.#texts[column] ?? this.joined(column).ends.length;
  }

  /** The most frequent texts; undefined where all of them are few, or the block is of a former version. */
  frequent(column: CountedColumn, values: Values): Frequent | undefined {
    const part = frequentPart(column);
    if (this.file.frames(part) === 0) return undefined;
    return this.have(`${part} ${values.era}`, () => {
      const value = frequentFromBytes(this.file.frame(part, 0), values);
      return { value, bytes: 3 * value.values.byteLength };
    });
  }

  textAt(column: TextColumn, row: number): string | null {
    const id = this.#cell(`${column} ids`, row, idsFromBytes);
    if (id === 0) return null;
    const at = Math.floor(id / this.#textsAFrame);
    const part = `${column} texts`;
    const whole = this.#shelf.held(this, part) as Joined | undefined;
    if (whole !== undefined) return textAt(whole, id);
    return textAt(
      this.#frame(part, at, (bytes) => textsFromBytes([bytes]), bytesOfJoined),
      id - at * this.#textsAFrame,
    );
  }

  numberAt(column: NumberColumn, row: number): number {
    return this.#cell(column, row, this.#numbersOf);
  }

  bytesAt(column: IdColumn, row: number): Buffer {
    const whole = this.#shelf.held(this, column) as Buffer | undefined;
    if (whole !== undefined) return whole.subarray(row * idBytes, (row + 1) * idBytes);
    const at = Math.floor(row / this.#rowsAFrame);
    const frame = this.#frame(
      column,
      at,
      (bytes) => bytes,
      ({ byteLength }) => byteLength,
    );
    const within = row - at * this.#rowsAFrame;
    return frame.subarray(within * idBytes, (within + 1) * idBytes);
  }

  /** What was made of the columns, while there is room. */
  have<T>(name: string, make: () => { readonly value: T; readonly bytes: number }): T {
    return this.#shelf.have(this, `made ${name}`, make);
  }

  close(): void {
    this.#shelf.forget(this);
    this.#frameShelf.forget(this);
    this.file.close();
  }

  readonly #numbersOf = (bytes: Buffer, at: number): Float64Array =>
    numbersFromBytes(bytes, Math.min(this.#rowsAFrame, this.#count - at * this.#rowsAFrame));

  #cell(part: string, row: number, make: (bytes: Buffer, at: number) => Ids | Float64Array): number {
    const whole = this.#shelf.held(this, part) as Ids | Float64Array | undefined;
    if (whole !== undefined) return whole[row]!;
    const at = Math.floor(row / this.#rowsAFrame);
    return this.#frame(part, at, make, ({ byteLength }) => byteLength)[row - at * this.#rowsAFrame]!;
  }

  #whole<F, T>(
    part: string,
    make: (bytes: Buffer) => F,
    together: (frames: readonly F[]) => T,
    bytes: (of: T) => number,
  ): T {
    return this.#shelf.have(this, part, () => {
      const value = together(this.#frames(part, make));
      return { value, bytes: bytes(value) };
    });
  }

  /** A part that is in one frame. */
  #one<T>(part: string, make: (bytes: Buffer) => T, bytes: (of: T) => number): T {
    return this.#shelf.have(this, part, () => {
      const value = make(this.file.frame(part, 0));
      return { value, bytes: bytes(value) };
    });
  }

  #frame<T>(part: string, at: number, make: (bytes: Buffer, at: number) => T, bytes: (of: T) => number): T {
    return this.#frameShelf.have(this, `${part} ${at}`, () => {
      const value = make(this.file.frame(part, at), at);
      return { value, bytes: bytes(value) };
    });
  }

  #frames<T>(part: string, make: (bytes: Buffer, at: number) => T): T[] {
    return Array.from({ length: this.file.frames(part) }, (_, at) => make(this.file.frame(part, at), at));
  }
}

const bytesOfJoined = ({ text, ends }: Joined): number => text.length + ends.byteLength;

let allZeros = new Float64Array(0);

function zeros(count: number): Float64Array {
  if (allZeros.length < count) allZeros = new Float64Array(count);
  return allZeros.subarray(0, count);
}

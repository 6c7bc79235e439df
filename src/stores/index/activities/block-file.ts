/** A block's file: parts of it, each in frames that are compressed by themselves, so that one row needs little of a part. */
import { closeSync, openSync, readSync } from "node:fs";
import { rm } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";
import type { Shelf } from "./shelf.ts";

/** Where the frames of a part stand: an offset and a length for each. */
export type Places = readonly number[];

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
  /** Compressed in the file. */
  readonly parts: Readonly<Record<string, Places>>;
  /** Plain in the part `small`, all together: opening a frame costs as much as reading some ten thousand bytes. */
  readonly small?: Readonly<Record<string, Places>>;
  /** How many rows and how many texts a frame holds; all of them in blocks of former versions. */
  readonly rowsAFrame?: number;
  readonly textsAFrame?: number;
  /** The first moment of each frame, and how many texts each counted column has; not told of former versions. */
  readonly firsts?: readonly number[];
  readonly texts?: Readonly<Record<string, number>>;
}

/** A block's file is not as it was written. */
export class BrokenBlock extends Error {}

export class BlockFile {
  readonly path: string;
  readonly #contents: Contents;
  readonly #shelf: Shelf;
  #file: number | undefined;

  constructor(path: string, contents: Contents, shelf: Shelf) {
    this.path = path;
    this.#contents = contents;
    this.#shelf = shelf;
  }

  /** How many frames a part has; 0 where there is no such part. */
  frames(part: string): number {
    const { parts, small } = this.#contents;
    return (small?.[part] ?? parts[part] ?? []).length / 2;
  }

  /** What a frame holds. Throws `BrokenBlock`. */
  frame(part: string, at: number): Buffer {
    const small = this.#contents.small?.[part];
    if (small === undefined) return this.#read(part, at);
    const [offset, length] = place(small, at);
    const all = this.#shelf.have(this, "small", () => {
      const value = this.#read("small", 0);
      return { value, bytes: value.length };
    });
    return all.subarray(offset, offset + length);
  }

  #read(part: string, at: number): Buffer {
    const [offset, length] = place(this.#contents.parts[part] ?? [], at);
    const packed = Buffer.allocUnsafe(length);
    this.#file ??= openSync(this.path, "r");
    try {
      readSync(this.#file, packed, 0, length, offset);
      return zstdDecompressSync(packed);
    } catch (error) {
      throw new BrokenBlock(
        `${this.path} is damaged (${part}: ${error instanceof Error ? error.message : error}): rebuild the index with \`tiercel journal rejudge\``,
        { cause: error },
      );
    }
  }

  close(): void {
    this.#shelf.forget(this);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async remove(): Promise<void> {
    this.close();
    await rm(this.path, { force: true });
  }
}

const place = (places: Places, at: number): readonly [offset: number, length: number] => [
  places[2 * at] ?? 0,
  places[2 * at + 1] ?? 0,
];

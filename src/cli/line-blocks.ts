/** Cuts a stream of bytes into blocks of whole lines: of a log of one event a line, many events at once. */

export interface Block {
  readonly bytes: Uint8Array;
  /** It begins and ends where lines do. */
  readonly whole: boolean;
}

/** Lines longer than this are not waited for. */
const longestLine = 1 << 20;
const newline = 0x0a;

export class LineBlocks {
  /** The beginning of a line whose end has not come, and whether it is one. */
  #rest: Uint8Array[] = [];
  #size = 0;
  #torn = false;

  /** The blocks that end in this piece of the stream. */
  push(piece: Uint8Array): readonly Block[] {
    const end = piece.lastIndexOf(newline) + 1;
    if (end === 0) return this.#keep(piece);
    const blocks: Block[] = [];
    let from = 0;
    if (this.#size > 0 || this.#torn) {
      from = piece.indexOf(newline) + 1;
      blocks.push({ bytes: Buffer.concat([...this.#rest, piece.subarray(0, from)]), whole: !this.#torn });
      this.#rest = [];
      this.#size = 0;
      this.#torn = false;
    }
    if (end > from) blocks.push({ bytes: piece.subarray(from, end), whole: true });
    return [...blocks, ...this.#keep(piece.subarray(end))];
  }

  /** What is left at the stream's end. */
  end(): readonly Block[] {
    return this.#size === 0 ? [] : [{ bytes: Buffer.concat(this.#rest), whole: !this.#torn }];
  }

  #keep(piece: Uint8Array): readonly Block[] {
    if (piece.length === 0) return [];
    if (this.#size + piece.length <= longestLine) {
      // A copy: the piece may be large, and this is its last line.
      this.#rest.push(piece.slice());
      this.#size += piece.length;
      return [];
    }
    const bytes = Buffer.concat([...this.#rest, piece]);
    this.#rest = [];
    this.#size = 0;
    this.#torn = true;
    return [{ bytes, whole: false }];
  }
}

export function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines;
}

/** Rows of a stretch that were replaced or removed, with the write that did so: whoever began to read before still sees them. */
export class Gone extends Map<number, number> {
  #lastWrite = Number.NEGATIVE_INFINITY;
  readonly #came: number[] = [];
  #rows: Uint32Array | undefined;

  override set(row: number, write: number): this {
    if (!this.has(row)) this.#came.push(row);
    this.#rows = undefined;
    if (write > this.#lastWrite) this.#lastWrite = write;
    return super.set(row, write);
  }

  /** Those of the rows before `count` that went with that write or before it, in rising order. */
  seenBy(write: number, count: number): Uint32Array {
    this.#rows ??= Uint32Array.from(this.#came).sort();
    const rows = this.#rows;
    if (this.#lastWrite <= write && (rows.at(-1) ?? 0) < count) return rows;
    return rows.filter((row) => row < count && this.get(row)! <= write);
  }
}

/** Bytes of a log gathered into batches of whole lines. */

export interface Gathering {
  /** Whole lines, each with its line feed. */
  readonly body: Buffer;
  /** How many bytes of the file it stands for. */
  readonly bytes: number;
  /** True where a line was longer than the bound: its first bytes, the rest was passed over. */
  readonly cut: boolean;
}

const lineFeed = 0x0a;

/** Gathers bytes until whole lines can be handed over; holds at most one line, or one batch. */
export class Lines {
  #chunks: Buffer[] = [];
  #held = 0;
  /** Bytes of an overlong line that were passed over. */
  #passed = 0;
  readonly #maxLine: number;

  constructor(maxLine: number) {
    this.#maxLine = maxLine;
  }

  /** What is whole with this chunk, in order. */
  push(chunk: Buffer): readonly Gathering[] {
    if (this.#passed > 0) return this.#afterOverlong(chunk);
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      const body = Buffer.concat([...this.#chunks, chunk.subarray(0, end)]);
      this.#chunks = end < chunk.length ? [chunk.subarray(end)] : [];
      this.#held = chunk.length - end;
      return [{ body, bytes: body.length, cut: false }];
    }
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held > this.#maxLine) {
      this.#passed = this.#held;
      this.#chunks = [Buffer.concat(this.#chunks).subarray(0, this.#maxLine)];
      this.#held = this.#maxLine;
    }
    return [];
  }

  /** What stands at the end without a line feed; undefined where nothing does. */
  rest(): Gathering | undefined {
    if (this.#held === 0) return undefined;
    const body = Buffer.concat(this.#chunks);
    const gathering = { body, bytes: this.#passed || body.length, cut: this.#passed > 0 };
    this.#chunks = [];
    this.#held = 0;
    this.#passed = 0;
    return gathering;
  }

  #afterOverlong(chunk: Buffer): readonly Gathering[] {
    const end = chunk.indexOf(lineFeed) + 1;
    if (end === 0) {
      this.#passed += chunk.length;
      return [];
    }
    const bytes = this.#passed + end;
    const body = Buffer.concat([...this.#chunks, Buffer.from("\n")]);
    this.#chunks = [];
    this.#held = 0;
    this.#passed = 0;
    return [{ body, bytes, cut: true }, ...this.push(chunk.subarray(end))];
  }

  /** Bytes of the file that are held or passed over, not handed out yet. */
  get pending(): number {
    return this.#passed || this.#held;
  }
}

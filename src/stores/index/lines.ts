/** Texts one below the other as bytes, in memory that is used again and again. */

const lineEnd = 0x0a;
/** A character takes three bytes at most; those of four are two characters of a string's. */
const mostBytes = 3;

/**
 * Lines are written as they come: joined as text, one character beyond Latin-1 would have all of them stand in two bytes each,
 * and turning that into bytes took six times as long.
 */
export class Lines {
  #room = Buffer.allocUnsafeSlow(256 * 1024);
  #length = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Of the bytes of all lines. */
  get length(): number {
    return this.#length;
  }

  /** The text holds no line end. */
  add(text: string): void {
    this.#atLeast(this.#length + 1 + text.length * mostBytes);
    if (this.#count > 0) this.#room[this.#length++] = lineEnd;
    this.#length += this.#room.write(text, this.#length);
    this.#count++;
  }

  /** All bytes so far, until a line is added; then it is empty again. */
  take(): Uint8Array {
    const taken = this.#room.subarray(0, this.#length);
    [this.#length, this.#count] = [0, 0];
    return taken;
  }

  #atLeast(length: number): void {
    if (length <= this.#room.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#room.length * 2));
    larger.set(this.#room.subarray(0, this.#length));
    this.#room = larger;
  }
}

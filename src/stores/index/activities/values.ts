/**
 * The values of a counted column over all rows, each with one number: stretches of rows name their texts by these. A
 * column may have millions, so they are bytes one behind the other and a table of numbers, no strings.
 */
import { keyedHash } from "./keyed-hash.ts";
import type { JoinedBytes } from "./parts.ts";

const none = -1;
const first = { values: 1024, bytes: 16 * 1024 };

export class Values {
  /** Grows when all numbers were given up: what was named by them must be named anew. */
  era = 0;
  /** How many there are; the first, 0, is that of rows without a value. */
  count = 1;
  #ends = new Uint32Array(first.values);
  #hashes = new Uint32Array(first.values);
  #bytes = Buffer.allocUnsafeSlow(first.bytes);
  /** By hash, the number of the value; half of it is free. */
  #table = new Int32Array(2 * first.values).fill(none);
  #text = Buffer.allocUnsafeSlow(1024);

  numberOf(text: string): number {
    const length = this.#encode(text);
    return this.#numberOf(this.#text, 0, length);
  }

  /** The value's number if it has one. */
  find(text: string): number | undefined {
    const length = this.#encode(text);
    const found = this.#table[this.#placeOf(this.#text, 0, length, keyedHash(this.#text, 0, length))]!;
    return found === none ? undefined : found;
  }

  /** Numbers of many, of which the first stands for none. */
  numbersOf(texts: readonly (JoinedBytes | readonly string[])[]): Uint32Array {
    const numbers = new Uint32Array(texts.reduce((sum, one) => sum + ("ends" in one ? one.ends : one).length, 0));
    let at = 0;
    for (const some of texts)
      if ("ends" in some) {
        let from = 0;
        for (const to of some.ends) {
          if (at > 0) numbers[at] = this.#numberOf(some.bytes, from, to);
          at++;
          from = to;
        }
      } else
        for (const text of some) {
          if (at > 0) numbers[at] = this.numberOf(text);
          at++;
        }
    return numbers;
  }

  text(number: number): string | null {
    return number === 0 ? null : this.#bytes.toString("utf8", this.#ends[number - 1]!, this.#ends[number]!);
  }

  /** What they take, in bytes. */
  get bytes(): number {
    return [this.#ends, this.#hashes, this.#bytes, this.#table].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Never while somebody asks. */
  forget(): void {
    this.era++;
    this.count = 1;
    this.#ends = new Uint32Array(first.values);
    this.#hashes = new Uint32Array(first.values);
    this.#bytes = Buffer.allocUnsafeSlow(first.bytes);
    this.#table = new Int32Array(2 * first.values).fill(none);
  }

  #numberOf(bytes: Buffer, from: number, to: number): number {
    const hash = keyedHash(bytes, from, to);
    const place = this.#placeOf(bytes, from, to, hash);
    const known = this.#table[place]!;
    if (known !== none) return known;
    const number = this.count++;
    if (number === this.#ends.length) this.#grow();
    const begin = this.#ends[number - 1]!;
    const end = begin + to - from;
    if (end > this.#bytes.length) this.#hold(end);
    bytes.copy(this.#bytes, begin, from, to);
    this.#ends[number] = end;
    this.#hashes[number] = hash;
    this.#table[place] = number;
    if (2 * this.count >= this.#table.length) this.#spread();
    return number;
  }

  /** Where the value stands in the table, or would. */
  #placeOf(bytes: Buffer, from: number, to: number, hash: number): number {
    const [table, mask] = [this.#table, this.#table.length - 1];
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = table[place]!;
      if (number === none || (this.#hashes[number] === hash && this.#is(number, bytes, from, to))) return place;
    }
  }

  #is(number: number, bytes: Buffer, from: number, to: number): boolean {
    const [held, begin] = [this.#bytes, this.#ends[number - 1]!];
    if (this.#ends[number]! - begin !== to - from) return false;
    for (let at = from; at < to; at++) if (held[begin + at - from] !== bytes[at]) return false;
    return true;
  }

  #encode(text: string): number {
    // A character takes three bytes at most.
    if (this.#text.length < 3 * text.length) this.#text = Buffer.allocUnsafeSlow(6 * text.length);
    return this.#text.write(text);
  }

  #grow(): void {
    const [ends, hashes] = [this.#ends, this.#hashes];
    this.#ends = new Uint32Array(ends.length * 2);
    this.#ends.set(ends);
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#hashes.set(hashes);
  }

  #hold(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }

  #spread(): void {
    const table = new Int32Array(this.#table.length * 2).fill(none);
    const mask = table.length - 1;
    for (let number = 1; number < this.count; number++) {
      let place = this.#hashes[number]! & mask;
      while (table[place] !== none) place = (place + 1) & mask;
      table[place] = number;
    }
    this.#table = table;
  }
}

/**
 * Callers choose names and user agents: what is remembered of them, in bytes, has an end. Columns that take most are
 * given up first.
 */
export function forgetBeyond(bytes: number, columns: readonly Values[]): void {
  let left = columns.reduce((sum, one) => sum + one.bytes, 0);
  for (const one of columns.toSorted((a, b) => b.bytes - a.bytes)) {
    if (left <= bytes) return;
    left -= one.bytes;
    one.forget();
    left += one.bytes;
  }
}

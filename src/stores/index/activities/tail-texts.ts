/** Texts of one column of the rows that came lately: each stands once, in the order in which it was first seen. */
import type { Joined } from "./parts.ts";

export class TailTexts {
  /** For each row its text by number. */
  ids: Uint32Array;
  /** By number; the first stands for none. */
  readonly texts: string[] = [""];
  readonly #numbers = new Map<string, number>();
  /** How many of them bytes have told already. */
  #told = 1;
  #lastText = "";
  #last = 0;
  #joined: Joined | undefined;
  #lowered: Joined | undefined;

  constructor(capacity: number) {
    this.ids = new Uint32Array(capacity);
  }

  /** A text that was not seen before; answers its number. */
  add(text: string): number {
    const number = this.texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  set(row: number, text: string | null): void {
    if (text === null) this.ids[row] = 0;
    // Some columns seldom change from row to row.
    else if (text === this.#lastText && this.#last !== 0) this.ids[row] = this.#last;
    else {
      const number = this.#numbers.get(text) ?? this.add(text);
      this.ids[row] = number;
      this.#lastText = text;
      this.#last = number;
    }
  }

  at(row: number): string | null {
    const id = this.ids[row]!;
    return id === 0 ? null : this.texts[id]!;
  }

  /** Room for so many rows. */
  hold(capacity: number): void {
    const larger = new Uint32Array(capacity);
    larger.set(this.ids);
    this.ids = larger;
  }

  untold(): readonly string[] {
    return this.texts.slice(this.#told);
  }

  tell(): void {
    this.#told = this.texts.length;
  }

  /** One behind the other; made again when there are more. */
  joined(): Joined {
    if (this.#joined?.ends.length !== this.texts.length) this.#joined = joinedOf(this.texts);
    return this.#joined;
  }

  /** The same in small letters. */
  lowered(): Joined {
    if (this.#lowered?.ends.length !== this.texts.length)
      this.#lowered = joinedOf(this.texts.map((text) => text.toLowerCase()));
    return this.#lowered;
  }
}

function joinedOf(texts: readonly string[]): Joined {
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [at, { length }] of texts.entries()) ends[at] = end += length;
  return { text: texts.join(""), ends, isAscii: false };
}

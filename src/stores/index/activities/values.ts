/** The values of a counted column over all rows, each with one number: stretches of rows name their texts by these. */

export class Values {
  #numbers = new Map<string, number>();
  /** By number; the first is that of rows without a value. */
  texts: (string | null)[] = [null];
  /** Grows when all numbers were given up: what was named by them must be named anew. */
  era = 0;
  #characters = 0;

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    this.texts.push(text);
    this.#numbers.set(text, number);
    this.#characters += text.length + 64;
    return number;
  }

  /** Callers choose names and user agents: what is remembered of them has an end. Never while somebody asks. */
  forgetBeyond(characters: number): void {
    if (this.#characters <= characters) return;
    this.#numbers = new Map();
    this.texts = [null];
    this.#characters = 0;
    this.era++;
  }
}

/** Which values a filter accepts; each value is looked at once. */
export class Accepted {
  readonly #values: Values;
  readonly #accepts: (text: string | null) => boolean;
  #flags = new Uint8Array(1024);
  #done = 0;

  constructor(values: Values, accepts: (text: string | null) => boolean) {
    this.#values = values;
    this.#accepts = accepts;
  }

  /** One for each value known by now. */
  flags(): Uint8Array {
    const { texts } = this.#values;
    if (this.#flags.length < texts.length) {
      const larger = new Uint8Array(texts.length * 2);
      larger.set(this.#flags);
      this.#flags = larger;
    }
    for (; this.#done < texts.length; this.#done++) this.#flags[this.#done] = this.#accepts(texts[this.#done]!) ? 1 : 0;
    return this.#flags;
  }
}

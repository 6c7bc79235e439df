/** For one part of an event: which rules could still match, by the value that stands there. */
import type { AuditEvent } from "../../domain/audit-event.ts";
import type { ScannedEvent } from "../../domain/scan/index.ts";
import type { About } from "../../fields/field.ts";
import type { Test } from "../contract.ts";
import { mostRows, SeenValues } from "./seen-values.ts";

/** A question about the part, and the rules for which the answer must be yes, as bits. */
export interface SlotQuestion {
  readonly test: Test<AuditEvent>;
  readonly rules: Int32Array;
}

export class SlotIndex {
  readonly slot: number;
  readonly #questions: readonly SlotQuestion[];
  readonly #words: number;
  readonly #seen = new SeenValues();
  /** A row of bits for each value seen, row 0 for none and the last for what is not kept. */
  readonly #rows: Int32Array;
  #absentKnown = false;

  constructor(slot: number, questions: readonly SlotQuestion[], words: number) {
    this.slot = slot;
    this.#questions = questions;
    this.#words = words;
    this.#rows = new Int32Array((mostRows + 2) * words);
  }

  /** Takes from the candidates the rules that the event's value rules out; answers whether any is left. */
  narrow(candidates: Int32Array, event: ScannedEvent, about: About): boolean {
    const words = this.#words;
    const base = this.#rowOf(event, about) * words;
    const rows = this.#rows;
    let any = 0;
    for (let word = 0; word < words; word++) any |= candidates[word] = candidates[word]! & rows[base + word]!;
    return any !== 0;
  }

  #rowOf(event: ScannedEvent, about: About): number {
    const from = event.placeFrom(this.slot);
    if (from === 0) {
      if (!this.#absentKnown) this.#ask(0, event, about);
      this.#absentKnown = true;
      return 0;
    }
    const row = this.#seen.row(event.bytes, from, event.placeTo(this.slot));
    if (row >= 0 && !this.#seen.isNew) return row;
    const asked = row < 0 ? mostRows + 1 : row;
    this.#ask(asked, event, about);
    return asked;
  }

  /** The rules that every answer lets pass, by the plain tests. */
  #ask(row: number, event: AuditEvent, about: About): void {
    const bits = this.#rows.subarray(row * this.#words, (row + 1) * this.#words);
    bits.fill(-1);
    for (const { test, rules } of this.#questions)
      if (!test(event, about)) for (let word = 0; word < bits.length; word++) bits[word]! &= ~rules[word]!;
  }
}

/** For one part of an event: which rules could still match, by the value that stands there. */
import type { AuditEvent } from "../../domain/audit-event.ts";
import type { KeptValue, ScannedEvent } from "../../domain/scan/index.ts";
import type { About } from "../../fields/field.ts";
import type { Test } from "../contract.ts";
import type { Condition } from "../syntax.ts";

/** A question about the part, and the rules for which the answer must be yes, as bits. */
export interface SlotQuestion {
  readonly condition: Condition;
  readonly test: Test<AuditEvent>;
  readonly rules: Int32Array;
}

/** None of the questions asks it anything: they read one part of the event. */
const nothing: About = { num: 0n, time: 0n, source: "", hostname: "" };

export class SlotIndex {
  readonly slot: number;
  readonly questions: readonly SlotQuestion[];
  readonly #words: number;
  /** The rules that a value lets pass. */
  readonly #passing = new WeakMap<KeptValue, Int32Array>();
  #absent: Int32Array | undefined;

  constructor(slot: number, questions: readonly SlotQuestion[], words: number) {
    this.slot = slot;
    this.questions = questions;
    this.#words = words;
  }

  /** Takes from the candidates the rules that the event's value rules out; answers whether any is left. */
  narrow(candidates: Int32Array, event: ScannedEvent): boolean {
    const bits = this.#bitsOf(event);
    let any = 0;
    for (let word = 0; word < bits.length; word++) any |= candidates[word] = candidates[word]! & bits[word]!;
    return any !== 0;
  }

  #bitsOf(event: ScannedEvent): Int32Array {
    if (event.placeFrom(this.slot) === 0) {
      this.#absent ??= this.passing(event);
      return this.#absent;
    }
    const value = event.kept(this.slot);
    if (value === undefined) return this.passing(event);
    let bits = this.#passing.get(value);
    if (bits === undefined) {
      bits = this.passing(event);
      this.#passing.set(value, bits);
    }
    return bits;
  }

  /** The rules that every answer lets pass, by the plain tests. */
  passing(event: AuditEvent): Int32Array {
    const bits = new Int32Array(this.#words).fill(-1);
    for (const { test, rules } of this.questions)
      if (!test(event, nothing)) for (let word = 0; word < bits.length; word++) bits[word]! &= ~rules[word]!;
    return bits;
  }
}

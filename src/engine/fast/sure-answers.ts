/**
 * What a scan says of the questions that rows of bits cannot hold: of `a or b`, where `a` depends on one kept part alone, or is a
 * test of what the signature says is not there; and of what holds only where certain words stand in the request's body. The
 * first is found out once for a value, not for every event; the second is looked up where the first leaves it open.
 */
import type { AuditEvent } from "../../domain/audit-event.ts";
import { mostBeginnings, mostRows, type SimdScanned, type Sought, wordBeginnings } from "../../domain/scan/index.ts";
import type { About, Catalogue } from "../../fields/field.ts";
import type { Dialect, Test } from "../contract.ts";
import { planCondition } from "../plan.ts";
import type { Condition } from "../syntax.ts";
import { wordsOf } from "./conjuncts.ts";
import { soughtBy } from "./presence.ts";
import type { Signatures } from "./signatures.ts";
import { slotOfCondition } from "./slot-fields.ts";

/** What a question, or one side of an `or`, comes to by the row of its table. */
interface Side {
  readonly table: number;
  /** Where its answers stand. */
  readonly at: number;
  /** Undefined for one that the signature answers. */
  readonly test: Test<AuditEvent> | undefined;
  readonly condition: Condition;
  /** The number of the words without which it does not hold; -1 for none that could be looked for. */
  readonly sought: number;
}

/** One for each row and none, and one before those for a value that is not kept, which has the row -1: of it nothing is known. */
const answersOfSide = mostRows + 2;

const nothing: About = { num: 0n, time: 0n, source: "", hostname: "" };

export class SureAnswers {
  /** For each side and row 1 for yes, 2 for no, 0 for what the event itself must say. */
  readonly #known: Uint8Array;
  /** Of each question's sides three numbers each, those of question `n` from `#begins[n]` up to the next one's: table, where its answers stand, words sought. */
  readonly #sides: Int32Array;
  /** Questions of whose sides nothing is known have none. */
  readonly #begins: Int32Array;
  readonly #byTable: readonly (readonly Side[])[];
  readonly #signatures: Signatures;
  readonly #signatureTable: number;
  /** The words that `of` has a scan look for, by their number. */
  readonly sought: readonly Sought[];

  /** `slots`: the part of each table. The table of signatures is `signatureTable`. */
  constructor(
    questions: readonly Condition[],
    slots: readonly number[],
    signatureTable: number,
    signatures: Signatures,
    catalogue: Catalogue<AuditEvent>,
    dialect: Dialect,
  ) {
    const all = new Map<string, Side>();
    const sought: Sought[] = [];
    const numberOf = (condition: Condition): number => {
      const found = soughtBy(condition);
      if (found === undefined || wordBeginnings(found.words).length > mostBeginnings) return -1;
      return sought.push(found) - 1;
    };
    const sideOf = (condition: Condition): Side => {
      const words = wordsOf(condition);
      const side = all.get(words) ?? newSide(condition);
      all.set(words, side);
      return side;
    };
    const newSide = (condition: Condition): Side => {
      const slot = slotOfCondition(condition);
      const table = slot === undefined ? -1 : slots.indexOf(slot);
      const plan = table < 0 ? undefined : planCondition(condition, catalogue, dialect);
      const at = all.size * answersOfSide + 1;
      return plan?.ok
        ? { table, at, test: plan.value.test, condition, sought: -1 }
        : { table: signatureTable, at, test: undefined, condition, sought: numberOf(condition) };
    };
    // Where all depends on the signature, its rows of bits tell as much.
    const isOfUse = (sides: readonly Side[]) => sides.some(({ test, sought }) => test !== undefined || sought >= 0);
    const sidesOf = questions.map((one) => {
      const sides = (one.kind === "or" ? one.children : [one]).map(sideOf);
      return isOfUse(sides) ? sides : [];
    });
    this.#known = new Uint8Array(all.size * answersOfSide);
    this.#sides = Int32Array.from(sidesOf.flat().flatMap(({ table, at, sought }) => [table, at, sought]));
    this.#begins = new Int32Array(questions.length + 1);
    for (const [question, sides] of sidesOf.entries())
      this.#begins[question + 1] = this.#begins[question]! + sides.length * 3;
    const used = new Set(sidesOf.flat());
    this.#byTable = Array.from({ length: signatureTable + 1 }, (_, table) =>
      [...used].filter((side) => side.table === table),
    );
    this.sought = sought;
    this.#signatures = signatures;
    this.#signatureTable = signatureTable;
  }

  /** A row has another value, which the event has. */
  noteValue(table: number, row: number, event: AuditEvent): void {
    if (table === this.#signatureTable) return;
    for (const { at, test } of this.#byTable[table] ?? []) this.#known[at + row] = test!(event, nothing) ? 1 : 2;
  }

  /** A row has another signature. */
  noteSignature(row: number, low: number, high: number): void {
    for (const { at, condition } of this.#byTable[this.#signatureTable]!) {
      const answer = this.#signatures.answer(condition, low, high);
      this.#known[at + row] = answer === undefined ? 0 : answer ? 1 : 2;
    }
  }

  /** The answer to a question of an event of a scan whose rows begin at `from`; undefined where it must be asked. */
  of(question: number, scanned: SimdScanned, event: number, from: number): boolean | undefined {
    const end = this.#begins[question + 1]!;
    let at = this.#begins[question]!;
    if (at === end) return undefined;
    let isOpen = false;
    for (; at < end; at += 3) {
      const answer = this.#known[this.#sides[at + 1]! + scanned.rows[from + this.#sides[at]!]!];
      if (answer === 1) return true;
      if (answer !== 2) isOpen = true;
    }
    return isOpen && this.#mayHold(question, scanned, event, from) ? undefined : false;
  }

  /** Whether one of the sides that are open may hold, as far as the words tell that it needs. */
  #mayHold(question: number, scanned: SimdScanned, event: number, from: number): boolean {
    for (let at = this.#begins[question]!; at < this.#begins[question + 1]!; at += 3) {
      if (this.#known[this.#sides[at + 1]! + scanned.rows[from + this.#sides[at]!]!] === 2) continue;
      const sought = this.#sides[at + 2]!;
      if (sought < 0 || scanned.mayHold(event, sought)) return true;
    }
    return false;
  }
}

/**
 * What the rows of a scan say of the questions that rows of bits cannot hold: of `a or b`, where `a` depends on one kept part
 * alone, or is a test of what the signature says is not there. An answer is found out once for a value, not for every event.
 */
import type { AuditEvent } from "../../domain/audit-event.ts";
import { mostRows } from "../../domain/scan/index.ts";
import type { About, Catalogue } from "../../fields/field.ts";
import type { Dialect, Test } from "../contract.ts";
import { planCondition } from "../plan.ts";
import type { Condition } from "../syntax.ts";
import { wordsOf } from "./conjuncts.ts";
import type { Signatures } from "./signatures.ts";
import { slotOfCondition } from "./slot-fields.ts";

/** What one side of an `or` comes to by the row of its table: 1 for yes, 2 for no, 0 for what the event itself must say. */
interface Side {
  readonly table: number;
  readonly known: Uint8Array;
  /** Undefined for one that the signature answers. */
  readonly test: Test<AuditEvent> | undefined;
  readonly condition: Condition;
}

const nothing: About = { num: 0n, time: 0n, source: "", hostname: "" };

export class SureAnswers {
  /** For each question its sides; undefined where they tell nothing. */
  readonly #sides: readonly (readonly Side[] | undefined)[];
  readonly #byTable: readonly (readonly Side[])[];
  readonly #signatures: Signatures;
  readonly #signatureTable: number;

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
      const known = new Uint8Array(mostRows + 1);
      return plan?.ok
        ? { table, known, test: plan.value.test, condition }
        : { table: signatureTable, known, test: undefined, condition };
    };
    // Where all depends on the signature, its rows of bits tell as much.
    const isOfUse = (sides: readonly Side[]) => sides.some(({ test }) => test !== undefined);
    this.#sides = questions.map((one) => {
      const sides = one.kind === "or" ? one.children.map(sideOf) : [];
      return isOfUse(sides) ? sides : undefined;
    });
    const used = new Set(this.#sides.flatMap((sides) => sides ?? []));
    this.#byTable = Array.from({ length: signatureTable + 1 }, (_, table) =>
      [...used].filter((side) => side.table === table),
    );
    this.#signatures = signatures;
    this.#signatureTable = signatureTable;
  }

  /** A row has another value, which the event has. */
  noteValue(table: number, row: number, event: AuditEvent): void {
    if (table === this.#signatureTable) return;
    for (const { known, test } of this.#byTable[table] ?? []) known[row] = test!(event, nothing) ? 1 : 2;
  }

  /** A row has another signature. */
  noteSignature(row: number, low: number, high: number): void {
    for (const { known, condition } of this.#byTable[this.#signatureTable]!) {
      const answer = this.#signatures.answer(condition, low, high);
      known[row] = answer === undefined ? 0 : answer ? 1 : 2;
    }
  }

  /** The answer to a question of the event whose rows begin at `from`; undefined where it must be asked. */
  of(question: number, rows: Int32Array, from: number): boolean | undefined {
    const sides = this.#sides[question];
    if (sides === undefined) return undefined;
    let isNo = true;
    for (const { table, known } of sides) {
      // A value that is not kept has the row -1, of which nothing is known.
      const answer = known[rows[from + table]!];
      if (answer === 1) return true;
      if (answer !== 2) isNo = false;
    }
    return isNo ? false : undefined;
  }
}

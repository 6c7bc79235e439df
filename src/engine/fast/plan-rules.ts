/** Rules taken apart: what depends on one common part of an event alone, and the questions that are left, each once. */
import type { AuditEvent } from "../../domain/audit-event.ts";
import type { Catalogue } from "../../fields/field.ts";
import type { Dialect, LoadedRule, Test } from "../contract.ts";
import { planCondition } from "../plan.ts";
import type { Condition } from "../syntax.ts";
import { conjuncts, wordsOf } from "./conjuncts.ts";
import { knownAnswer } from "./known-answers.ts";
import { Signatures } from "./signatures.ts";
import { slotOfCondition } from "./slot-fields.ts";
import { SlotIndex } from "./slot-index.ts";

/** A question, with the rules that ask it. */
export interface SharedQuestion {
  readonly condition: Condition;
  readonly test: Test<AuditEvent>;
  readonly rules: number[];
}

export interface RulesPlan {
  readonly rules: readonly LoadedRule<AuditEvent>[];
  /** So many words of 32 bits hold a bit for each rule. */
  readonly words: number;
  readonly all: Int32Array;
  /** The same questions by part, for who wants to show them. */
  readonly parts: readonly { readonly slot: number; readonly questions: readonly SharedQuestion[] }[];
  /** The parts that rules ask about alone, those that most rules ask about first. */
  readonly indexes: readonly SlotIndex[];
  /** What is left of conditions. */
  readonly questions: readonly SharedQuestion[];
  /** For each rule the numbers of its questions. */
  readonly needed: readonly Uint32Array[];
  readonly signatures: Signatures;
}

export function planRules(
  rules: readonly LoadedRule<AuditEvent>[],
  catalogue: Catalogue<AuditEvent>,
  dialect: Dialect,
): RulesPlan {
  const words = Math.ceil(rules.length / 128) * 4;
  const questions: SharedQuestion[] = [];
  const numbers = new Map<string, number>();
  const bySlot = new Map<number, Map<string, SharedQuestion>>();
  const needed = rules.map((rule, at) => {
    const own = new Set<number>();
    const ask = (key: string, condition: Condition, test: Test<AuditEvent>) => {
      const number = numbers.get(key) ?? questions.push({ condition, test, rules: [] }) - 1;
      numbers.set(key, number);
      own.add(number);
      questions[number]!.rules.push(at);
    };
    for (const part of conjuncts(rule.condition)) {
      const plan = planCondition(part, catalogue, dialect);
      // What does not plan by itself is asked as a whole.
      if (!plan.ok) {
        ask(`rule ${at}`, rule.condition, rule.test);
        continue;
      }
      if (knownAnswer(part) === true) continue;
      const { test } = plan.value;
      const slot = slotOfCondition(part);
      if (slot === undefined) ask(wordsOf(part), part, test);
      else {
        const asked = bySlot.get(slot) ?? new Map<string, SharedQuestion>();
        bySlot.set(slot, asked);
        const known = asked.get(wordsOf(part)) ?? { condition: part, test, rules: [] };
        known.rules.push(at);
        asked.set(wordsOf(part), known);
      }
    }
    return Uint32Array.from(own);
  });
  const parts = [...bySlot]
    .map(([slot, asked]) => ({ slot, questions: [...asked.values()] }))
    .sort((a, b) => rulesOf(b.questions).size - rulesOf(a.questions).size);
  const bits = (of: readonly SharedQuestion[]) => of.map((one) => withBits(one, words));
  return {
    rules,
    words,
    all: bitsOf(rules.keys(), words),
    parts,
    indexes: parts.map(({ slot, questions }) => new SlotIndex(slot, bits(questions), words)),
    questions,
    needed,
    signatures: new Signatures(bits(questions)),
  };
}

export const rulesOf = (questions: readonly SharedQuestion[]): ReadonlySet<number> =>
  new Set(questions.flatMap(({ rules }) => rules));

function withBits({ condition, test, rules }: SharedQuestion, words: number) {
  return { condition, test, rules: bitsOf(rules, words) };
}

function bitsOf(rules: Iterable<number>, words: number): Int32Array {
  const bits = new Int32Array(words);
  for (const rule of rules) bits[rule >>> 5]! |= 1 << (rule & 31);
  return bits;
}

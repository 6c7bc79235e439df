/** Asks what is left of rules, each question once an event. */
import type { AuditEvent } from "../../domain/audit-event.ts";
import type { SimdScanned } from "../../domain/scan/index.ts";
import type { About } from "../../fields/field.ts";
import type { Match } from "../contract.ts";
import { LazyMatch } from "./lazy-match.ts";
import type { RulesPlan } from "./plan-rules.ts";
import type { SureAnswers } from "./sure-answers.ts";

export class Asking {
  readonly #plan: RulesPlan;
  readonly #matching: "first" | "all";
  readonly #sure: SureAnswers;
  /** The answer of each shared question: twice the event's number, plus one for yes. */
  readonly #answers: Float64Array;
  #asked = 0;

  constructor(plan: RulesPlan, matching: "first" | "all", sure: SureAnswers) {
    this.#plan = plan;
    this.#sure = sure;
    this.#matching = matching;
    this.#answers = new Float64Array(plan.questions.length);
  }

  /** What matches of the candidates; undefined for nothing. `scanned`: the scan that found the event, as its `index`th. */
  matches(
    candidates: Int32Array,
    event: AuditEvent,
    about: About,
    scanned?: SimdScanned,
    index = 0,
  ): readonly Match<AuditEvent>[] | undefined {
    const { rules, needed } = this.#plan;
    this.#asked += 2;
    let matches: Match<AuditEvent>[] | undefined;
    for (let word = 0; word < candidates.length; word++) {
      for (let bits = candidates[word]!; bits !== 0; bits &= bits - 1) {
        const rule = word * 32 + 31 - Math.clz32(bits & -bits);
        if (!this.#holds(event, about, needed[rule]!, scanned, index)) continue;
        const match = new LazyMatch(rules[rule]!, event, about);
        // Most events that match do so once, and an empty array would take room for many.
        if (matches === undefined) matches = [match];
        else matches.push(match);
        if (this.#matching === "first") return matches;
      }
    }
    return matches;
  }

  #holds(
    event: AuditEvent,
    about: About,
    needed: Uint32Array,
    scanned: SimdScanned | undefined,
    index: number,
  ): boolean {
    const { questions } = this.#plan;
    const asked = this.#asked;
    for (let at = 0; at < needed.length; at++) {
      const question = needed[at]!;
      const known = this.#answers[question]!;
      if (known === asked) return false;
      if (known === asked + 1) continue;
      const sure = scanned === undefined ? undefined : this.#sure.of(question, scanned, index, index * scanned.tables);
      const answer = sure ?? questions[question]!.test(event, about);
      this.#answers[question] = answer ? asked + 1 : asked;
      if (!answer) return false;
    }
    return true;
  }
}

/**
 * Many rules asked as one, by what an event's common parts leave over. Same rules, same answers as the plain rule set,
 * which is asked itself about events that no scan has been through.
 *
 * Who wants to know what matched gives whole payloads to `judgeBody`, which makes no object of an event that no rule could
 * match. Who makes something of every event says `everyEvent`. `judge` judges one event that somebody has already.
 */
import type { AuditEvent, Decoded } from "../../domain/audit-event.ts";
import type { DecodeOptions } from "../../domain/decode.ts";
import { ScannedEvent, Scanner, slotOf } from "../../domain/scan/index.ts";
import type { About, Catalogue } from "../../fields/field.ts";
import type { Dialect, LoadedRule, Match, RuleSet, Test } from "../contract.ts";
import { planCondition } from "../plan.ts";
import { matchOf } from "../ruleset.ts";
import { needsBody } from "./body-fields.ts";
import { conjuncts, wordsOf } from "./conjuncts.ts";
import { slotOfCondition } from "./slot-fields.ts";
import { SlotIndex } from "./slot-index.ts";

const body = slotOf("requestObject");

export interface FastWorld {
  /** Those that the rules were loaded with. */
  readonly catalogue: Catalogue<AuditEvent>;
  readonly dialect: Dialect;
  readonly matching: "first" | "all";
  /** The source whose events are scanned. */
  readonly source: string;
}

/** How a payload is judged. */
export interface BodyWorld extends DecodeOptions {
  /** What is known of an event beside its content; `at` counts the payload's events from 0. One object an event. */
  about(event: AuditEvent, at: number): About;
  /** Tell of every event, matched or not. */
  readonly everyEvent?: boolean;
}

/**
 * Told of parts of a payload, in order: what is no event always, without matches; an event where rules matched it. Whatever
 * it is given may be kept.
 */
export type Tell = (part: Decoded, matches: readonly Match<AuditEvent>[], about: About | undefined) => void;

export interface FastRules extends RuleSet<AuditEvent> {
  /** What reads payloads for these rules: it notes the parts that they ask for, and its counts tell what it could not read. */
  readonly scanner: Scanner;
  /** Judges all events of a payload and answers how many there were. Nothing in a payload makes it throw. */
  judgeBody(body: Uint8Array, world: BodyWorld, tell: Tell): number;
  /** The same of a payload that is scanned; of one that as a whole is the plain decoder's it tells nothing, and answers undefined. */
  judgeScanned(body: Uint8Array, world: BodyWorld, tell: Tell): number | undefined;
}

export function fastRuleSet(plain: RuleSet<AuditEvent>, world: FastWorld): FastRules {
  const rules = plain.rules.filter(({ enabled, source }) => enabled && source === world.source);
  const plan = planOf(rules, world);
  const candidates = new Int32Array(plan.words);
  /** The answer of each shared question: twice the event's number, plus one for yes. */
  const answers = new Float64Array(plan.questions.length);
  let asked = 0;
  const none: readonly Match<AuditEvent>[] = [];

  function holds(event: AuditEvent, about: About, needed: Uint32Array): boolean {
    for (let at = 0; at < needed.length; at++) {
      const question = needed[at]!;
      const known = answers[question]!;
      if (known === asked) return false;
      if (known === asked + 1) continue;
      const answer = plan.questions[question]!(event, about);
      answers[question] = answer ? asked + 1 : asked;
      if (!answer) return false;
    }
    return true;
  }

  const scanner = new Scanner();
  const judge: RuleSet<AuditEvent>["judge"] = (event, about) => {
    if (!(event instanceof ScannedEvent) || about.source !== world.source) return plain.judge(event, about);
    candidates.set(event.placeFrom(body) === 0 ? plan.allWithoutBody : plan.all);
    for (const index of plan.indexes) if (!index.narrow(candidates, event, about)) return none;
    asked += 2;
    let matches: Match<AuditEvent>[] | undefined;
    for (let word = 0; word < candidates.length; word++) {
      for (let bits = candidates[word]!; bits !== 0; bits &= bits - 1) {
        const rule = word * 32 + 31 - Math.clz32(bits & -bits);
        if (!holds(event, about, plan.needed[rule]!)) continue;
        matches ??= [];
        matches.push(matchOf<AuditEvent>(rules[rule]!, event, about));
        if (world.matching === "first") return matches;
      }
    }
    return matches ?? none;
  };
  return {
    rules: plain.rules,
    scanner,
    judge,
    judgeBody: (body, bodyWorld, tell) => judgeParts(scanner.decode(body, bodyWorld), bodyWorld, tell, () => true) ?? 0,
    judgeScanned(body, bodyWorld, tell) {
      const { plainPayloads } = scanner.counts;
      const isScanned = () => scanner.counts.plainPayloads === plainPayloads;
      return judgeParts(scanner.decode(body, bodyWorld), bodyWorld, tell, isScanned);
    },
  };

  function judgeParts(
    parts: Iterable<Decoded>,
    { about, everyEvent }: BodyWorld,
    tell: Tell,
    isWanted: () => boolean,
  ): number | undefined {
    let events = 0;
    for (const part of parts) {
      if (!isWanted()) return undefined;
      if (part.kind !== "event") {
        tell(part, none, undefined);
        continue;
      }
      const known = about(part.event, events++);
      const matches = judge(part.event, known);
      if (everyEvent || matches.length > 0) tell(part, matches, known);
    }
    return events;
  }
}

interface Plan {
  /** So many words of 32 bits hold a bit for each rule. */
  readonly words: number;
  readonly all: Int32Array;
  /** Of those the ones that could match an event without a request body. */
  readonly allWithoutBody: Int32Array;
  /** The parts that rules ask about alone, those that rule out most first. */
  readonly indexes: readonly SlotIndex[];
  /** What is left of conditions, each question once. */
  readonly questions: readonly Test<AuditEvent>[];
  /** For each rule the numbers of its questions. */
  readonly needed: readonly Uint32Array[];
}

function planOf(rules: readonly LoadedRule<AuditEvent>[], { catalogue, dialect }: FastWorld): Plan {
  const words = Math.ceil(rules.length / 32);
  const all = bitsOf(rules.keys(), words);
  const bodiless = [...rules.keys()].filter((at) => !needsBody(rules[at]!.condition));
  const questions: Test<AuditEvent>[] = [];
  const numbers = new Map<string, number>();
  const bySlot = new Map<number, Map<string, { readonly test: Test<AuditEvent>; readonly rules: number[] }>>();
  const numberOf = (key: string, test: () => Test<AuditEvent>) => {
    const number = numbers.get(key) ?? questions.push(test()) - 1;
    numbers.set(key, number);
    return number;
  };
  const needed = rules.map((rule, at) => {
    const own: number[] = [];
    for (const part of conjuncts(rule.condition)) {
      const plan = planCondition(part, catalogue, dialect);
      // What does not plan by itself is asked as a whole.
      if (!plan.ok) return Uint32Array.of(numberOf(`rule ${at}`, () => rule.test));
      const { test } = plan.value;
      const key = wordsOf(part);
      const slot = slotOfCondition(part);
      if (slot === undefined) {
        own.push(numberOf(key, () => test));
        continue;
      }
      const asked = bySlot.get(slot) ?? new Map();
      bySlot.set(slot, asked);
      const known = asked.get(key) ?? { test, rules: [] };
      known.rules.push(at);
      asked.set(key, known);
    }
    return Uint32Array.from(new Set(own));
  });
  const indexes = [...bySlot]
    .map(([slot, asked]) => ({
      index: new SlotIndex(
        slot,
        [...asked.values()].map(({ test, rules }) => ({ test, rules: bitsOf(rules, words) })),
        words,
      ),
      rules: new Set([...asked.values()].flatMap(({ rules }) => rules)).size,
    }))
    .sort((a, b) => b.rules - a.rules)
    .map(({ index }) => index);
  return { words, all, allWithoutBody: bitsOf(bodiless, words), indexes, questions, needed };
}

function bitsOf(rules: Iterable<number>, words: number): Int32Array {
  const bits = new Int32Array(words);
  for (const rule of rules) bits[rule >>> 5]! |= 1 << (rule & 31);
  return bits;
}

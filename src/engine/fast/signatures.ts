/** Which rules could match, by a few yes-or-no facts about an event that a scan tells all at once: its signature. */
import { type Ask, mostAsks, mostBeginnings, slotOf, wordBeginnings } from "../../domain/scan/index.ts";
import type { Condition } from "../syntax.ts";
import { knownAnswer } from "./known-answers.ts";
import { fieldsNeeded, neededPaths, wordsOfComparison } from "./presence.ts";

/** A question that is left of conditions, and the rules whose condition holds it, as bits. */
export interface Question {
  readonly condition: Condition;
  readonly rules: Int32Array;
}

/** Bits of which one at least must be set, the first 32 and the others. */
type Mask = readonly [low: number, high: number];

export class Signatures {
  /** What the scan is to ask; bit by bit the signature. */
  readonly asks: readonly Ask[];
  readonly #questions: readonly Question[];
  /** For each comparison the masks of which each must meet the signature. */
  readonly #needs = new Map<Condition, readonly Mask[]>();

  constructor(questions: readonly Question[]) {
    this.#questions = questions;
    const leaves = questions.flatMap(({ condition }) => [...leavesOf(condition)]);
    const words = wordAsks(leaves);
    const paths = pathAsks(leaves, mostAsks - words.size - 1);
    const array: Ask = { kind: "array", slot: slotOf("requestObject") };
    this.asks = [
      ...[...words].map(([slot, all]): Ask => ({ kind: "words", slot, words: [...all] })),
      array,
      ...paths.asks,
    ];
    const bitsOf = (bits: readonly number[]): Mask => [
      bits.filter((bit) => bit < 32).reduce((mask, bit) => mask | (1 << bit), 0),
      bits.filter((bit) => bit >= 32).reduce((mask, bit) => mask | (1 << (bit - 32)), 0),
    ];
    const numberOf = new Map(this.asks.map((ask, bit) => [ask.kind === "present" ? ask.path : ask.kind, bit]));
    for (const leaf of leaves) {
      const masks = neededBy(leaf).map((needed) =>
        bitsOf([numberOf.get("array")!, ...needed.map((path) => numberOf.get(paths.shortened(path))!)]),
      );
      const word = wordsOfComparison(leaf);
      if (word !== undefined && words.has(word.slot)) masks.push(bitsOf([[...words.keys()].indexOf(word.slot)]));
      this.#needs.set(leaf, masks);
    }
  }

  /** Takes from `rules` those whose questions a signature answers with no. */
  narrow(rules: Int32Array, low: number, high: number): void {
    for (const question of this.#questions)
      if (this.answer(question.condition, low, high) === false)
        for (let word = 0; word < question.rules.length; word++) rules[word]! &= ~question.rules[word]!;
  }

  /** The answer that a signature gives; undefined where it depends on the rest. A test of what is absent is false. */
  answer(node: Condition, low: number, high: number): boolean | undefined {
    switch (node.kind) {
      case "and":
      case "or": {
        const deciding = node.kind === "or";
        let unknown = false;
        for (const child of node.children) {
          const answer = this.answer(child, low, high);
          if (answer === deciding) return deciding;
          if (answer === undefined) unknown = true;
        }
        return unknown ? undefined : !deciding;
      }
      case "not": {
        const answer = this.answer(node.child, low, high);
        return answer === undefined ? undefined : !answer;
      }
      case "macro":
        return undefined;
      case "exists":
      case "comparison": {
        const known = knownAnswer(node);
        if (known !== undefined) return known;
        const missed = this.#needs.get(node)?.some(([lows, highs]) => (low & lows) === 0 && (high & highs) === 0);
        return missed ? false : undefined;
      }
    }
  }
}

function* leavesOf(node: Condition): Generator<Condition> {
  if (node.kind === "and" || node.kind === "or") for (const child of node.children) yield* leavesOf(child);
  else if (node.kind === "not") yield* leavesOf(node.child);
  else if (node.kind !== "macro") yield node;
}

/** For each field that a comparison cannot do without, the paths of which one is needed. */
function neededBy(leaf: Condition): readonly (readonly string[])[] {
  if (leaf.kind !== "exists" && leaf.kind !== "comparison") return [];
  const fields = fieldsNeeded(leaf.left);
  const others =
    leaf.kind === "comparison" && (leaf.right.kind === "field" || leaf.right.kind === "call")
      ? fieldsNeeded(leaf.right)
      : [];
  return [...fields, ...others].flatMap((field) => {
    const paths = neededPaths.get(field);
    return paths === undefined ? [] : [paths];
  });
}

/** All words that rules look for in a slot's text, where they are few enough to be looked for at once. */
function wordAsks(leaves: readonly Condition[]): ReadonlyMap<number, ReadonlySet<string>> {
  const bySlot = new Map<number, Set<string>>();
  for (const leaf of leaves) {
    const found = wordsOfComparison(leaf);
    if (found === undefined) continue;
    const words = bySlot.get(found.slot) ?? new Set();
    bySlot.set(found.slot, words);
    for (const word of found.words) words.add(word);
  }
  for (const [slot, words] of bySlot) if (wordBeginnings([...words]).length > mostBeginnings) bySlot.delete(slot);
  return bySlot;
}

/** The paths that conditions need, cut short until they are few enough. */
function pathAsks(leaves: readonly Condition[], most: number) {
  const all = new Set(leaves.flatMap((leaf) => neededBy(leaf).flat()));
  let steps = 12;
  const shortened = (path: string) => path.split("/", steps).join("/");
  let paths = new Set(all);
  while (paths.size > most) {
    steps--;
    paths = new Set([...all].map(shortened));
  }
  return { asks: [...paths].map((path): Ask => ({ kind: "present", path })), shortened };
}

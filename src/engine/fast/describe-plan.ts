/** How rules are asked, for people: what an event's parts rule out, what the scan tells, which questions are left and shared. */
import { type Ask, pathOf } from "../../domain/scan/index.ts";
import { printCondition } from "../print.ts";
import { type RulesPlan, rulesOf, type SharedQuestion } from "./plan-rules.ts";

/** Lines of text, at most `most` questions of a kind; those of most rules first. */
export function describePlan({ rules, parts, questions, signatures }: RulesPlan, most = 20): readonly string[] {
  const asked = parts.reduce((sum, part) => sum + part.questions.length, 0);
  return [
    `${count(rules.length, "rule")}: ${count(asked, "question")} about ${count(parts.length, "part")} of an event alone, ${count(questions.length, "other")}.`,
    "",
    "Parts, asked once for each value and kept by it",
    ...parts.flatMap(({ slot, questions }) => [
      `  ${pathOf(slot)}: ${count(questions.length, "question")} of ${count(rulesOf(questions).size, "rule")}`,
      ...questionLines(questions, 3, "    "),
    ]),
    "",
    "Facts, told by the scan before anything is read",
    ...signatures.asks.map((ask) => `  ${factOf(ask)}`),
    "",
    "Questions, asked once an event of the rules that are left",
    ...questionLines(questions, most, "  "),
  ];
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;

function questionLines(questions: readonly SharedQuestion[], most: number, indent: string): string[] {
  const sorted = [...questions].sort((a, b) => b.rules.length - a.rules.length);
  const lines = sorted
    .slice(0, most)
    .map(({ condition, rules }) => `${indent}${count(rules.length, "rule")}: ${shortened(printCondition(condition))}`);
  const left = questions.length - lines.length;
  return left > 0 ? [...lines, `${indent}and ${left} more`] : lines;
}

const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

function factOf(ask: Ask): string {
  switch (ask.kind) {
    case "present":
      return `there is ${ask.path}`;
    case "array":
      return `${pathOf(ask.slot)} is an array, a JSON Patch`;
    case "words": {
      const words = ask.words.length === 1 ? `\`${ask.words[0]}\`` : `one of ${ask.words.length} words`;
      return `${pathOf(ask.slot)} may hold ${words}`;
    }
  }
}

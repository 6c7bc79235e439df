/** What somebody has chosen of the fields that an exception could go by. */
import type { ExceptionField } from "../../engine/exception-warnings.ts";
import type { ExceptionCandidate } from "../../engine/propose-exception.ts";

export interface Choice {
  readonly candidate: ExceptionCandidate;
  readonly isChosen: boolean;
  readonly comp: string;
  readonly value: string | readonly string[];
}

export const choicesOf = (candidates: readonly ExceptionCandidate[]): readonly Choice[] =>
  candidates.map((candidate) => ({
    candidate,
    isChosen: candidate.suggested,
    comp: candidate.comp,
    value: candidate.proposed,
  }));

/** Operators that compare with a list. */
export const isListed = (comp: string): boolean => comp === "in" || comp === "intersects" || comp === "pmatch";

/** With another operator, and a value that goes with it: what was typed where it fits, else the event's. */
export function withComp(choice: Choice, comp: string): Choice {
  const { candidate, value } = choice;
  if (comp === candidate.comp) return { ...choice, comp, value: candidate.proposed };
  if (isListed(comp)) {
    const texts = isListed(choice.comp) ? [value].flat() : [candidate.value].flat();
    return { ...choice, comp, value: texts };
  }
  const wasWhole = isListed(choice.comp) || choice.comp === candidate.comp;
  const text = wasWhole ? ([candidate.value].flat()[0] ?? "") : ([value].flat()[0] ?? "");
  return { ...choice, comp, value: text };
}

export const changed = (choices: readonly Choice[], field: string, change: (choice: Choice) => Choice) =>
  choices.map((choice) => (choice.candidate.field === field ? change(choice) : choice));

/** The fields of the exception wished for; those without a value are left out. */
export function wishedFields(choices: readonly Choice[]): readonly ExceptionField[] {
  return choices.flatMap(({ candidate, isChosen, comp, value }) => {
    if (!isChosen) return [];
    const texts = [value].flat().filter((text) => text !== "");
    if (texts.length === 0) return [];
    return [{ field: candidate.field, comp, value: isListed(comp) ? texts : (texts[0] ?? "") }];
  });
}

/** In plain words: `ka.user.name is alice and ka.target.namespace is payments`. */
export function wordsOf(fields: readonly ExceptionField[]): string {
  const words: Readonly<Record<string, string>> = {
    "=": "is",
    "==": "is",
    in: "is one of",
    intersects: "holds one of",
    startswith: "begins with",
    endswith: "ends with",
    contains: "contains",
    glob: "has the form",
    pmatch: "is below",
    regex: "matches",
  };
  return fields
    .map(({ field, comp, value }) => `${field} ${words[comp] ?? comp} ${[value].flat().join(" or ")}`)
    .join(", and ");
}

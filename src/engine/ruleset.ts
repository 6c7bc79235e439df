/** Many rules asked as one: by source, in order, the first that matches or all. */
import type { About } from "../fields/field.ts";
import type { LoadedRule, Match, RuleSet } from "./contract.ts";

export interface RuleSetOptions {
  /** `first`: of an event's rules only the first that matches. */
  readonly matching: "first" | "all";
}

/** Rules that are not enabled keep their place in `rules` but are never asked. */
export function ruleSet<E>(rules: readonly LoadedRule<E>[], { matching }: RuleSetOptions): RuleSet<E> {
  const bySource = Map.groupBy(
    rules.filter((rule) => rule.enabled),
    (rule) => rule.source,
  );
  const none: readonly Match<E>[] = [];
  return {
    rules,
    judge(event, about) {
      let matches: Match<E>[] | undefined;
      for (const rule of bySource.get(about.source) ?? []) {
        if (!rule.test(event, about)) continue;
        matches ??= [];
        matches.push(matchOf(rule, event, about));
        if (matching === "first") break;
      }
      return matches ?? none;
    },
  };
}

/** What a rule says about an event that it matches, or about another in its place: one with its secrets sealed, say. */
export function matchOf<E>(rule: LoadedRule<E>, event: E, about: About): Match<E> {
  const fields = new Map(rule.message.fields(event, about));
  for (const { key, message, typed } of rule.extraFields) {
    fields.set(key, typed ? (message.fields(event, about).values().next().value ?? null) : message.text(event, about));
  }
  return { rule, message: rule.message.text(event, about), fields };
}

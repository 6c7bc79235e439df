/** Which rules are switched on or off beside what the files say: Falco's `rules:` setting (reference 01 §7). */

/** One entry: where both `rule` and `tag` are given, both are applied, rule first. */
export interface SelectionEntry {
  readonly operation: "enable" | "disable";
  /** A wildcard over names: `*` alone is special. */
  readonly rule?: string;
  /** One exact tag. */
  readonly tag?: string;
}

/** Falco's wildcard: each part between stars is taken where it first occurs, and never tried again (§7.3). */
export function matchesWildcard(pattern: string, text: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  if (!text.startsWith(first)) return false;
  if (others.length === 0) return text === first;
  let rest = text.slice(first.length);
  for (const [index, part] of others.entries()) {
    if (part === "") continue;
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
    if (index === others.length - 1) return rest === "";
  }
  return true;
}

interface Selectable {
  readonly name: string;
  readonly tags: ReadonlySet<string>;
  readonly enabled: boolean;
}

/**
 * The rules in the order they are asked, with what the selection makes of `enabled`. A rule it switches on goes to
 * the end, for that is what Falco's rulesets do; of several switched on by one entry the order is that of definition.
 */
export function selected<R extends Selectable>(
  rules: readonly R[],
  entries: readonly SelectionEntry[],
): readonly { readonly rule: R; readonly enabled: boolean }[] {
  const on = new Set(rules.filter((rule) => rule.enabled));
  const apply = (operation: "enable" | "disable", fits: (rule: R) => boolean) => {
    for (const rule of rules) {
      if (!fits(rule)) continue;
      // A Set keeps the order of insertion, and adding what is there changes nothing.
      if (operation === "enable") on.add(rule);
      else on.delete(rule);
    }
  };
  for (const { operation, rule: pattern, tag } of entries) {
    if (pattern !== undefined) apply(operation, (rule) => matchesWildcard(pattern, rule.name));
    if (tag !== undefined) apply(operation, (rule) => rule.tags.has(tag));
  }
  const off = rules.filter((rule) => !on.has(rule));
  return [...[...on].map((rule) => ({ rule, enabled: true })), ...off.map((rule) => ({ rule, enabled: false }))];
}

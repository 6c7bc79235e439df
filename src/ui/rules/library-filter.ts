/** The rules, narrowed and counted in the page: there are hundreds, not millions. */
import type { RuleItem } from "../../api/rules/schema.ts";
import type { FacetValue } from "../../domain/asked.ts";
import { priorities } from "../../domain/detection.ts";
import type { Filter } from "../filter.ts";

export interface LibraryRule extends RuleItem {
  /** Detections in the range of time that is looked at. */
  readonly count: number;
  readonly spark: readonly number[];
  /** The last detection ever; null: none that is kept. */
  readonly last: string | null;
}

export const libraryFacets = ["origin", "state", "fired", "priority", "policy", "file", "tag"] as const;
export type LibraryFacet = (typeof libraryFacets)[number];

export function valuesOf(rule: LibraryRule, facet: LibraryFacet): readonly string[] {
  switch (facet) {
    case "origin":
      return [rule.own ? "own" : "shipped", ...(rule.changedIn.length > 0 ? ["overridden"] : [])];
    case "state":
      return [rule.enabled ? "on" : "off", rule.policies.some(({ enabled }) => enabled) ? "counted" : "not counted"];
    case "fired":
      return [rule.last === null ? "never" : rule.count > 0 ? "lately" : "earlier"];
    case "priority":
      return [rule.priority];
    case "policy":
      return rule.policies.map(({ name }) => name);
    case "file":
      return [rule.file];
    case "tag":
      return rule.tags;
  }
}

/** `but`: as if nothing were filtered by that facet. */
export function matching(rules: readonly LibraryRule[], filter: Filter, but?: LibraryFacet): readonly LibraryRule[] {
  const words = (filter.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return rules.filter((rule) => {
    const text = [rule.name, rule.description, rule.condition, rule.output, rule.file, ...rule.tags]
      .join("\n")
      .toLowerCase();
    if (!words.every((word) => text.includes(word))) return false;
    return libraryFacets.every((facet) => {
      if (facet === but) return true;
      const values = valuesOf(rule, facet);
      const wanted = filter.is[facet];
      if (wanted !== undefined && wanted.length > 0 && !wanted.some((value) => values.includes(value))) return false;
      return !(filter.not[facet] ?? []).some((value) => values.includes(value));
    });
  });
}

/** How many rules each value would leave, were it the only one of its facet. */
export function counted(
  rules: readonly LibraryRule[],
  filter: Filter,
  searched: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly FacetValue[]>> {
  return Object.fromEntries(
    libraryFacets.map((facet) => {
      const counts = new Map<string, number>();
      for (const rule of matching(rules, filter, facet))
        for (const value of valuesOf(rule, facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
      const wanted = (searched[facet] ?? "").toLowerCase();
      const values = [...counts].flatMap(([value, count]) =>
        value.toLowerCase().includes(wanted) ? [{ value, count }] : [],
      );
      const order = (value: string) => (priorities as readonly string[]).indexOf(value);
      const byName = facet === "file" || facet === "priority";
      return [
        facet,
        values.sort((a, b) =>
          byName
            ? order(a.value) - order(b.value) || (a.value < b.value ? -1 : 1)
            : b.count - a.count || (a.value < b.value ? -1 : 1),
        ),
      ];
    }),
  );
}

export const orders = {
  file: "As loaded",
  name: "By name",
  count: "Most detections",
  last: "Fired last",
  priority: "Gravest",
} as const;
export type Order = keyof typeof orders;

export function ordered(rules: readonly LibraryRule[], order: Order): readonly LibraryRule[] {
  const by: Readonly<Record<Order, (a: LibraryRule, b: LibraryRule) => number>> = {
    file: () => 0,
    name: (a, b) => a.name.localeCompare(b.name),
    count: (a, b) => b.count - a.count,
    last: (a, b) => (b.last ?? "").localeCompare(a.last ?? ""),
    priority: (a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority),
  };
  return [...rules].sort(by[order]);
}

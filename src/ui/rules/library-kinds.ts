/** What rules are filtered by. */
import type { FacetKind } from "../parts/facets.tsx";

const originWords: Readonly<Record<string, string>> = {
  own: "Your own",
  shipped: "Shipped",
  overridden: "Changed by you",
};
const stateWords: Readonly<Record<string, string>> = {
  ...{ on: "On", off: "Off", counted: "Counted by a policy", "not counted": "Counted by none" },
};
const firedWords: Readonly<Record<string, string>> = {
  never: "Never fired",
  lately: "In this time",
  earlier: "Only earlier",
};

export const kinds: readonly FacetKind[] = [
  { facet: "origin", title: "Origin", word: (value) => originWords[value] ?? value },
  { facet: "state", title: "State", word: (value) => stateWords[value] ?? value },
  { facet: "fired", title: "Fired", word: (value) => firedWords[value] ?? value },
  { facet: "priority", title: "Priority" },
  { facet: "policy", title: "Policy" },
  { facet: "file", title: "File", word: (value) => value.split("/").at(-1) ?? value, folded: true },
  { facet: "tag", title: "Tag" },
];

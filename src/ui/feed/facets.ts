/** What events are filtered by, and how their bars are drawn. */
import type { FacetKind } from "../parts/facets.tsx";
import type { SeriesKind } from "../parts/list-kind.ts";
import { gradeOf, gradeWords } from "../parts/severity.tsx";
import { mitreTitle } from "./mitre.ts";

export const detectionFacetKinds: readonly FacetKind[] = [
  { facet: "severity", title: "Severity", word: (value) => `${gradeWords[gradeOf(Number(value))]} (${value})` },
  { facet: "rule", title: "Rule" },
  { facet: "policy", title: "Policy" },
  { facet: "cluster", title: "Cluster" },
  { facet: "namespace", title: "Namespace" },
  { facet: "user", title: "User" },
  { facet: "verb", title: "Verb", folded: true },
  { facet: "resource", title: "Resource", folded: true },
  { facet: "name", title: "Name", folded: true },
  { facet: "sourceIP", title: "Source IP", folded: true },
  { facet: "userAgent", title: "User agent", folded: true },
  { facet: "tag", title: "Tag", word: mitreTitle, folded: true },
  { facet: "priority", title: "Priority", folded: true },
];

export const detectionSeries: readonly SeriesKind[] = [
  { keys: ["7"], title: "Info", colour: "--sev-info-fill" },
  { keys: ["6"], title: "Low", colour: "--sev-low-fill" },
  { keys: ["4", "5"], title: "Medium", colour: "--sev-medium-fill" },
  { keys: ["0", "1", "2", "3"], title: "High", colour: "--sev-high-fill" },
];

/** What activity is filtered by, and how its bars are drawn. */
import type { FacetKind } from "../parts/facets.tsx";
import type { SeriesKind } from "../parts/list-kind.ts";
import { actorWords, outcomeWords } from "./marks.tsx";

const worded = (words: Readonly<Record<string, string>>) => (value: string) => words[value] ?? value;

export const activityFacetKinds: readonly FacetKind[] = [
  { facet: "actor", title: "Who acts", word: worded(actorWords) },
  { facet: "outcome", title: "Outcome", word: worded(outcomeWords) },
  { facet: "detected", title: "Detected", word: worded({ yes: "A rule matched", no: "No rule matched" }) },
  { facet: "cluster", title: "Cluster" },
  { facet: "user", title: "User" },
  { facet: "namespace", title: "Namespace" },
  { facet: "verb", title: "Verb" },
  { facet: "resource", title: "Resource" },
  { facet: "name", title: "Name", folded: true },
  { facet: "impersonatedUser", title: "Acting as", folded: true },
  { facet: "sourceIP", title: "Source IP", folded: true },
  { facet: "userAgent", title: "User agent", folded: true },
  { facet: "code", title: "Answer", folded: true },
  { facet: "level", title: "Audit level", folded: true },
];

export const activitySeries: readonly SeriesKind[] = [
  { keys: ["done"], title: "Done", colour: "--fill-done" },
  { keys: ["unfinished"], title: "No answer", colour: "--fill-unfinished" },
  { keys: ["failed"], title: "Failed", colour: "--fill-failed" },
  { keys: ["denied"], title: "Denied", colour: "--fill-denied" },
];

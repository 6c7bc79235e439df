/** What activity is filtered by, how its bars are drawn, and whom one sees before anything is asked. */
import { actors } from "../../domain/activity.ts";
import type { Filter } from "../filter.ts";
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

export const people: readonly string[] = ["human", "anonymous"];

/** Machines make nine of ten requests: they are left out until they are asked for. */
export function peopleFirst(filter: Filter): Filter {
  if (filter.is.actor !== undefined || filter.not.actor !== undefined) return filter;
  // Whoever asks for one user or one address asks for all that came from there.
  if (filter.is.user !== undefined || filter.is.sourceIP !== undefined) return filter;
  return { ...filter, is: { ...filter.is, actor: people } };
}

export const everybody: readonly string[] = actors;

/** What can be asked of the index, and what it answers: filters by facets, pages, counts, groups. */
import type { Detection } from "./detection.ts";

export interface Range {
  /** Inclusive, RFC 3339. */
  readonly from?: string;
  /** Exclusive, RFC 3339. */
  readonly to?: string;
  readonly limit: number;
  /** As a former page answered it. */
  readonly cursor?: string;
}
/** What lists of detections are filtered and counted by. `sourceIP` is the last, trustworthy one; `tag` any of them. */
export const detectionFacets = [
  "severity",
  "priority",
  "rule",
  "policy",
  "cluster",
  "namespace",
  "user",
  "verb",
  "resource",
  "name",
  "sourceIP",
  "userAgent",
  "tag",
] as const;
export type DetectionFacet = (typeof detectionFacets)[number];

/** What lists of activities are filtered and counted by. `detected` is `yes` or `no`. */
export const activityFacets = [
  "actor",
  "outcome",
  "cluster",
  "namespace",
  "user",
  "impersonatedUser",
  "verb",
  "resource",
  "name",
  "sourceIP",
  "userAgent",
  "code",
  "level",
  "detected",
] as const;
export type ActivityFacet = (typeof activityFacets)[number];

/** In a filter and in a count of values: the items that have none. */
export const noValue = "(none)";

type Accepted<Facet extends string> = { readonly [F in Facet]?: readonly string[] };

/**
 * Each filter is a set of accepted values; an absent one accepts all, an empty one none. A resource without a
 * subresource (`pods`) accepts its subresources too; `pods/exec` accepts only that. `not` holds the values refused, by
 * the same rules. `text` is a substring, letter case aside, of what people read of an item: rule, output, user,
 * resource, name, URI.
 */
export type Filter<Facet extends string> = Accepted<Facet> & {
  readonly not?: Accepted<Facet>;
  readonly text?: string;
  /** Inclusive, RFC 3339. */
  readonly from?: string;
  /** Exclusive, RFC 3339. */
  readonly to?: string;
};
export interface DetectionFilter extends Filter<DetectionFacet> {
  readonly fingerprint?: readonly string[];
  readonly activity?: readonly string[];
}
export type ActivityFilter = Filter<ActivityFacet>;

export type DetectionQuery = DetectionFilter & Range;
export type ActivityQuery = ActivityFilter & Range;

/** What can be asked of detections and of activities alike. */
export type Asked =
  | ({ readonly list: "detections" } & { readonly filter: DetectionFilter })
  | ({ readonly list: "activities" } & { readonly filter: ActivityFilter });

export interface FacetWish {
  readonly facet: string;
  /** At most so many values, the most frequent first. */
  readonly limit: number;
  /** Only values that contain this, letter case aside. */
  readonly search?: string;
}
export interface FacetValue {
  /** `noValue` for the items that have none. */
  readonly value: string;
  readonly count: number;
}

/** How many items in each of equal stretches of time; detections by severity (`0` … `7`), activities by outcome. */
export interface Histogram {
  readonly from: string;
  readonly to: string;
  readonly stepMillis: number;
  readonly series: readonly { readonly key: string; readonly counts: readonly number[] }[];
}

export const triageStates = ["open", "acknowledged", "resolved", "muted"] as const;
export type TriageState = (typeof triageStates)[number];

/** What somebody decided about all detections of one fingerprint. */
export interface Triage {
  readonly fingerprint: string;
  readonly state: TriageState;
  /** When that was decided: what is resolved and comes again later is open again. */
  readonly at: string;
  readonly by: string;
  /** Of what is muted: until when. */
  readonly until?: string;
  readonly note?: string;
}

/** Detections of one rule, actor and target, as one line. */
export interface Group {
  readonly fingerprint: string;
  readonly count: number;
  /** Of those that the filter accepts. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** As it is now: with re-opening and the end of a mute taken in. */
  readonly state: TriageState;
  readonly latest: Detection;
  /** Counts over the filter's range, in equal stretches. */
  readonly spark: readonly number[];
}

/** How often a rule has matched, for the rules library. */
export interface RuleRecord {
  readonly rule: string;
  readonly count: number;
  readonly last: string;
  readonly spark: readonly number[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** For the next page; null on the last. */
  readonly next: string | null;
}

/** A filter as SQL: conditions on the columns of a table, with every value a parameter. */
import { type Asked, noValue } from "../../domain/asked.ts";
import type { QuarantineQuery } from "../../domain/store.ts";
import { nanosOf } from "../../domain/time.ts";
import { column, within64 } from "./rows.ts";

export type Parameter = string | bigint;

/**
 * Collects parameters while a query is written: answers how each is named. DuckDB takes a `bigint` for 128 bits, in which
 * it would reckon with every row.
 */
export function given(parameters: Parameter[]): (value: Parameter) => string {
  return (value) => `$${parameters.push(value)}${typeof value === "bigint" ? "::BIGINT" : ""}`;
}

/** Which column holds a facet; `tag` is looked for within one. */
export const columns: Readonly<Record<string, string>> = {
  severity: "severity",
  priority: "priority",
  rule: "rule",
  policy: "policy",
  cluster: "cluster",
  namespace: "namespace",
  user: '"user"',
  verb: "verb",
  resource: "resource",
  name: "name",
  sourceIP: "source_ip",
  userAgent: "user_agent",
  tag: "tags",
  fingerprint: "fingerprint",
  source: "source",
  activity: "activity",
};

export interface WhereOptions {
  /** A facet that is left out: its values are counted under the other filters. */
  readonly but?: string;
}

/** Conditions to be joined by AND. Throws `RangeError` on a time that is none. */
export function conditions(
  filter: Asked["filter"] | Omit<QuarantineQuery, "limit" | "cursor">,
  give: (value: Parameter) => string,
  { but }: WhereOptions = {},
): readonly string[] {
  const found: string[] = [];
  const { from, to, text, not = {}, ...rest } = filter as Asked["filter"];
  if (from !== undefined) found.push(`moment >= ${give(bound(from, "from"))}`);
  if (to !== undefined) found.push(`moment < ${give(bound(to, "to"))}`);
  for (const [facet, accepted] of Object.entries(rest)) {
    if (accepted !== undefined && facet !== but && facet in columns) found.push(isOneOf(facet, accepted, give));
  }
  for (const [facet, refused] of Object.entries(not)) {
    if (refused === undefined || facet === but || refused.length === 0) continue;
    // What has no value is not one of those refused, unless that is what is refused.
    found.push(`NOT coalesce(${isOneOf(facet, refused, give)}, false)`);
  }
  if (text !== undefined && text !== "") found.push(`contains(words, ${give(column(text.toLowerCase()) ?? "")})`);
  return found;
}

function isOneOf(facet: string, accepted: readonly string[], give: (value: Parameter) => string): string {
  const name = columns[facet] ?? facet;
  const values = accepted.filter((value) => value !== noValue).map((value) => column(value) ?? "");
  const wanted: string[] = [];
  if (facet === "tag") for (const value of values) wanted.push(`contains(tags, ${give(`\n${value}\n`)})`);
  else if (values.length > 0) wanted.push(`${name} IN (${values.map(give).join(", ")})`);
  const plain = facet === "resource" ? values.filter((value) => !value.includes("/")) : [];
  if (plain.length > 0) wanted.push(`split_part(${name}, '/', 1) IN (${plain.map(give).join(", ")})`);
  if (accepted.includes(noValue)) wanted.push(`coalesce(${name}, '') = ''`);
  return wanted.length === 0 ? "false" : `(${wanted.join(" OR ")})`;
}

/** Digits beyond nanoseconds lie between two of them: the first moment not before is the same bound. */
export function bound(text: string, name: string): bigint {
  const nanos = nanosOf(text);
  if (nanos === undefined) throw new RangeError(`\`${name}\` is no RFC 3339 time: 2026-03-02T08:00:00Z is one`);
  return within64(/[.,]\d{9}\d*[1-9]/.test(text) ? nanos + 1n : nanos);
}

/** Whether a policy's scope holds: compiled once, asked for every match. */
import type { ScopeClause } from "./scope-words.ts";

/** Where a match happened and who caused it; null for what it has not. */
export interface Where {
  readonly cluster: string;
  readonly namespace: string | null;
  readonly user: string | null;
  readonly groups: readonly string[];
}

export type InScope = (where: Where) => boolean;

export function scopeTest(clauses: readonly ScopeClause[]): InScope {
  if (clauses.length === 0) return () => true;
  const tests = clauses.map(clauseTest);
  return (where) => tests.every((test) => test(where));
}

function clauseTest({ field, operator, values }: ScopeClause): InScope {
  const isNot = operator.startsWith("not_");
  const wanted = new Set(values);
  const fits = operator.endsWith("starts_with")
    ? (value: string) => values.some((prefix) => value.startsWith(prefix))
    : (value: string) => wanted.has(value);
  return (where) => valuesOf(where, field).some(fits) !== isNot;
}

function valuesOf({ cluster, namespace, user, groups }: Where, field: ScopeClause["field"]): readonly string[] {
  switch (field) {
    case "cluster":
      return [cluster];
    case "namespace":
      return namespace === null ? [] : [namespace];
    case "user":
      return user === null ? [] : [user];
    case "group":
      return groups;
  }
}

/** Each comparison, as it stands between a field and its values. */
export const operatorWords: Readonly<Record<ScopeClause["operator"], string>> = {
  equals: "is",
  in: "is one of",
  starts_with: "starts with",
  not_equals: "is not",
  not_in: "is none of",
  not_starts_with: "does not start with",
};

/** `namespace is payments and user does not start with system:`; `everywhere` for none. */
export function scopeText(clauses: readonly ScopeClause[]): string {
  if (clauses.length === 0) return "everywhere";
  return clauses
    .map(({ field, operator, values }) => `${field} ${operatorWords[operator]} ${values.join(", ")}`)
    .join(" and ");
}

/** What a scope may say, without the schema that checks it: pages need the words alone. */
export const scopeFields = ["cluster", "namespace", "user", "group"] as const;
export type ScopeField = (typeof scopeFields)[number];

export const scopeOperators = ["equals", "in", "starts_with", "not_equals", "not_in", "not_starts_with"] as const;
export type ScopeOperator = (typeof scopeOperators)[number];

/** A condition on where and who. */
export interface ScopeClause {
  readonly field: ScopeField;
  readonly operator: ScopeOperator;
  readonly values: readonly string[];
}

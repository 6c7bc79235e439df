/** Policies: which rules count, where, how gravely. */
export { type Decide, type Decision, decider, type RuleFacts, severityOf } from "./decide.ts";
export { effectivePolicies, refusedEdit, Stored, storedOf } from "./effective.ts";
export { type Fingerprinted, fingerprintText, stem } from "./fingerprint.ts";
export {
  otherRules,
  ownFindings,
  Policy,
  PolicyBody,
  PolicyFile,
  type PolicyKind,
  policyKinds,
  runtimeAlerts,
} from "./schema.ts";
export { scopeText, type Where } from "./scope.ts";
export { type ScopeClause, scopeFields, scopeOperators } from "./scope-words.ts";

/** The engine's front door: rules files in, rules that judge out, and everything that can be said about them. */
export type { Dialect, LoadedRule, Match, Message, RuleSet, Test } from "./contract.ts";
export { type Described, type Description, describe } from "./describe.ts";
export { exceptionsOf, type KnownException } from "./known-exceptions.ts";
export { type Limits, limits } from "./limits.ts";
export { type Loaded, type LoadMode, load, type RuleDiagnostic, type RuleSource, type World } from "./load.ts";
export type { AppendOutput } from "./outputs.ts";
export { type Plugin, unmetRequirement } from "./plugins.ts";
export {
  contentsOf,
  type FileResult,
  falcoErrors,
  falcoWarnings,
  type Json,
  reportJson,
  reportSummary,
  reportText,
} from "./report.ts";
export { matchesWildcard, type SelectionEntry } from "./selection.ts";
export { engineVersion, versionText } from "./versions.ts";

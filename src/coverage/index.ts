/** The audit policy language's front door: read, decide, lint. */
export { decide } from "./decide.ts";
export { type Generated, generatePolicy } from "./generate.ts";
export { type Finding, lintPolicy } from "./lint.ts";
export { type AuditPolicy, type Decision, levels, type PolicyRequest, policyStages } from "./policy.ts";
export { type ReadPolicy, readPolicy } from "./read-policy.ts";
export { recorded } from "./recorded.ts";
export { requestOf } from "./request-of.ts";
export { type Starved, starvedBy } from "./starved.ts";

/** The fast engine: the plain rule set's answers, from bytes that a scan has been through. */

export { describePlan } from "./describe-plan.ts";
export { type BodyWorld, type FastRules, type FastWorld, fastRuleSet, type Tell } from "./fast-rules.ts";
export { planRules } from "./plan-rules.ts";
export { slotFields } from "./slot-fields.ts";

/** The fast engine: the plain rule set's answers, from bytes that a scan has been through. */
export { type FastWorld, fastRuleSet } from "./fast-rules.ts";
export { slotFields } from "./slot-fields.ts";

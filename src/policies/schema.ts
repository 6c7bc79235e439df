/** What a policy is, told once: files, API and types are read from here. */
import { z } from "zod";
import { severities } from "../domain/detection.ts";
import { scopeFields, scopeOperators } from "./scope-words.ts";

export const policyKinds = ["managed", "managed-ruleset", "custom"] as const;
export type PolicyKind = (typeof policyKinds)[number];

export const ScopeClause = z
  .strictObject({
    field: z.enum(scopeFields).describe("What it looks at; `user` and `group` are those of who is authenticated."),
    operator: z.enum(scopeOperators).describe("`starts_with` and the `in`s take several values: any of them counts."),
    values: z.array(z.string().min(1).max(500)).min(1).max(500).readonly().describe("The values."),
  })
  .describe("A condition on where and who. What has no value equals nothing.");

export const PolicyRule = z.strictObject({
  name: z.string().min(1).describe("The rule's name."),
  enabled: z.boolean().default(true).describe("Whether the policy counts its matches."),
});

const name = z
  .string()
  .min(1)
  .max(120)
  .regex(/^\S(.*\S)?$/s, { error: "must not begin or end with a blank" })
  .regex(/^[^\p{Cc}]*$/u, { error: "must not hold control characters" });

export const Muted = z
  .strictObject({
    until: z.iso.datetime({ offset: true }).describe("Until when, RFC 3339."),
    by: z.string().max(200).default("").describe("Who did so; the server writes it."),
    reason: z.string().min(1).max(2000).describe("Why."),
  })
  .describe("What it counts is kept and marked as muted until then.");

/** What everybody may set of a policy of their own; of ours only scope, switches, channels, mute and runbook. */
export const PolicyBody = z.strictObject({
  name: name.describe("Its name, one of its kind."),
  description: z.string().max(4000).default("").describe("What it is for."),
  severity: z
    .literal([...severities])
    .nullable()
    .describe(
      "0 to 3 high, 4 and 5 medium, 6 low, 7 info. Null: as each rule's priority says, Emergency 0 to Debug 7.",
    ),
  enabled: z.boolean().default(true).describe("Whether it counts anything."),
  scope: z
    .array(ScopeClause)
    .max(50)
    .readonly()
    .default([])
    .describe("All of these must hold; none accepts everything."),
  rules: z.array(PolicyRule).max(5000).readonly().default([]).describe("The rules it counts, each with its switch."),
  runbook: z
    .url({ protocol: /^https?$/, error: "must be an address that begins with http:// or https://" })
    .optional()
    .describe("Where it is written what to do."),
  channels: z.array(z.string().min(1).max(120)).max(50).readonly().default([]).describe("Whom to tell, by name."),
  muted: Muted.optional(),
});
export type PolicyBody = z.output<typeof PolicyBody>;

export const Policy = PolicyBody.extend({
  kind: z
    .enum(policyKinds)
    .default("custom")
    .describe(
      "`managed` is ours; `managed-ruleset` is a copy of one that keeps receiving its rules; `custom` is yours.",
    ),
  of: z.string().optional().describe("Of a managed ruleset: the policy whose rules it receives."),
});
export type Policy = z.output<typeof Policy>;

/** A file of policies. */
export const PolicyFile = z.strictObject({
  policies: z.array(Policy).readonly().describe("The policies, in any order."),
});

/** Counts rules that no policy names. */
export const otherRules = "All other rules";
/** Counts Falco's alerts about containers and hosts whose rules no policy names. */
export const runtimeAlerts = "Runtime alerts";
/** Counts what we find out about the stream of events itself. */
export const ownFindings = "Tiercel's own findings";

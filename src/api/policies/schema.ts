/** Policies on the wire. */
import { z } from "zod";
import { Policy } from "../../policies/index.ts";

export const NoQuery = z.strictObject({});

export const PolicyView = Policy.extend({
  version: z
    .number()
    .describe("Its version: send it as `If-Match` with what replaces it. 0 for one of ours as shipped."),
}).describe("A policy, as it counts.");
export type PolicyView = z.output<typeof PolicyView>;

export const PolicyViews = z.object({
  items: z.array(PolicyView).readonly().describe("Ours first, then copies and own ones by name."),
});
export type PolicyViews = z.output<typeof PolicyViews>;

export const Duplicate = z.strictObject({
  name: Policy.shape.name,
  kind: z
    .enum(["managed-ruleset", "custom"])
    .default("managed-ruleset")
    .describe("A managed ruleset keeps receiving its rules; a custom one has those of now."),
});

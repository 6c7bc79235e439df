/** Our own audit trail on the wire. */
import { z } from "zod";
import { accepted, defaultLimit, maxLimit } from "../query.ts";

export const Change = z
  .object({
    seq: z.int().describe("Its number: later ones are higher."),
    at: z.string().describe("When."),
    by: z.string().describe("Who: a user, a token, an identity provider."),
    kind: z.string().describe("Of what kind it is: `policy`, `rules`, `triage`, `user`, `token`, `session` …"),
    id: z.string().describe("Which one."),
    action: z
      .enum(["create", "update", "delete", "login", "login-failed", "logout"])
      .describe("What was done with it."),
    before: z.string().nullable().describe("What stood before, as JSON or text; never a secret."),
    after: z.string().nullable().describe("What stands since."),
  })
  .describe("Something that somebody changed, or a login.");
export type Change = z.output<typeof Change>;

export const Changes = z.object({ items: z.array(Change).readonly().describe("Newest first.") });
export type Changes = z.output<typeof Changes>;

export const ChangeQuery = z.strictObject({
  kind: accepted("Only of these kinds."),
  id: accepted("Only of these."),
  by: accepted("Only by these."),
  limit: z.int().min(1).max(maxLimit).default(defaultLimit).describe("How many at most."),
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional()
    .describe("Only what came before this `seq`: the last one of the page before."),
});

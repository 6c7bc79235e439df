/** API tokens on the wire: a token itself is shown once, when it is made. */
import { z } from "zod";

export const TokenRole = z.enum(["viewer", "editor", "admin", "ingest"]);

const clusterName = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;

export const Token = z
  .object({
    name: z.string().describe("Its name."),
    role: TokenRole.describe("What it may: `ingest` sends audit events and reads nothing; the others never send."),
    cluster: z.string().nullable().describe("Of `ingest`: the only cluster it may send for; null for any."),
    createdAt: z.string().describe("Since when."),
  })
  .describe("A token for programs.");
export type Token = z.output<typeof Token>;

export const Tokens = z.object({ items: z.array(Token).readonly().describe("By name.") });
export type Tokens = z.output<typeof Tokens>;

export const NewToken = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/, { error: "must be letters, digits, `.`, `_` and `-`" })
      .describe("A name to know it by."),
    role: TokenRole.describe("What it may."),
    cluster: z
      .string()
      .regex(clusterName, { error: "must be letters, digits, `.`, `_` and `-`" })
      .optional()
      .describe("Of `ingest`: the only cluster it may send for."),
  })
  .refine(({ role, cluster }) => cluster === undefined || role === "ingest", {
    error: "only a token of the role `ingest` belongs to a cluster",
    path: ["cluster"],
  });

export const MadeToken = Token.extend({
  secret: z.string().describe("The token itself. It is not kept: nobody can show it again."),
});
export type MadeToken = z.output<typeof MadeToken>;

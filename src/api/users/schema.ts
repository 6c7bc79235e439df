/** Users on the wire. */
import { z } from "zod";
import { Role } from "../session/schema.ts";
import { userName } from "./accounts.ts";

export const User = z
  .object({
    name: z.string().describe("The name."),
    role: Role.describe("What may be done."),
    disabled: z.boolean().describe("Whether the user is kept out."),
    local: z.boolean().describe("Whether a password of ours lets in; else an identity provider does."),
    createdAt: z.string().describe("Since when the user is known."),
    lastLoginAt: z.string().nullable().describe("When the user last logged in; null for never."),
  })
  .describe("Somebody who may log in.");
export type User = z.output<typeof User>;

export const Users = z.object({ items: z.array(User).readonly().describe("By name.") });
export type Users = z.output<typeof Users>;

export const NewUser = z.strictObject({
  name: z
    .string()
    .regex(userName, { error: "must be 1 to 128 characters without blanks" })
    .describe("The name, without blanks."),
  role: Role.describe("What may be done."),
});
export const UserChange = z.strictObject({
  role: Role.optional().describe("Another role."),
  disabled: z.boolean().optional().describe("Keeps the user out, or lets in again."),
});

export const LoginLink = z
  .object({
    user: z.string().describe("Whom it lets in."),
    href: z.string().describe("The address to open in a browser: it works once."),
    expiresAt: z.string().describe("Until when it works."),
  })
  .describe("A link that lets in once.");
export type LoginLink = z.output<typeof LoginLink>;

export const InvitedUser = z
  .object({ user: User, link: LoginLink })
  .describe("A new user, with the link to begin with.");
export type InvitedUser = z.output<typeof InvitedUser>;

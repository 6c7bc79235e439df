/** Being logged in, on the wire. */
import { z } from "zod";

export const Role = z.enum(["viewer", "editor", "admin"]);

export const Session = z
  .object({
    user: z.string().describe("The user's name, or which token it is."),
    role: Role.describe("What may be done: a viewer reads, an editor changes rules and policies, an admin all."),
    csrf: z.string().optional().describe("Send it as `X-Tiercel-CSRF` with whatever changes something."),
    by: z.enum(["session", "token"]).describe("How it is known who asks."),
    way: z
      .enum(["password", "link", "oidc"])
      .optional()
      .describe("How the session began. After a link, set a password."),
  })
  .describe("Who asks.");
export type Session = z.output<typeof Session>;

export const Login = z.strictObject({
  user: z.string().min(1).max(128).describe("The user's name."),
  password: z.string().min(1).max(1024).describe("The password."),
});
export const LinkLogin = z.strictObject({
  token: z.string().min(1).max(256).describe("What stands behind `link=` in the address."),
});
export const NewPassword = z.strictObject({
  current: z.string().min(1).max(1024).optional().describe("The current password; not after a login by a link."),
  password: z.string().min(1).max(1024).describe("The new one: 12 characters or more."),
});

export const Ways = z
  .object({
    password: z.literal(true).describe("A name and a password let in."),
    oidc: z
      .array(
        z.object({
          name: z.string().describe("Its name in the configuration."),
          title: z.string().describe("What the button says."),
          href: z.string().describe("Where the browser goes, seen from the pages' base."),
        }),
      )
      .readonly()
      .describe("The identity providers."),
  })
  .describe("How one can log in.");
export type Ways = z.output<typeof Ways>;

export const NoQuery = z.strictObject({});

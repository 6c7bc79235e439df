/** The options about who gets in. */
import { isIP } from "node:net";
import { z } from "zod";
import { isLoopback } from "./address.ts";

const Role = z.enum(["viewer", "editor", "admin"]);

const Provider = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: "must be small letters, digits and `-`" })
      .describe("Its name here. Register `…/auth/oidc/NAME/callback` as redirect address with the provider."),
    title: z.string().min(1).optional().describe("What the button on the login page says. Its name, unless told."),
    issuer: z
      .url({ protocol: /^https?$/, error: "must be an address like `https://login.example`" })
      .refine((text) => !text.startsWith("http:") || isLoopback(new URL(text).hostname.replace(/[[\]]/g, "")), {
        error: "must be https, unless it is on this machine: whoever sits between could let anybody in",
      })
      .describe("The issuer's address; `/.well-known/openid-configuration` is read below it at the first login."),
    client_id: z.string().min(1).describe("As what we are registered there."),
    client_secret: z.string().min(1).optional().describe("The secret of that registration. Better in a file."),
    client_secret_file: z.string().min(1).optional().describe("The file that holds the secret."),
    scopes: z
      .array(z.string().min(1))
      .default(["openid", "profile", "email"])
      .refine((scopes) => scopes.includes("openid"), { error: "must hold `openid`" })
      .describe("What is asked for."),
    user_claim: z.string().min(1).default("preferred_username").describe("The claim that holds the user's name."),
    groups_claim: z.string().min(1).default("groups").describe("The claim that holds the user's groups."),
    roles: z
      .array(
        z.strictObject({
          group: z.string().min(1).describe("A group, as the claim spells it."),
          role: Role.describe("What its members may."),
        }),
      )
      .default([])
      .describe("Which groups give which role; the highest counts, anew at each login."),
    default_role: Role.optional().describe("What everybody else may. Unless told, nobody else gets in."),
  })
  .refine(({ roles, default_role }) => roles.length > 0 || default_role !== undefined, {
    error: "must name a group, unless there is a `default_role`: nobody could log in by it",
    path: ["roles"],
  })
  .describe("An identity provider that speaks OpenID Connect.");

export const Auth = z.strictObject({
  session_hours: z.number().positive().default(168).describe("After so long everybody logs in again."),
  idle_hours: z.number().positive().default(12).describe("Whoever does nothing for so long logs in again."),
  login: z
    .strictObject({
      attempts: z
        .int()
        .min(1)
        .default(5)
        .describe("So often a login of one user may fail before it must wait; of one address four times as often."),
      longest_wait_secs: z
        .int()
        .min(1)
        .default(900)
        .describe("The wait doubles with each further failure, up to this."),
    })
    .prefault({})
    .describe("Limits for failed logins."),
  trusted_proxies: z
    .array(z.string().refine(isNetwork, { error: "must be an address or a network, like `10.0.0.0/8`" }))
    .default([])
    .describe("Whose `X-Forwarded-For`, `-Proto` and `-Host` are believed, beside those from this machine."),
  oidc: z
    .array(Provider)
    .default([])
    .refine((providers) => new Set(providers.map(({ name }) => name)).size === providers.length, {
      error: "must have a name of its own each",
    })
    .describe("Identity providers that let people in."),
});

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const most = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

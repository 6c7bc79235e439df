/** Whether a push comes from Google for us: cloud.google.com/pubsub/docs/authenticate-push-subscriptions. */
import type { OAuth2Client } from "google-auth-library";
import type { PubSubPushConfig } from "./config.ts";

export type Checked =
  | { readonly kind: "google" }
  | { readonly kind: "refused"; readonly why: string }
  /** The certificates cannot be read: nothing is known of the token. */
  | { readonly kind: "unknown"; readonly why: string };

const issuers = ["https://accounts.google.com", "accounts.google.com"];
const google: Checked = { kind: "google" };

/** Certificates are held for as long as Google says. */
export function tokenCheck(config: PubSubPushConfig): (authorization: string | undefined) => Promise<Checked> {
  const { audience = "", service_account = "", certs_url, token_required } = config;
  let client: OAuth2Client | undefined;
  return async (authorization) => {
    if (!token_required) return google;
    const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
    if (token === undefined)
      return { kind: "refused", why: "no bearer token: give the subscription a push service account" };
    // Loaded where it is needed: nobody else waits for it.
    const { OAuth2Client } = await import("google-auth-library");
    client ??= new OAuth2Client({ endpoints: { oauth2FederatedSignonPemCertsUrl: certs_url } });
    let certs: Awaited<ReturnType<OAuth2Client["getFederatedSignonCertsAsync"]>>["certs"];
    try {
      ({ certs } = await client.getFederatedSignonCertsAsync());
    } catch (error) {
      return { kind: "unknown", why: `${certs_url}: ${error instanceof Error ? error.message : error}` };
    }
    try {
      const ticket = await client.verifySignedJwtWithCertsAsync(token, certs, audience, issuers);
      const { email, email_verified } = ticket.getPayload() ?? {};
      if (email !== service_account || email_verified !== true)
        return { kind: "refused", why: `the token is ${email ?? "nobody"}'s, not ${service_account}'s` };
      return google;
    } catch (error) {
      return { kind: "refused", why: reasonOf(error) };
    }
  };
}

/** Without the token, which the library's words may hold. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const known = [
    [/recipient/, "the token is for another audience"],
    [/issuer/, "the token is not Google's"],
    [/too late|too early|too far/, "the token's time is over, or has not come"],
    [/signature|No pem/, "the token is not signed by Google"],
  ] as const;
  return known.find(([words]) => words.test(said))?.[1] ?? "the token cannot be read";
}

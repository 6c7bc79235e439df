/** Who gets in, as the configuration says. */
import { readFileSync } from "node:fs";
import { type Auth, openAuth } from "../api/session/part.ts";
import type { Config } from "../config/schema.ts";
import type { State } from "../domain/store.ts";
import { UsageError } from "./io.ts";

/** Throws a `UsageError` where a provider's secret cannot be read. */
export function signingIn({ auth, api }: Config, state: Pick<State, "people" | "documents">, now: () => Date): Auth {
  return openAuth({
    people: state.people,
    record: (change) => state.documents.record(change),
    now,
    sessionHours: auth.session_hours,
    idleHours: auth.idle_hours,
    limits: { attempts: auth.login.attempts, longestWaitSecs: auth.login.longest_wait_secs },
    proxies: auth.trusted_proxies,
    publicUrl: api.public_url,
    providers: auth.oidc.map((provider) => ({
      name: provider.name,
      title: provider.title ?? provider.name,
      issuer: provider.issuer,
      clientId: provider.client_id,
      clientSecret: secretOf(provider),
      scopes: provider.scopes,
      userClaim: provider.user_claim,
      groupsClaim: provider.groups_claim,
      rules: provider.roles,
      defaultRole: provider.default_role,
    })),
  });
}

function secretOf({
  name,
  client_secret,
  client_secret_file: file,
}: Config["auth"]["oidc"][number]): string | undefined {
  if (client_secret !== undefined && file !== undefined)
    throw new UsageError(
      `identity provider ${name} has \`client_secret\` and \`client_secret_file\``,
      "keep one of them",
    );
  if (file === undefined) return client_secret;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`the secret of identity provider ${name} cannot be read: ${(error as Error).message}`);
  }
}

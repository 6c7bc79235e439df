/** Logging in by an identity provider: OpenID Connect's authorization code with PKCE. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import * as oidc from "openid-client";
import { type Role, roles, type User } from "../../domain/people.ts";
import { type Accounts, NameTaken, userName } from "../users/accounts.ts";

export interface Provider {
  readonly name: string;
  readonly title: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly scopes: readonly string[];
  readonly userClaim: string;
  readonly groupsClaim: string;
  readonly rules: readonly { readonly group: string; readonly role: Role }[];
  readonly defaultRole?: Role;
}

export interface SignIn {
  readonly providers: readonly Pick<Provider, "name" | "title">[];
  /** Where the browser goes next, and what it must bring back in a cookie. */
  start(name: string, redirect: string, next: string): Promise<{ readonly location: string; readonly flow: string }>;
  /** `flow` is what `start` answered, `answer` the address the browser came back to. */
  finish(name: string, flow: string | undefined, answer: URL): Promise<{ readonly user: User; readonly next: string }>;
}

/** Why nobody was let in; the login page has words for each. */
export const signInProblems = [
  "unknown",
  "unreachable",
  "expired",
  "refused",
  "no-name",
  "no-role",
  "taken",
  "disabled",
] as const;
export type SignInProblem = (typeof signInProblems)[number];

export class SignInFailed extends Error {
  readonly problem: SignInProblem;
  constructor(problem: SignInProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.problem = problem;
  }
}

/** What a browser brings back: sealed, so that nothing is kept here for those who never come back. */
interface Flow {
  readonly provider: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly redirect: string;
  readonly next: string;
  readonly until: number;
}

export const flowSecs = 600;
const discoveryMillis = 3_600_000;
const timeoutSecs = 10;

export function signIn(providers: readonly Provider[], people: Accounts, now: () => Date): SignIn {
  const key = randomBytes(32);
  const known = new Map<string, { readonly config: oidc.Configuration; readonly at: number }>();

  function provider(name: string): Provider {
    const found = providers.find((one) => one.name === name);
    if (found === undefined) throw new SignInFailed("unknown", `no identity provider is called \`${name}\``);
    return found;
  }

  /** Asked for at the first login, not at the start: a provider that is down keeps nobody else out. */
  async function discovered(of: Provider): Promise<oidc.Configuration> {
    const before = known.get(of.name);
    if (before !== undefined && now().getTime() - before.at < discoveryMillis) return before.config;
    const { clientSecret } = of;
    const execute = of.issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : [];
    try {
      const config = await oidc.discovery(
        new URL(of.issuer),
        of.clientId,
        undefined,
        clientSecret === undefined ? oidc.None() : authentication(clientSecret),
        { execute, timeout: timeoutSecs },
      );
      known.set(of.name, { config, at: now().getTime() });
      return config;
    } catch (error) {
      throw new SignInFailed("unreachable", `${of.issuer} does not tell how to log in: ${reason(error)}`, error);
    }
  }

  return {
    providers: providers.map(({ name, title }) => ({ name, title })),

    async start(name, redirect, next) {
      const of = provider(name);
      const config = await discovered(of);
      const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
      const location = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirect,
        scope: of.scopes.join(" "),
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
      });
      const until = now().getTime() + flowSecs * 1000;
      return {
        location: location.href,
        flow: sealed({ provider: name, verifier, state, nonce, redirect, next, until }),
      };
    },

    async finish(name, text, answer) {
      const of = provider(name);
      const flow = text === undefined ? undefined : opened(text);
      if (flow === undefined || flow.provider !== name || flow.until < now().getTime())
        throw new SignInFailed("expired", "this login was begun elsewhere, or too long ago");
      const config = await discovered(of);
      const claims = await claimed(config, of, flow, answer);
      const user = await people.ofProvider({ ...identity(of, claims), provider: of.title }).catch((error) => {
        throw error instanceof NameTaken ? new SignInFailed("taken", error.message) : error;
      });
      if (user.disabled) throw new SignInFailed("disabled", `\`${user.name}\` is disabled here`);
      return { user, next: flow.next };
    },
  };

  function sealed(flow: Flow): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const body = Buffer.concat([cipher.update(JSON.stringify(flow), "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
  }

  function opened(text: string): Flow | undefined {
    const bytes = Buffer.from(text, "base64url");
    if (bytes.length < 28) return undefined;
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(bytes.subarray(12, 28));
    try {
      return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8"));
    } catch {
      // Sealed by a server before this start, or by nobody: begun elsewhere.
      return undefined;
    }
  }
}

type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** What the provider says of whoever came back: the ID token's claims, and the user info's where those lack a name or groups. */
async function claimed(config: oidc.Configuration, of: Provider, flow: Flow, answer: URL): Promise<Claims> {
  const current = new URL(flow.redirect);
  current.search = answer.search;
  try {
    const tokens = await oidc.authorizationCodeGrant(config, current, {
      pkceCodeVerifier: flow.verifier,
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims() as Claims;
    const isWhole = of.userClaim in claims && (of.rules.length === 0 || of.groupsClaim in claims);
    if (isWhole || config.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...(await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims };
  } catch (error) {
    throw new SignInFailed("refused", `${of.issuer} did not confirm the login: ${reason(error)}`, error);
  }
}

function identity(of: Provider, claims: Claims) {
  const name = claims[of.userClaim];
  if (typeof name !== "string" || !userName.test(name))
    throw new SignInFailed("no-name", `the claim \`${of.userClaim}\` holds no user's name`);
  const told = claims[of.groupsClaim];
  const groups = (Array.isArray(told) ? told : [told]).filter((group) => typeof group === "string");
  const given = of.rules.filter(({ group }) => groups.includes(group)).map(({ role }) => role);
  const highest = roles.findLast((role) => given.includes(role)) ?? of.defaultRole;
  if (highest === undefined) throw new SignInFailed("no-role", `no group of \`${name}\` has a role here`);
  // Without rules about groups, a role that an admin gave here stays.
  const role = of.rules.length === 0 ? undefined : highest;
  return { subject: `${of.issuer} ${claims.sub}`, name: name.normalize("NFC"), role, firstRole: highest };
}

/** As the provider says it takes the secret: in the header where it names none. */
function authentication(secret: string): oidc.ClientAuth {
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return (taken.includes("client_secret_basic") ? basic : post)(server, ...rest);
  };
}

function reason(error: unknown): string {
  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError)
    return [error.error, error.error_description].filter(Boolean).join(": ");
  if (error instanceof oidc.WWWAuthenticateChallengeError)
    return error.cause.map(({ parameters: { error: kind, error_description: why } }) => `${kind}: ${why}`).join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

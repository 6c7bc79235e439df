/** What the API asks of whoever knows who is in. */
import type { Documents } from "../../domain/documents.ts";
import type { People } from "../../domain/people.ts";
import { type CallerOptions, oneOf } from "../caller.ts";
import { type Accounts, accounts } from "../users/accounts.ts";
import type { LoginLimits } from "./limits.ts";
import { type Logins, logins } from "./logins.ts";
import { type Provider, type SignIn, signIn } from "./sign-in.ts";

export interface Auth extends Pick<CallerOptions, "isProxy" | "publicUrl"> {
  readonly logins: Logins;
  readonly accounts: Accounts;
  readonly signIn: SignIn;
}

export interface AuthOptions {
  readonly people: People;
  readonly record: Documents["record"];
  readonly now: () => Date;
  readonly sessionHours: number;
  readonly idleHours: number;
  readonly limits: LoginLimits;
  readonly providers: readonly Provider[];
  /** Addresses and networks. */
  readonly proxies: readonly string[];
  readonly publicUrl?: string;
}

export function openAuth(options: AuthOptions): Auth {
  const { people, record, now, providers, proxies, publicUrl } = options;
  const users = accounts(people, record);
  return {
    logins: logins(options),
    accounts: users,
    signIn: signIn(providers, users, now),
    isProxy: oneOf(proxies),
    publicUrl,
  };
}

/** Who is in: sessions begin by a password, a link or an identity provider, and are known by their cookie. */
import { createHash, randomBytes } from "node:crypto";
import type { Documents } from "../../domain/documents.ts";
import type { LoginWay, People, Role, User } from "../../domain/people.ts";
import type { Caller } from "../caller.ts";
import type { Who } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import { type Attempts, attempts, type LoginLimits } from "./limits.ts";
import { hashOf, isPassword, passwordProblem, TooBusy } from "./password.ts";

export interface LoginOptions {
  readonly people: People;
  /** Where the audit trail is written. */
  readonly record: Documents["record"];
  readonly now: () => Date;
  /** However busy somebody is: after so long one logs in again. */
  readonly sessionHours: number;
  /** Whoever does nothing for so long logs in again. */
  readonly idleHours: number;
  readonly limits: LoginLimits;
}

/** A session that has just begun. `cookie` is known to nobody else. */
export interface Begun {
  readonly user: string;
  readonly role: Role;
  readonly way: LoginWay;
  readonly csrf: string;
  readonly cookie: string;
  readonly maxAgeSecs: number;
}

export interface Logins {
  /** Whose session a cookie's value is. Each use makes it last longer, a look at it does not. */
  session(cookie: string, isUse?: boolean): Promise<Who | undefined>;
  byPassword(user: string, password: string, caller: Caller): Promise<Begun>;
  byLink(token: string, caller: Caller): Promise<Begun>;
  /** An identity provider has said who it is. */
  byProvider(user: User, provider: string, caller: Caller): Promise<Begun>;
  end(who: Who): Promise<void>;
  endAll(who: Who): Promise<void>;
  /** Ends all sessions of this user and begins a new one. Whoever came by a link need not know the password of before. */
  setPassword(who: Who, current: string | undefined, next: string, caller: Caller): Promise<Begun>;
  /** What lets this user in once within a day. */
  newLink(user: string, by: string): Promise<{ readonly token: string; readonly expiresAt: string }>;
}

const hour = 3_600_000;
const linkHours = 24;
/** Long enough to set a password, which begins a session of the usual length. */
const linkSessionHours = 1;
/** A session is prolonged in steps: not every request writes. */
const stepMillis = 5 * 60_000;

export function logins(options: LoginOptions): Logins {
  const { people, record, now, sessionHours, idleHours } = options;
  const tries: Attempts = attempts(options.limits, now);
  const later = (millis: number, from = now().getTime()) => new Date(from + millis).toISOString();

  async function begin({ name, role }: Pick<User, "name" | "role">, way: LoginWay): Promise<Begun> {
    const cookie = secret();
    const csrf = secret();
    const hours = way === "link" ? linkSessionHours : sessionHours;
    const expiresAt = later(Math.min(hours, way === "link" ? linkSessionHours : idleHours) * hour);
    await people.sweep();
    await people.addSession({ idHash: digest(cookie), user: name, csrf, way, expiresAt });
    return { user: name, role, way, csrf, cookie, maxAgeSecs: Math.round(hours * 3600) };
  }

  async function entered(user: Pick<User, "name" | "role">, way: LoginWay, caller: Caller, provider?: string) {
    const begun = await begin(user, way);
    await told(user.name, "login", { way, ...(provider === undefined ? {} : { provider }), address: caller.address });
    return begun;
  }

  function told(user: string, action: "login" | "login-failed" | "logout", after: object): Promise<void> {
    return record({ kind: "session", id: user, by: user, action, before: null, after: JSON.stringify(after) });
  }

  function refuseSoon(user: string | undefined, caller: Caller): void {
    const seconds = tries.wait(user, caller.address);
    if (seconds === 0) return;
    const words =
      seconds === 1 ? "a second" : seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
    throw new RequestFailure("too_many", "too many logins failed", `wait ${words}, then try again`, {
      retryAfter: seconds,
    });
  }

  /** Fails alike for a wrong name and a wrong password, in words and in time. */
  async function checked(name: string, password: string, caller: Caller, words: string) {
    refuseSoon(name, caller);
    tries.begin(name, caller.address);
    const user = await people.user(name);
    const fits = await compared(password, user?.passwordHash);
    if (!fits || user === undefined || user.disabled || user.passwordHash === null) {
      // What was typed as a name may be a password.
      await told(user?.name ?? "(unknown)", "login-failed", { way: "password", address: caller.address });
      throw new RequestFailure("unauthenticated", words);
    }
    tries.succeeded(name, caller.address);
    return user;
  }

  return {
    async session(cookie, isUse = true) {
      const idHash = digest(cookie);
      const found = await people.session(idHash);
      if (found === undefined || found.user.disabled) return undefined;
      const { user, csrf, way, createdAt, expiresAt } = found;
      if (way !== "link") {
        const last = Date.parse(createdAt) + sessionHours * hour;
        if (now().getTime() >= last) return undefined;
        const until = Math.min(now().getTime() + idleHours * hour, last);
        if (isUse && until - Date.parse(expiresAt) >= stepMillis) await people.prolongSession(idHash, later(0, until));
      }
      return { name: user.name, role: user.role, by: "session", session: { idHash, csrf, way } };
    },

    async byPassword(name, password, caller) {
      const user = await checked(name, password, caller, "the name or the password is wrong");
      return entered(user, "password", caller);
    },

    async byLink(token, caller) {
      refuseSoon(undefined, caller);
      tries.begin(undefined, caller.address);
      const name = await people.takeLoginLink(digest(token));
      const user = name === undefined ? undefined : await people.user(name);
      if (user === undefined || user.disabled) {
        await told(user?.name ?? "(unknown)", "login-failed", { way: "link", address: caller.address });
        throw new RequestFailure(
          "unauthenticated",
          "this link does not let in: it was used already, or is older than a day",
          "`tiercel login-link` beside the server makes another; or ask an admin for one",
        );
      }
      tries.succeeded(undefined, caller.address);
      return entered(user, "link", caller);
    },

    byProvider: (user, provider, caller) => entered(user, "oidc", caller, provider),

    async end({ name, session }) {
      if (session === undefined) return;
      await people.endSession(session.idHash);
      await told(name, "logout", { what: "this session" });
    },

    async endAll({ name, session }) {
      if (session === undefined) return;
      await people.endSessionsOf(name);
      await told(name, "logout", { what: "all sessions" });
    },

    async setPassword({ name, session }, current, next, caller) {
      const user = session === undefined ? undefined : await people.user(name);
      if (session === undefined || user === undefined)
        throw new RequestFailure("invalid", "a token has no password", "log in as a user to set one");
      if (!user.local)
        throw new RequestFailure("invalid", "your identity provider keeps your password", "change it there");
      const problem = passwordProblem(next, name);
      if (problem !== undefined) throw new RequestFailure("invalid", problem);
      if (session.way !== "link") {
        if (current === undefined)
          throw new RequestFailure("invalid", "the current password is missing", "send it as `current`");
        // Not `unauthenticated`: who asks is known, and pages would take it for the end of the session.
        await checked(name, current, caller, "the current password is wrong").catch((error) => {
          if (error instanceof RequestFailure && error.code === "unauthenticated")
            throw new RequestFailure("invalid", error.message);
          throw error;
        });
      }
      const { role, disabled, subject } = user;
      await people.putUser({ name, role, disabled, subject, passwordHash: await hashOf(next) });
      await people.endSessionsOf(name);
      const after = JSON.stringify({ password: "set anew" });
      await record({ kind: "user", id: name, by: name, action: "update", before: null, after });
      return begin(user, "password");
    },

    async newLink(user, by) {
      const token = secret();
      const expiresAt = later(linkHours * hour);
      await people.addLoginLink({ hash: digest(token), user, expiresAt });
      const after = JSON.stringify({ "login link": `made, valid until ${expiresAt}` });
      await record({ kind: "user", id: user, by, action: "update", before: null, after });
      return { token, expiresAt };
    },
  };
}

async function compared(password: string, hash: string | null | undefined): Promise<boolean> {
  try {
    return await isPassword(password, hash);
  } catch (error) {
    if (error instanceof TooBusy) throw new RequestFailure("unavailable", error.message, "try again in a moment");
    throw error;
  }
}

const secret = () => randomBytes(32).toString("base64url");

/** 256 bits of chance need no salt. */
const digest = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

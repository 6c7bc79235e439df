/** Who may ask: a token sent as `Authorization: Bearer …`, or the cookie of somebody who is logged in. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { type Role, roles } from "../domain/people.ts";
import { callerOf } from "./caller.ts";
import type { Who } from "./endpoint.ts";
import { RequestFailure } from "./failure.ts";
import type { Parts } from "./parts.ts";
import { sessionCookie } from "./session/cookie.ts";

const remedy =
  "send `Authorization: Bearer TOKEN` with an admin token; `tiercel serve` says at its start where it keeps the one it made, and TIERCEL_BOOTSTRAP_TOKEN sets one";

/** Who asks, and whether they may. */
export interface Gate {
  /** Whoever it is, at what is open to all; undefined for nobody known. */
  atOpen(context: Context): Promise<Who | undefined>;
  /** Throws a `RequestFailure`: 401 for nobody known, 403 for a role below or a request made by another site. */
  atLeast(context: Context, role: Role): Promise<Who>;
  /** Asked again about a request that goes on; it counts as no use of the session. */
  isStillIn(context: Context): Promise<boolean>;
}

export function gate({
  state,
  auth,
  bootstrapToken,
  basePath = "",
}: Pick<Parts, "state" | "auth" | "bootstrapToken" | "basePath">): Gate {
  async function byToken(header: string): Promise<Who> {
    const secret = /^Bearer +(\S+)$/i.exec(header.trim())?.[1];
    if (secret === undefined)
      throw new RequestFailure("unauthenticated", "the Authorization header holds no bearer token", remedy);
    if (bootstrapToken !== undefined && isSame(secret, bootstrapToken))
      return { name: "bootstrap token", role: "admin", by: "token" };
    const owner = await state.tokenOwner(secret);
    if (owner === undefined) throw new RequestFailure("unauthenticated", "nobody has this token", remedy);
    if (owner.role === "ingest")
      throw new RequestFailure("forbidden", "this token may send audit events, not read them", remedy);
    return { name: `token ${owner.name}`, role: owner.role, by: "token" };
  }

  async function visitor(context: Context, isUse = true): Promise<Who | undefined> {
    const header = context.req.header("authorization");
    if (header !== undefined) return byToken(header);
    const cookie = getCookie(context, sessionCookie);
    return cookie === undefined ? undefined : auth.logins.session(cookie, isUse);
  }

  /** A browser says where a request was made: on one of our pages, or elsewhere. */
  function refuseForeign(context: Context): void {
    const site = context.req.header("sec-fetch-site");
    const origin = context.req.header("origin");
    const own = () => origin === callerOf(context, { basePath, ...auth }).origin;
    if (site === undefined ? origin === undefined || own() : site === "same-origin" || site === "none") return;
    throw new RequestFailure("forbidden", "this was asked by a page of another site");
  }

  return {
    async atOpen(context) {
      const who = await visitor(context);
      if (isUnsafe(context) && who?.by !== "token") refuseForeign(context);
      return who;
    },
    async isStillIn(context) {
      try {
        return (await visitor(context, false)) !== undefined;
      } catch (error) {
        if (error instanceof RequestFailure) return false;
        throw error;
      }
    },
    async atLeast(context, role) {
      const who = await visitor(context);
      if (who === undefined)
        throw getCookie(context, sessionCookie) === undefined
          ? new RequestFailure("unauthenticated", "this needs a token, and none was sent", remedy)
          : new RequestFailure("unauthenticated", "this session has ended", "log in again");
      if (who.session !== undefined && isUnsafe(context)) {
        refuseForeign(context);
        if (!isSame(context.req.header("x-tiercel-csrf") ?? "", who.session.csrf))
          throw new RequestFailure(
            "forbidden",
            "this was asked without what our own pages send",
            "send `csrf` of GET /api/v1/session as `X-Tiercel-CSRF`",
          );
      }
      if (roles.indexOf(who.role) < roles.indexOf(role))
        throw new RequestFailure("forbidden", `this needs the role ${role}, and ${who.name} is ${who.role}`);
      return who;
    },
  };
}

const isUnsafe = ({ req }: Context) => req.method !== "GET" && req.method !== "HEAD" && req.method !== "OPTIONS";

/** Compares without telling by its time where two secrets differ, nor how long they are. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

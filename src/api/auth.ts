/** Who may ask: an admin token, sent as `Authorization: Bearer …`. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { type Role, roles } from "../domain/store.ts";
import type { Who } from "./endpoint.ts";
import { RequestFailure } from "./failure.ts";
import type { Parts } from "./parts.ts";

const remedy =
  "send `Authorization: Bearer TOKEN` with an admin token; `tiercel serve` says at its start where it keeps the one it made, and TIERCEL_BOOTSTRAP_TOKEN sets one";

/** Who asks, and whether they may. */
export interface Gate {
  /** Whoever it is; undefined for nobody known. */
  visitor(context: Context): Promise<Who | undefined>;
  /** Throws a `RequestFailure`: 401 for nobody known, 403 for a role below. */
  atLeast(context: Context, role: Role): Promise<Who>;
}

export function gate({ state, bootstrapToken }: Pick<Parts, "state" | "bootstrapToken">): Gate {
  const visitor = async (context: Context): Promise<Who | undefined> => {
    const header = context.req.header("authorization");
    if (header === undefined) return undefined;
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
  };
  return {
    visitor,
    async atLeast(context, role) {
      const who = await visitor(context);
      if (who === undefined)
        throw new RequestFailure("unauthenticated", "this needs a token, and none was sent", remedy);
      if (roles.indexOf(who.role) < roles.indexOf(role))
        throw new RequestFailure("forbidden", `this needs the role ${role}, and ${who.name} is ${who.role}`);
      return who;
    },
  };
}

/** Compares without telling by its time where two secrets differ, nor how long they are. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

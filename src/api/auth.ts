/** Who may ask: an admin token, sent as `Authorization: Bearer …`. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { RequestFailure } from "./failure.ts";
import type { Parts } from "./parts.ts";

const remedy =
  "send `Authorization: Bearer TOKEN` with an admin token; `tiercel serve` says at its start where it keeps the one it made, and TIERCEL_BOOTSTRAP_TOKEN sets one";

/** Lets admin tokens through; anybody else gets 401, an ingest token 403. */
export function requireAdmin({ state, bootstrapToken }: Pick<Parts, "state" | "bootstrapToken">): MiddlewareHandler {
  return async (context, next) => {
    const header = context.req.header("authorization");
    if (header === undefined)
      throw new RequestFailure("unauthenticated", "this needs a token, and none was sent", remedy);
    const secret = /^Bearer +(\S+)$/i.exec(header.trim())?.[1];
    if (secret === undefined)
      throw new RequestFailure("unauthenticated", "the Authorization header holds no bearer token", remedy);
    if (bootstrapToken === undefined || !isSame(secret, bootstrapToken)) {
      const owner = await state.tokenOwner(secret);
      if (owner === undefined) throw new RequestFailure("unauthenticated", "nobody has this token", remedy);
      if (owner.role !== "admin")
        throw new RequestFailure("forbidden", "this token may send audit events, not read them", remedy);
    }
    await next();
  };
}

/** Compares without telling by its time where two secrets differ, nor how long they are. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Where a browser goes to log in by an identity provider, and where it comes back to. */
import type { Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import { type Caller, callerOf } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { cookieText, sessionCookie } from "./cookie.ts";
import { flowSecs, SignInFailed } from "./sign-in.ts";

const flowCookie = "tiercel_sign_in";

export const signInPath = (provider: string) => `auth/oidc/${encodeURIComponent(provider)}`;

export function signInRoutes(app: Hono, { auth, basePath = "", log }: Parts): void {
  const { signIn, logins } = auth;
  const whoCalls = (context: Context) => callerOf(context, { basePath, ...auth });
  /** Below our paths alone: where somebody goes after the login is not for a link's maker to choose. */
  const inside = (path: string | undefined) =>
    path !== undefined && /^\/(?![/\\])[^\s\p{C}\\]*$/u.test(path) ? path : "/";

  async function tried(context: Context, provider: string, way: (caller: Caller) => Promise<Response>) {
    const caller = whoCalls(context);
    try {
      return await way(caller);
    } catch (error) {
      if (!(error instanceof SignInFailed)) throw error;
      log("warn", `login by ${provider}: ${error.message}`);
      const query = new URLSearchParams({ problem: error.problem, provider });
      return context.redirect(`${caller.base}/login?${query}`, 302);
    }
  }

  app.get("/auth/oidc/:provider", (context) => {
    const provider = context.req.param("provider");
    return tried(context, provider, async (caller) => {
      const redirect = `${caller.origin}${caller.base}/${signInPath(provider)}/callback`;
      const { location, flow } = await signIn.start(provider, redirect, inside(context.req.query("next")));
      context.header("Set-Cookie", cookieText(flowCookie, flow, caller, flowSecs));
      return context.redirect(location, 302);
    });
  });

  app.get("/auth/oidc/:provider/callback", (context) => {
    const provider = context.req.param("provider");
    return tried(context, provider, async (caller) => {
      context.header("Set-Cookie", cookieText(flowCookie, "", caller, 0));
      const { user, next } = await signIn.finish(provider, getCookie(context, flowCookie), new URL(context.req.url));
      const before = getCookie(context, sessionCookie);
      const begun = await logins.byProvider(user, provider, caller);
      // Whoever was in here before is out.
      const former = before === undefined ? undefined : await logins.session(before);
      if (former !== undefined) await logins.end(former);
      context.header("Set-Cookie", cookieText(sessionCookie, begun.cookie, caller, begun.maxAgeSecs), { append: true });
      return context.redirect(`${caller.base}${next}`, 302);
    });
  });
}

/** Logging in and out, and one's own password. */
import { z } from "zod";
import type { Caller } from "../caller.ts";
import { endpoint, known, type Who } from "../endpoint.ts";
import { cookieText, sessionCookie } from "./cookie.ts";
import type { Begun, Logins } from "./logins.ts";
import { LinkLogin, Login, NewPassword, NoQuery, Session, Ways } from "./schema.ts";
import { signInPath } from "./sign-in-routes.ts";

export const sessionEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/session",
    operation: "session",
    doc: "Who asks, and what they may.",
    role: "viewer",
    query: NoQuery,
    answer: Session,
    respond: async (_, { who }) => {
      const { name, role, by, session } = known(who);
      return { user: name, role, by, ...(session && { csrf: session.csrf, way: session.way }) };
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/v1/session",
    operation: "logIn",
    doc: "Logs in with a password; the answer sets the cookie. Too many failures are answered 429 with `Retry-After`.",
    role: "open",
    query: NoQuery,
    body: Login,
    answer: Session,
    respond: async ({ auth: { logins } }, { body, who, caller }) =>
      entered(logins, who, caller, await logins.byPassword(body.user.normalize("NFC"), body.password, caller)),
  }),
  endpoint({
    method: "POST",
    path: "/api/v1/session/link",
    operation: "logInByLink",
    doc: "Logs in by a link, which works once. The session lasts an hour, to set a password in.",
    role: "open",
    query: NoQuery,
    body: LinkLogin,
    answer: Session,
    respond: async ({ auth: { logins } }, { body, who, caller }) =>
      entered(logins, who, caller, await logins.byLink(body.token, caller)),
  }),
  endpoint({
    method: "DELETE",
    path: "/api/v1/session",
    operation: "logOut",
    doc: "Ends this session.",
    role: "viewer",
    query: NoQuery,
    answer: z.null(),
    respond: async ({ auth: { logins } }, { who, caller }) => {
      await logins.end(known(who));
      return left(caller);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/v1/session/all",
    operation: "logOutEverywhere",
    doc: "Ends all sessions of whoever asks, in every browser.",
    role: "viewer",
    query: NoQuery,
    answer: z.null(),
    respond: async ({ auth: { logins } }, { who, caller }) => {
      await logins.endAll(known(who));
      return left(caller);
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/v1/session/password",
    operation: "setPassword",
    doc: "Sets the password of whoever asks, and ends their other sessions.",
    role: "viewer",
    query: NoQuery,
    body: NewPassword,
    answer: Session,
    respond: async ({ auth: { logins } }, { body, who, caller }) =>
      shown(await logins.setPassword(known(who), body.current, body.password, caller), caller),
  }),
  endpoint({
    method: "GET",
    path: "/api/v1/session/ways",
    operation: "waysToLogIn",
    doc: "How one can log in here.",
    role: "open",
    query: NoQuery,
    answer: Ways,
    respond: async ({ auth: { signIn } }) => ({
      password: true as const,
      oidc: signIn.providers.map(({ name, title }) => ({ name, title, href: signInPath(name) })),
    }),
  }),
];

/** Always a new session, never the one the browser came with; that one ends. */
async function entered(logins: Logins, before: Who | undefined, caller: Caller, begun: Begun): Promise<Response> {
  if (before?.by === "session") await logins.end(before);
  return shown(begun, caller);
}

function shown({ user, role, csrf, way, cookie, maxAgeSecs }: Begun, caller: Caller): Response {
  const body: Session = { user, role, csrf, by: "session", way };
  return Response.json(body, { headers: { "Set-Cookie": cookieText(sessionCookie, cookie, caller, maxAgeSecs) } });
}

function left(caller: Caller): Response {
  return new Response(null, { status: 204, headers: { "Set-Cookie": cookieText(sessionCookie, "", caller, 0) } });
}

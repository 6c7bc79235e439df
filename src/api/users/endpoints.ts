/** Who may log in. */
import { z } from "zod";
import type { Caller } from "../caller.ts";
import { endpoint, known } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import type { Auth } from "../session/part.ts";
import { NoQuery } from "../session/schema.ts";
import { InvitedUser, LoginLink, NewUser, User, UserChange, Users } from "./schema.ts";

export const userEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/users",
    operation: "users",
    doc: "Everybody who may log in.",
    role: "admin",
    query: NoQuery,
    answer: Users,
    respond: async ({ auth }) => ({ items: await auth.accounts.list() }),
  }),
  endpoint({
    method: "POST",
    path: "/api/v1/users",
    operation: "addUser",
    doc: "Makes a user, and a link that lets them in once, to set a password.",
    role: "admin",
    query: NoQuery,
    body: NewUser,
    answer: InvitedUser,
    respond: async ({ auth }, { body, who, caller }) => {
      const { name: by } = known(who);
      const user = await auth.accounts.create({ name: body.name.normalize("NFC"), role: body.role }, by);
      return Response.json({ user, link: await linkFor(auth, user.name, by, caller) }, { status: 201 });
    },
  }),
  endpoint({
    method: "PATCH",
    path: "/api/v1/users/:name",
    operation: "changeUser",
    doc: "Gives a user another role, or keeps them out. Their sessions end. The last admin stays one.",
    role: "admin",
    query: NoQuery,
    body: UserChange,
    answer: User,
    respond: ({ auth }, { params: { name = "" }, body, who }) => auth.accounts.change(name, body, known(who).name),
  }),
  endpoint({
    method: "DELETE",
    path: "/api/v1/users/:name",
    operation: "removeUser",
    doc: "Removes a user with all their sessions. The last admin stays.",
    role: "admin",
    query: NoQuery,
    answer: z.null(),
    respond: async ({ auth }, { params: { name = "" }, who }) => {
      await auth.accounts.remove(name, known(who).name);
      return new Response(null, { status: 204 });
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/v1/users/:name/sessions",
    operation: "endSessionsOfUser",
    doc: "Ends all sessions of a user.",
    role: "admin",
    query: NoQuery,
    answer: z.null(),
    respond: async ({ auth }, { params: { name = "" }, who }) => {
      await auth.accounts.endSessions(name, known(who).name);
      return new Response(null, { status: 204 });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/v1/users/:name/login-link",
    operation: "makeLoginLink",
    doc: "Makes a link that lets a user in once within a day, to set a password. The former one ends.",
    role: "admin",
    query: NoQuery,
    answer: LoginLink,
    respond: async ({ auth }, { params: { name = "" }, who, caller }) => {
      const user = (await auth.accounts.list()).find((one) => one.name === name);
      if (user === undefined) throw new RequestFailure("not_found", `there is no user \`${name}\``);
      if (!user.local)
        throw new RequestFailure("invalid", `\`${name}\` logs in by an identity provider`, "log in there");
      if (user.disabled) throw new RequestFailure("invalid", `\`${name}\` is disabled`, "let them in again first");
      return linkFor(auth, name, known(who).name, caller);
    },
  }),
];

async function linkFor(auth: Auth, user: string, by: string, { origin, base }: Caller): Promise<LoginLink> {
  const { token, expiresAt } = await auth.logins.newLink(user, by);
  return { user, href: `${origin}${base}/login?link=${token}`, expiresAt };
}

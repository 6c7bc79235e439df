/** Tokens for programs. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { endpoint, known } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import { NoQuery } from "../session/schema.ts";
import { MadeToken, NewToken, type Token, Tokens } from "./schema.ts";

export const tokenEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/tokens",
    operation: "tokens",
    doc: "Every token, without what it is.",
    role: "admin",
    query: NoQuery,
    answer: Tokens,
    respond: async ({ state }) => ({ items: (await state.tokens()) as readonly Token[] }),
  }),
  endpoint({
    method: "POST",
    path: "/api/v1/tokens",
    operation: "addToken",
    doc: "Makes a token. It is shown in this answer and never again.",
    role: "admin",
    query: NoQuery,
    body: NewToken,
    answer: MadeToken,
    respond: async ({ state }, { body, who }) => {
      const { name, role, cluster } = body;
      if ((await state.tokens()).some((token) => token.name === name))
        throw new RequestFailure(
          "conflict",
          `there is a token \`${name}\` already`,
          "remove it first, or take another name",
        );
      const secret = `tiercel_${randomBytes(32).toString("base64url")}`;
      await state.addToken({ name, role, cluster, secret });
      const after = JSON.stringify({ role, ...(cluster === undefined ? {} : { cluster }) });
      await state.documents.record({
        kind: "token",
        id: name,
        by: known(who).name,
        action: "create",
        before: null,
        after,
      });
      const made = (await state.tokens()).find((token) => token.name === name);
      return Response.json({ ...made, secret }, { status: 201 });
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/v1/tokens/:name",
    operation: "removeToken",
    doc: "Ends a token: whoever has it is let in no more.",
    role: "admin",
    query: NoQuery,
    answer: z.null(),
    respond: async ({ state }, { params: { name = "" }, who }) => {
      const token = (await state.tokens()).find((one) => one.name === name);
      if (token === undefined || !(await state.removeToken(name)))
        throw new RequestFailure("not_found", `there is no token \`${name}\``);
      const before = JSON.stringify({
        role: token.role,
        ...(token.cluster === null ? {} : { cluster: token.cluster }),
      });
      await state.documents.record({
        kind: "token",
        id: name,
        by: known(who).name,
        action: "delete",
        before,
        after: null,
      });
      return new Response(null, { status: 204 });
    },
  }),
];

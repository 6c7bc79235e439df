/** Who changed what, and when. */
import { endpoint } from "../endpoint.ts";
import { ChangeQuery, Changes } from "./schema.ts";

export const changeEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/changes",
    operation: "changes",
    doc: "The trail of what people changed here: rules, policies, decisions, users and tokens; and who logged in.",
    role: "viewer",
    query: ChangeQuery,
    answer: Changes,
    respond: async ({ state }, { query }) => ({ items: await state.documents.changes(query) }),
  }),
];

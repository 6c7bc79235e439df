/** What was asked of the API servers, as it is asked for. */
import { endpoint } from "../endpoint.ts";
import { page } from "../page.ts";
import { Activity, ActivityQuery } from "./schema.ts";

export const activityEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/activities",
    operation: "activities",
    doc: "What was asked of the API servers: one activity a request.",
    role: "viewer",
    query: ActivityQuery,
    answer: page(Activity),
    respond: ({ index }, { query }) => index.activities(query),
  }),
];

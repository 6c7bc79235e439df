/** What was asked of the API servers, as it is asked for. */
import { z } from "zod";
import { activityFacets, type ActivityQuery as IndexQuery } from "../../domain/asked.ts";
import { endpoint } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import { listEndpoints } from "../lists/endpoints.ts";
import { filterOf } from "../lists/query.ts";
import { page } from "../page.ts";
import { Activity, ActivityFilterShape, ActivityQuery } from "./schema.ts";

export const activityEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/activities",
    operation: "activities",
    doc: "What was asked of the API servers: one activity a request.",
    role: "viewer",
    query: ActivityQuery,
    answer: page(Activity),
    respond: async ({ index, events: journal }, { query: { events, ...rest } }) => {
      const { items, next } = await index.activities(filterOf<IndexQuery>(rest));
      return { items: events === "omit" ? items : await journal.attach(items), next };
    },
  }),
  ...listEndpoints({
    list: "activities",
    filter: ActivityFilterShape,
    facets: activityFacets,
    columns: [
      ...["time", "lastTime", "cluster", "actor", "user", "impersonatedUser", "verb", "resource", "subresource"],
      ...["namespace", "name", "outcome", "code", "reason", "sourceIPs", "userAgent", "requestURI", "level", "stages"],
      ...["latencyMicros", "dryRun", "detections", "uncounted", "auditID", "id"],
    ],
    page: ({ index }, query) => index.activities(query as IndexQuery),
  }),
  endpoint({
    method: "GET",
    path: "/api/v1/activities/:id",
    operation: "activity",
    doc: "One request, with its latest event, as long as the journal holds that.",
    role: "viewer",
    query: z.strictObject({}),
    answer: Activity,
    respond: async ({ index, events }, { params: { id = "" } }) => {
      const held = await index.activity(id);
      const [found] = held === undefined ? [] : await events.attach([held]);
      if (found === undefined)
        throw new RequestFailure("not_found", "there is no such activity", "retention may have removed it");
      return found;
    },
  }),
];

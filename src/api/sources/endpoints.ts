/** Where audit events come from, as it is asked for. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { sourceKindEndpoint } from "./kinds.ts";
import { Source, SourcesQuery } from "./schema.ts";

export const sourceEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/sources",
    operation: "sources",
    doc: "Where audit events come from, and how each place is doing.",
    role: "viewer",
    query: SourcesQuery,
    answer: z.object({
      items: z.array(Source).readonly().describe("In the order of the configuration."),
      next: z.null().describe("Always null: the list is whole."),
    }),
    respond: async ({ sources }) => ({ items: await sources(), next: null }),
  }),
  sourceKindEndpoint,
];

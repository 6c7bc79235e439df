/** Every kind of source there is, with what people want to know before they take one: read off the kinds themselves. */
import { z } from "zod";
import type { SourceKind } from "../../domain/source.ts";
import { sources } from "../../sources/index.ts";
import { endpoint } from "../endpoint.ts";
import { SourceKindView } from "./schema.ts";

const kinds: readonly SourceKind[] = Object.values(sources);

export const sourceKindEndpoint = endpoint({
  method: "GET",
  path: "/api/v1/source-kinds",
  operation: "sourceKinds",
  doc: "Every kind of source: what it needs, what it cannot see, what it costs, how it is set up.",
  role: "viewer",
  query: z.strictObject({}),
  answer: z.object({
    items: z.array(SourceKindView).readonly().describe("Every kind that can be configured."),
    next: z.null().describe("Always null: the list is whole."),
  }),
  respond: async () => ({
    items: kinds.map(({ type, doc, facts }): SourceKindView => ({ type, doc, ...facts })),
    next: null,
  }),
});

/** Every list and object under `/api/v1`, told once: the routes and OpenAPI are both read from here. */
import { z } from "zod";
import { Activity, ActivityQuery } from "./activities/schema.ts";
import { Detection, DetectionQuery } from "./detections/schema.ts";
import type { Parts } from "./parts.ts";
import { Quarantined, QuarantineQuery } from "./quarantine/schema.ts";
import { Rules, RulesQuery } from "./rules/schema.ts";
import { Source, SourcesQuery } from "./sources/schema.ts";

export interface Endpoint<Query extends z.ZodObject = z.ZodObject, Answer extends z.ZodType = z.ZodType> {
  readonly path: string;
  readonly doc: string;
  readonly query: Query;
  readonly answer: Answer;
  respond(parts: Parts, query: z.output<Query>): Promise<z.output<Answer>>;
}

/** A page of a list, newest first. */
const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item).readonly().describe("Newest first."),
    next: z.string().nullable().describe("The `cursor` of the next page; null on the last."),
  });

const endpoint = <Query extends z.ZodObject, Answer extends z.ZodType>(told: Endpoint<Query, Answer>) => told;

export const endpoints: readonly Endpoint[] = [
  endpoint({
    path: "/api/v1/detections",
    doc: "What rules matched, by the time of the event. Neither grouped nor throttled.",
    query: DetectionQuery,
    answer: page(Detection),
    respond: ({ index }, query) => index.detections(query),
  }),
  endpoint({
    path: "/api/v1/activities",
    doc: "What was asked of the API servers: one activity a request.",
    query: ActivityQuery,
    answer: page(Activity),
    respond: ({ index }, query) => index.activities(query),
  }),
  endpoint({
    path: "/api/v1/sources",
    doc: "Where audit events come from, and how each place is doing.",
    query: SourcesQuery,
    answer: z.object({
      items: z.array(Source).readonly().describe("In the order of the configuration."),
      next: z.null().describe("Always null: the list is whole."),
    }),
    respond: async ({ sources }) => ({ items: await sources(), next: null }),
  }),
  endpoint({
    path: "/api/v1/quarantine",
    doc: "What was received and could not be read, kept whole, by the time it was received.",
    query: QuarantineQuery,
    answer: page(Quarantined),
    respond: ({ index }, query) => index.quarantined(query),
  }),
  endpoint({
    path: "/api/v1/rules",
    doc: "The rules that judge, and what is wrong with those that do not.",
    query: RulesQuery,
    answer: Rules,
    respond: async ({ rules }) => rules(),
  }),
];

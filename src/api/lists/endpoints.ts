/** What can be asked of a list beside its pages: counts, bars, what arrives, the whole. One set for both lists. */
import { z } from "zod";
import type { Asked as Of, Page } from "../../domain/asked.ts";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import type { Parts } from "../parts.ts";
import { exported } from "./export.ts";
import { liveStream } from "./live.ts";
import { bucketsParameter, Facets, FacetsParameters, filterOf, Histogram } from "./query.ts";

export interface ListKind {
  readonly list: Of["list"];
  /** Parameters without `limit` and `cursor`. */
  readonly filter: z.ZodRawShape;
  readonly facets: readonly string[];
  readonly columns: readonly string[];
  page(parts: Parts, query: object): Promise<Page<object>>;
}

const most = 1000;

export function listEndpoints({ list, filter, facets, columns, page }: ListKind): readonly Endpoint[] {
  const asked = (query: object) => ({ list, filter: filterOf(query as never) }) as Of;
  const path = `/api/v1/${list}`;
  return [
    endpoint({
      method: "GET",
      path: `${path}/facets`,
      operation: `${list}Facets`,
      doc: "What values there are, with how often, under all filters but those on the facet itself.",
      role: "viewer",
      query: z.strictObject({ ...filter, ...FacetsParameters }),
      answer: Facets,
      respond: async ({ index }, { query: { facets: names = [], facet_limit, facet_search, ...rest } }) => {
        const unknown = names.find((name) => !facets.includes(name));
        if (unknown !== undefined)
          throw new RequestFailure("invalid", `no facet is called \`${unknown}\``, `there are: ${facets.join(", ")}`);
        const wishes = names.map((facet) => ({ facet, limit: Math.max(facet_limit, 1), search: facet_search }));
        const [counted, total] = await Promise.all([index.facets(asked(rest), wishes), index.count(asked(rest))]);
        return { facets: counted, total };
      },
    }),
    endpoint({
      method: "GET",
      path: `${path}/histogram`,
      operation: `${list}Histogram`,
      doc: "How many items when, in bars of a round length.",
      role: "viewer",
      query: z.strictObject({ ...filter, buckets: bucketsParameter }),
      answer: Histogram,
      respond: async ({ index, now }, { query: { buckets, ...rest } }) => {
        const open = "from" in rest && rest.from !== undefined && (!("to" in rest) || rest.to === undefined);
        return index.histogram(asked(open ? { ...rest, to: now().toISOString() } : rest), buckets);
      },
    }),
    endpoint({
      method: "GET",
      path: `${path}/live`,
      operation: `${list}Live`,
      doc: "What arrives from now on, or since `Last-Event-ID`, as server-sent events named `arrivals` with `items` and `next`.",
      role: "viewer",
      query: z.strictObject({
        ...filter,
        events: z.enum(["omit", "include"]).optional().describe("Taken and ignored: items come without events."),
      }),
      answer: z.unknown(),
      mediaType: "text/event-stream",
      respond: async (parts, { query: { events: _, ...rest }, request, isStillIn }) =>
        liveStream(parts, asked(rest), { request, isStillIn }),
    }),
    endpoint({
      method: "GET",
      path: `${path}/export`,
      operation: `${list}Export`,
      doc: "All that the filter accepts, newest first, as one download.",
      role: "viewer",
      query: z.strictObject({
        ...filter,
        format: z.enum(["ndjson", "csv"]).default("ndjson").describe("One JSON object a line, or a table."),
      }),
      answer: z.unknown(),
      mediaType: "application/x-ndjson",
      respond: async (parts, { query: { format, ...rest } }) =>
        exported(format, `tiercel-${list}`, columns, (cursor) =>
          page(parts, { ...filterOf<object>(rest), limit: most, cursor }),
        ),
    }),
  ];
}

/** What detections and activities are asked by alike: each facet, each facet refused, and words. */
import { z } from "zod";
import { triageStates } from "../../domain/asked.ts";
import { accepted } from "../query.ts";

export const notPrefix = "not_";

/** A parameter for each facet, and one to refuse its values. */
export function facetParameters<Facet extends string>(
  told: Readonly<Record<Facet, string>>,
): Record<Facet | `not_${Facet}`, ReturnType<typeof accepted>> {
  const entries = Object.entries<string>(told);
  return Object.fromEntries([
    ...entries.map(([facet, doc]) => [facet, accepted(doc)]),
    ...entries.map(([facet, doc]) => [notPrefix + facet, accepted(`Left out: ${doc}`)]),
  ]) as Record<Facet | `not_${Facet}`, ReturnType<typeof accepted>>;
}

export const textParameter = z
  .string()
  .min(1)
  .max(500)
  .optional()
  .describe("Only what holds this text, letter case aside.");

/** `not_user=eve` among what was asked, as the filter has it: `not: { user: ["eve"] }`. */
export function filterOf<Filter>(asked: Readonly<Record<string, unknown>>): Filter {
  const is: Record<string, unknown> = {};
  const not: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue;
    if (name.startsWith(notPrefix)) not[name.slice(notPrefix.length)] = value;
    else is[name] = value;
  }
  return { ...is, ...(Object.keys(not).length === 0 ? {} : { not }) } as Filter;
}

export const FacetsParameters = {
  facets: accepted("Which facets are counted."),
  facet_limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .default(10)
    .describe("How many values of each."),
  facet_search: z.string().min(1).max(200).optional().describe("Only values that hold this text."),
};
export const bucketsParameter = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform((text) => Math.min(Math.max(Number(text), 1), 1000))
  .default(80)
  .describe("How many bars at most.");

export const StateParameter = z.array(z.enum(triageStates)).readonly().optional().describe("Groups in these states.");

export const Facets = z.object({
  facets: z
    .record(
      z.string(),
      z
        .array(
          z.object({
            value: z.string().describe("The value; `(none)` for the items that have none."),
            count: z.number().describe("How many items have it."),
          }),
        )
        .readonly(),
    )
    .describe("By facet: its values under all the other filters, the most frequent first."),
  total: z.number().describe("How many items all filters accept."),
});

export const Histogram = z.object({
  from: z.string().describe("When the first bar begins."),
  to: z.string().describe("When the last one ends."),
  stepMillis: z.number().describe("How long a bar is; 0 where there is none."),
  series: z
    .array(z.object({ key: z.string().describe("A severity, or an outcome."), counts: z.array(z.number()).readonly() }))
    .readonly()
    .describe("How many items of each in each bar."),
});

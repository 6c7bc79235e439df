/** Where audit events come from and how each place is doing, on the wire. */
import { z } from "zod";
import { feedShape } from "./feed.ts";

export const SourcesQuery = z.strictObject({});

export const sourceStates = ["starting", "connected", "silent", "lagging", "warning", "failing", "stopped"] as const;
export type SourceState = (typeof sourceStates)[number];

export const Source = z
  .object({
    name: z.string().describe("Its name in the configuration."),
    type: z.string().describe("Its kind: `webhook`, `demo` …"),
    state: z
      .enum(sourceStates)
      .describe(
        "`connected` takes batches in; `silent` does too, but none came for long; `lagging` has batches that wait to be judged for too long; `warning` works, and something was not as it should be in the last day; `failing` cannot work, and `why` says why.",
      ),
    why: z.string().nullable().describe("What you should know, where something is wrong."),
    address: z.string().nullable().describe("Where it listens, for those that do."),
    lastEvent: z
      .string()
      .nullable()
      .describe("When its last batch was kept, RFC 3339 in UTC; null before the first since the start."),
    batches: z.number().describe("Batches taken in since the start."),
    events: z.number().describe("Audit events read from them since the start."),
    bytes: z.number().describe("Bytes of them since the start."),
    quarantined: z.number().describe("Parts of them that could not be read, since the start."),
    ...feedShape,
    clusters: z
      .array(
        z.object({
          name: z.string().describe("The cluster's name."),
          createdAt: z.string().describe("When it became known."),
          lastSeenAt: z.string().nullable().describe("When its last batch came; null before the first."),
        }),
      )
      .readonly()
      .describe("The clusters known, whichever source they come by."),
  })
  .describe("A place audit events come from, with its health.");
export type Source = z.output<typeof Source>;

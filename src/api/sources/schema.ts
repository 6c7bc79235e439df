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
        "`connected` takes batches in; `silent` does too, but none came for long; `lagging` has batches that wait to be read from its queue, or to be judged, for too long; `warning` works, and something was not as it should be in the last day; `failing` cannot work, and `why` says why.",
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
    queue: z
      .object({
        lagSecs: z
          .number()
          .describe("How old the message is that was kept last, while others wait behind it; 0 where none does."),
        messages: z.number().nullable().describe("How many wait; null where its peer does not count them."),
      })
      .nullable()
      .describe("What waits for it in its peer's queue; null where its peer has none, or does not tell."),
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

const text = (doc: string) => z.string().describe(doc);
const texts = (doc: string) => z.array(z.string()).readonly().describe(doc);

export const SourceKindView = z
  .object({
    type: text("Its `type:` in the configuration."),
    doc: text("What it does."),
    title: text("In a few words."),
    for: text("Whose events come by it."),
    flow: z.enum(["push", "pull"]).describe("Whether its peer comes to us, or we go there."),
    isSteady: z.boolean().describe("Whether silence is a fault, and becomes a detection."),
    permissions: texts("Who must be allowed what, and how the network must be."),
    limits: texts("Bounds of its peer and of ours."),
    delay: text("How late events come."),
    cost: text("What it costs."),
    blind: texts("What never comes by it."),
    steps: z
      .array(z.object({ title: text("What is done."), commands: text("A shell's lines.").optional() }))
      .readonly()
      .describe("What to do outside of Tiercel, in order."),
    example: text("The part of `tiercel.yaml`."),
  })
  .describe("A way in. Commands and names in its sentences stand in backticks.");
export type SourceKindView = z.output<typeof SourceKindView>;

/** What comes in from a cluster, or by a source, on the wire. */
import { z } from "zod";

export const counts = (doc: string) =>
  z
    .array(z.object({ value: z.string().describe("The name."), count: z.number().describe("How many.") }))
    .readonly()
    .describe(doc);

export const feedShape = {
  eventsPerSec: z
    .object({ minute: z.number(), quarter: z.number() })
    .describe("Events a second, over the last minute and the last 15."),
  spark: z.array(z.number()).readonly().describe("Events in each of the last 30 half minutes."),
  delaySecs: z
    .number()
    .nullable()
    .describe("How long after their API server the latest events were received: the median; null before the first."),
  lagSecs: z.number().describe("How far judging is behind what was received; 0 where it is not."),
  levels: counts("Which audit levels its events had, since the start."),
  stages: counts("Which stages they were of, since the start."),
  lastDay: z
    .object({
      quarantined: z.number().describe("Parts of batches that could not be read."),
      rejected: counts("Requests that were not taken in, by why, since the start at most."),
      doubles: z.number().describe("Batches that were sent again after they had been kept, since the start at most."),
      truncated: z
        .number()
        .describe("Events whose bodies their API server left out as too large, since the start at most."),
    })
    .describe("What was not as it should be in the last 24 hours."),
};

export const Feed = z.object(feedShape);
export type Feed = z.output<typeof Feed>;

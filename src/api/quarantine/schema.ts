/** What could not be read, on the wire. */
import { z } from "zod";
import { accepted, rangeParameters } from "../query.ts";

export const QuarantineQuery = z.strictObject({
  ...rangeParameters,
  cluster: accepted("Only what came from these clusters."),
  source: accepted("Only what these sources took in."),
});

export const Quarantined = z
  .object({
    id: z.string().describe("Unique."),
    receivedAt: z.string().describe("When it was taken in, RFC 3339 in UTC. `from` and `to` mean this time."),
    source: z.string().describe("The source that took it in."),
    cluster: z.string().describe("The cluster it came from."),
    reason: z.string().describe("Why it could not be read."),
    raw: z.string().describe("The unreadable item, whole."),
  })
  .describe("Something received that is no audit event we can read.");

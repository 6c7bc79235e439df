/** Options of the demo source. */
import { z } from "zod";

export const demoConfig = z
  .strictObject({
    type: z.literal("demo"),
    interval_secs: z.number().positive().default(1.5).describe("How long to wait between two batches."),
    seed: z.number().int().default(1).describe("The same seed makes the same requests."),
  })
  .describe("Makes up the audit events of a small cluster: routine work, and now and then something worth telling.");

export type DemoConfig = z.output<typeof demoConfig>;

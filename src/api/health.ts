/** `/healthz` and `/readyz`: whether the process lives, and whether it can do its work. */
import { z } from "zod";
import type { Parts } from "./parts.ts";

const CheckAnswer = z.object({
  ok: z.boolean().describe("Whether this part can do its work."),
  reason: z.string().describe("What is so, in words."),
});

export const Health = z.object({ status: z.literal("ok"), version: z.string() }).describe("The process lives.");
export const Readiness = z
  .object({
    ready: z.boolean().describe("True when every check is ok."),
    checks: z.record(z.string(), CheckAnswer).describe("Each part by its name: rules, journal, index …"),
  })
  .describe("Whether rules are loaded, the journal can be written and the index keeps up.");

export async function readiness(parts: Parts): Promise<z.output<typeof Readiness>> {
  const checks = await parts.ready();
  return { ready: Object.values(checks).every(({ ok }) => ok), checks: { ...checks } };
}

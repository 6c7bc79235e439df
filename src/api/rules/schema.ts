/** The rules that judge, and what was wrong with those that do not, on the wire. */
import { z } from "zod";
import { priorities } from "../../domain/detection.ts";

export const RulesQuery = z.strictObject({});

export const Rule = z
  .object({
    name: z.string().describe("Its name."),
    description: z.string().describe("What it looks for."),
    priority: z.enum(priorities).describe("How grave its author finds it."),
    source: z.string().describe("Its event source: `k8s_audit`."),
    tags: z.array(z.string()).readonly().describe("Its tags, sorted."),
    enabled: z.boolean().describe("False where a file or the rule selection turned it off."),
  })
  .describe("A rule that loaded.");

export const Problem = z
  .object({
    file: z.string().describe("The file it stands in."),
    message: z.string().describe("What is wrong, drawn with its place and remedy."),
  })
  .describe("Something wrong in a rules file. Other rules run all the same.");

export const Rules = z.object({
  items: z.array(Rule).readonly().describe("The rules that loaded, in order."),
  next: z.null().describe("Always null: the list is whole."),
  problems: z.array(Problem).readonly().describe("What was wrong when they were loaded last."),
  loadedAt: z.string().nullable().describe("When the rules that judge now were loaded."),
});
export type Rules = z.output<typeof Rules>;

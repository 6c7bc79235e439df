/** The rules that judge, and what was wrong with those that do not, on the wire. */
import { z } from "zod";
import { priorities } from "../../domain/detection.ts";
import { rangeParameters } from "../query.ts";

export const RulesQuery = z.strictObject({});

export const RuleException = z
  .object({
    name: z.string().describe("Its name."),
    fields: z.array(z.string()).readonly().describe("The fields it goes by."),
    comps: z.array(z.string()).readonly().describe("How each is compared."),
    listed: z.boolean().describe("Whether its values are lists, with one value for each field."),
    values: z.int().describe("How many values it has."),
  })
  .describe("An exception of a rule.");

export const RuleMembership = z
  .object({
    name: z.string().describe("The policy."),
    enabled: z.boolean().describe("Whether that policy is on, and the rule in it."),
  })
  .describe("A policy that a rule is in.");

export const Rule = z
  .object({
    name: z.string().describe("Its name."),
    description: z.string().describe("What it looks for."),
    priority: z.enum(priorities).describe("How grave its author finds it."),
    source: z.string().describe("Its event source: `k8s_audit`."),
    tags: z.array(z.string()).readonly().describe("Its tags, sorted."),
    enabled: z.boolean().describe("False where a file or the rule selection turned it off."),
    file: z.string().describe("The file that defines it, as `GET /api/v1/rule-files` names it."),
    line: z.int().describe("The line there, from 1."),
    own: z.boolean().describe("Whether that file is one of the user's own."),
    changedIn: z.array(z.string()).readonly().describe("The user's own files that change it, in order."),
    condition: z.string().describe("Its condition as written, with what was appended."),
    output: z.string().describe("Its output as written."),
    exceptions: z.array(RuleException).readonly().describe("Its exceptions."),
    policies: z.array(RuleMembership).readonly().describe("The policies it is in."),
  })
  .describe("A rule that loaded.");
export type RuleItem = z.output<typeof Rule>;

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
  lists: z.array(z.string()).readonly().describe("The names of all lists: as a value, each stands for its items."),
});
export type Rules = z.output<typeof Rules>;

export const RuleRecordsQuery = z.strictObject({
  from: rangeParameters.from,
  to: rangeParameters.to,
  buckets: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(30)
    .describe("Into how many stretches `spark` divides the time."),
});

export const RuleRecords = z
  .array(
    z
      .object({
        rule: z.string().describe("The rule's name."),
        count: z.int().describe("How many detections it made."),
        last: z.string().describe("When the last of them happened."),
        spark: z.array(z.int()).readonly().describe("How many in each of equal stretches of the time asked for."),
      })
      .describe("How often a rule fired."),
  )
  .readonly();

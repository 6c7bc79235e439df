/** Rules files on the wire: all to be read, the user's own to be changed. */
import { z } from "zod";
import { FileDiagnostic } from "../failure.ts";

export const NoQuery = z.strictObject({});

export const RuleFile = z
  .object({
    name: z.string().describe("Its name, as rules and mistakes tell it; of an own one the name in its folder."),
    own: z.boolean().describe("Whether it is one of the user's own, which can be changed here."),
    text: z.string().describe("All of it."),
    etag: z.string().describe("Its version: send it as `If-Match` with what replaces it."),
  })
  .describe("A rules file.");
export type RuleFile = z.output<typeof RuleFile>;

export const RuleFiles = z.object({
  items: z.array(RuleFile).readonly().describe("In the order they load; the user's own come last."),
});
export type RuleFiles = z.output<typeof RuleFiles>;

export const RuleFileBody = z.strictObject({ text: z.string().describe("The whole file, Falco's YAML.") });

export const SavedRuleFile = RuleFile.extend({
  diagnostics: z.array(FileDiagnostic).readonly().describe("What to think about in it, though it was taken."),
});
export type SavedRuleFile = z.output<typeof SavedRuleFile>;

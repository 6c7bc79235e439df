/** Back-tests on the wire: what edited rules would have made of the events of the last days. */
import { z } from "zod";
import { priorities } from "../../domain/detection.ts";

export const NoQuery = z.strictObject({});

export const BacktestBody = z.strictObject({
  files: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe("An own file's name, there already or not."),
        text: z.string().describe("What would stand in it."),
      }),
    )
    .max(100)
    .describe("The user's own files as they would be. Those not named stay as they are."),
  days: z.number().positive().max(3660).describe("How far back, counted from receipt."),
  rules: z
    .array(z.string().min(1))
    .max(1000)
    .optional()
    .describe("Only these rules, told of whether or not anything changes. Without it all whose condition changes."),
});

const counted = z
  .array(
    z.object({
      value: z.string().describe("The name."),
      count: z.int().describe("How many matches it has."),
    }),
  )
  .readonly();

const Sample = z
  .object({
    id: z.string().describe("The id of the detection this is, where the index holds it."),
    time: z.string().describe("The event's stageTimestamp."),
    receivedAt: z.string().describe("When the event was taken in."),
    cluster: z.string().describe("The cluster it happened in."),
    rule: z.string().describe("The rule."),
    priority: z.enum(priorities).describe("The rule's priority."),
    source: z.string().describe("The rule's event source."),
    output: z.string().describe("What the rule says about it, redacted."),
    fields: z.record(z.string(), z.unknown()).describe("The fields its output names, redacted."),
    tags: z.array(z.string()).readonly().describe("The rule's tags."),
    auditID: z.string().nullable().describe("The id the API server gave the request."),
    stage: z.string().nullable().describe("The event's stage."),
    user: z.string().nullable().describe("Who made the request."),
    verb: z.string().nullable().describe("What was asked for."),
    namespace: z.string().nullable().describe("The namespace of what was asked for."),
    resource: z.string().nullable().describe("What kind of thing, with its subresource."),
    name: z.string().nullable().describe("The name of what was asked for."),
    sourceIP: z.string().nullable().describe("The last source address."),
    userAgent: z.string().nullable().describe("What the client says it is."),
    activity: z.string().describe("The id of the activity this event belongs to."),
    event: z.unknown().describe("The audit event, redacted; null where it is too large to be kept here."),
  })
  .describe("A match, as a detection would be, without what policies make of it.");
export type BacktestSample = z.output<typeof Sample>;

export const BacktestRule = z
  .object({
    rule: z.string().describe("The rule."),
    before: z.int().describe("How many events it matches as it is."),
    after: z.int().describe("How many it would."),
    added: z.int().describe("How many only afterwards."),
    removed: z.int().describe("How many only before."),
    topUsers: counted.describe(
      "Who made most of what it would match; of what it matches, where that would be nothing.",
    ),
    topNamespaces: counted.describe("The same by namespace."),
    samples: z
      .object({
        added: z.array(Sample).readonly().describe("Some that only the edited rule matches."),
        removed: z.array(Sample).readonly().describe("Some that only the rule as it is matches."),
        kept: z.array(Sample).readonly().describe("Some that both match."),
      })
      .describe("Drawn from the whole time, newest first."),
  })
  .describe("What would change for a rule. Each is asked alone, whatever other rules match.");
export type BacktestRule = z.output<typeof BacktestRule>;

export const Backtest = z
  .object({
    id: z.string().describe("Its id."),
    state: z.enum(["running", "done", "failed", "cancelled"]).describe("Where it stands."),
    progress: z.number().describe("How much of the journal has been gone through, from 0 to 1."),
    events: z.int().describe("How many events were judged so far."),
    compared: z.int().describe("How many rules are judged: those whose condition differs, or that were asked for."),
    from: z.string().describe("Events received from here on."),
    to: z.string().describe("Up to here."),
    why: z.string().optional().describe("Why it failed."),
    rules: z
      .array(BacktestRule)
      .readonly()
      .describe("What differs so far, most changes first; and the rules asked for."),
  })
  .describe("A back-test. It is kept for an hour after its end.");
export type Backtest = z.output<typeof Backtest>;

export const StartedBacktest = z.object({ id: z.string().describe("Ask for it under `/api/v1/backtests/ID`.") });

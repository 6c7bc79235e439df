/** A detection on the wire, and what may be asked about detections. */
import { z } from "zod";
import { type DetectionFacet, triageStates } from "../../domain/asked.ts";
import { priorities, severities } from "../../domain/detection.ts";
import { facetParameters, textParameter } from "../lists/query.ts";
import { accepted, rangeParameters } from "../query.ts";

const text = (doc: string) => z.string().describe(doc);
const maybe = (doc: string) => z.string().nullable().describe(doc);

const { from, to } = rangeParameters;
const priority = z
  .array(z.preprocess(asPrinted, z.enum(priorities)))
  .readonly()
  .optional();

/** What detections are filtered by. */
export const DetectionFilterShape = {
  ...{ from, to },
  ...facetParameters<DetectionFacet>({
    severity: "Severities, from `0`, the gravest, to `7`.",
    priority: "Priorities.",
    rule: "Rules, by name.",
    policy: "Policies, by name.",
    cluster: "Clusters, by name.",
    namespace: "Namespaces of what was asked for.",
    user: "Who made the request.",
    verb: "Verbs: `create`, `delete` …",
    resource: "Resources, with their subresource: `pods`, `pods/exec`.",
    name: "Names of what was asked for.",
    sourceIP: "The last source address, which the caller cannot make up.",
    userAgent: "What the client calls itself.",
    tag: "Tags of the rule: any of them.",
  }),
  priority: priority.describe("Priorities; the case of letters does not count."),
  not_priority: priority.describe("Left out: priorities."),
  fingerprint: accepted("Groups, by their fingerprint."),
  activity: accepted("The activities they belong to."),
  text: textParameter,
};

export const DetectionQuery = z.strictObject({ ...rangeParameters, ...DetectionFilterShape });

function asPrinted(text: unknown): unknown {
  const lower = String(text).toLowerCase();
  const name = lower === "info" ? "informational" : lower;
  return priorities.find((one) => one.toLowerCase() === name) ?? text;
}

export const Detection = z
  .object({
    id: text("Unique, and the same again when the journal is judged again by the same rules."),
    time: text("The event's stageTimestamp, RFC 3339 in UTC."),
    receivedAt: text("When the event was taken in, RFC 3339 in UTC."),
    cluster: text("The cluster it happened in."),
    rule: text("The rule that matched."),
    priority: z.enum(priorities).describe("How grave the rule's author finds it."),
    source: text("The rule's event source: `k8s_audit`."),
    output: text("What the rule says about it, redacted."),
    fields: z.record(z.string(), z.unknown()).describe("The fields its output names, redacted."),
    tags: z.array(z.string()).readonly().describe("The rule's tags."),
    auditID: maybe("The id the API server gave the request. Callers can choose it: never take it for unique."),
    stage: maybe("The event's stage: `ResponseComplete` …"),
    user: maybe("Who made the request."),
    verb: maybe("What was asked for: `create` …"),
    namespace: maybe("The namespace of what was asked for."),
    resource: maybe("What kind of thing, with its subresource: `pods/exec`."),
    name: maybe("The name of what was asked for."),
    sourceIP: maybe("The last source address, which the caller cannot make up."),
    userAgent: maybe("What the client calls itself."),
    code: z.number().nullable().optional().describe("The HTTP status that the request was answered with."),
    impersonatedUser: maybe("Who is acted as, where the request impersonates.").optional(),
    requestURI: maybe("The address asked for, redacted.").optional(),
    policy: text("The gravest policy that counts it."),
    policies: z.array(z.string()).readonly().describe("All policies that count it."),
    severity: z.literal([...severities]).describe("That policy's: 0 to 3 high, 4 and 5 medium, 6 low, 7 info."),
    muted: z.boolean().describe("True where every policy that counts it is muted."),
    fingerprint: text("The same for all detections of one rule, actor and target."),
    activity: text("The id of the activity this event belongs to."),
  })
  .describe("A rule that matched an audit event, with what it said.");

export const WholeDetection = Detection.extend({
  event: z.unknown().describe("The audit event that made it, redacted; null where it is not kept."),
});

export const Group = z
  .object({
    fingerprint: text("What its detections have in common: rule, actor and target."),
    count: z.number().describe("How many there are."),
    firstSeen: text("When the first of those that the filter accepts happened."),
    lastSeen: text("When the last one did."),
    state: z
      .enum(triageStates)
      .describe("What was decided, as it is now: resolved groups are open when they come again."),
    latest: Detection,
    spark: z.array(z.number()).readonly().describe("How many in each of equal stretches of the time asked for."),
  })
  .describe("Detections of one rule, actor and target.");

export const TriageBody = z.strictObject({
  state: z.enum(triageStates).describe("What is decided."),
  until: z.iso.datetime({ offset: true }).optional().describe("Of `muted`: until when."),
  note: z.string().max(2000).optional().describe("Why."),
});

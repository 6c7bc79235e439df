/** A detection on the wire, and what may be asked about detections. */
import { z } from "zod";
import { priorities } from "../../domain/detection.ts";
import { accepted, rangeParameters } from "../query.ts";

const text = (doc: string) => z.string().describe(doc);
const maybe = (doc: string) => z.string().nullable().describe(doc);

export const DetectionQuery = z.strictObject({
  ...rangeParameters,
  cluster: accepted("Clusters, by name."),
  rule: accepted("Rules, by name."),
  priority: z
    .array(z.preprocess(asPrinted, z.enum(priorities)))
    .readonly()
    .optional()
    .describe("Priorities; the case of letters does not count."),
  user: accepted("Who made the request."),
  namespace: accepted("Namespaces of what was asked for."),
  verb: accepted("Verbs: `create`, `delete` …"),
  resource: accepted("Resources, with their subresource: `pods`, `pods/exec`."),
});

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
    activity: text("The id of the activity this event belongs to."),
  })
  .describe("A rule that matched an audit event, with what it said.");

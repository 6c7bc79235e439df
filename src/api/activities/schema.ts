/** An activity on the wire, and what may be asked about activities. */
import { z } from "zod";
import { actors, outcomes } from "../../domain/activity.ts";
import type { ActivityFacet } from "../../domain/asked.ts";
import { facetParameters, textParameter } from "../lists/query.ts";
import { rangeParameters } from "../query.ts";

const text = (doc: string) => z.string().describe(doc);
const maybe = (doc: string) => z.string().nullable().describe(doc);

const { from, to } = rangeParameters;

/** What activities are filtered by. */
export const ActivityFilterShape = {
  ...{ from, to },
  ...facetParameters<ActivityFacet>({
    actor: "`human`, `machine`, `anonymous`.",
    outcome: "`done`, `denied`, `failed`, `unfinished`.",
    cluster: "Clusters, by name.",
    namespace: "Namespaces of what was asked for.",
    user: "Who made the request.",
    impersonatedUser: "Who is acted as.",
    verb: "Verbs: `create`, `delete` …",
    resource: "Resources: `pods`, or with their subresource: `pods/exec`.",
    name: "Names of what was asked for.",
    sourceIP: "The last source address, which the caller cannot make up.",
    userAgent: "What the client calls itself.",
    code: "The HTTP status it was answered with.",
    level: "Audit levels.",
    detected: "`yes` or `no`: whether it made a detection.",
  }),
  text: textParameter,
};

export const ActivityQuery = z.strictObject({
  ...rangeParameters,
  ...ActivityFilterShape,
  events: z
    .enum(["include", "omit"])
    .default("include")
    .describe("`omit` leaves `event` null: lists need no bodies, and reading them takes its time."),
});

export const Activity = z
  .object({
    id: text("Unique; one a request."),
    time: text("When the API server received the request, RFC 3339 in UTC."),
    lastTime: text("The latest stageTimestamp seen."),
    receivedAt: text("When its first event was taken in."),
    cluster: text("The cluster it happened in."),
    auditID: maybe("The id the API server gave the request. Callers can choose it: never take it for unique."),
    stages: z.array(z.string()).readonly().describe("Stages seen, in the order of a request's life."),
    level: maybe("The audit level: `Metadata`, `Request`, `RequestResponse`."),
    user: maybe("Who made the request."),
    groups: z.array(z.string()).readonly().describe("The groups that user is in."),
    impersonatedUser: maybe("Who is acted as, where the request impersonates."),
    verb: maybe("What was asked for: `create` …"),
    apiGroup: maybe("The API group of what was asked for; empty for the core group."),
    resource: maybe("What kind of thing."),
    subresource: maybe("Which part of it: `exec`, `status` …"),
    namespace: maybe("Its namespace."),
    name: maybe("Its name."),
    requestURI: maybe("The address asked for, redacted."),
    sourceIPs: z.array(z.string()).readonly().describe("Where the request came from. All but the last can be made up."),
    userAgent: maybe("What the client calls itself."),
    code: z.number().nullable().describe("The HTTP status it was answered with."),
    reason: maybe("The reason given in the answer."),
    decision: maybe("What authorization decided: `allow`, `forbid`."),
    dryRun: z.boolean().describe("True when the request changed nothing on purpose."),
    latencyMicros: z.number().nullable().describe("From received to the latest stage, in microseconds."),
    detections: z.number().describe("How many detections its events made."),
    actor: z.enum(actors).describe("A person, a machine, or nobody that was authenticated; as far as the name tells."),
    outcome: z.enum(outcomes).describe("What came of it."),
    uncounted: z.array(z.string()).readonly().describe("Rules that matched and that no enabled policy counts."),
    place: z
      .object({
        entry: z.number().describe("The position of the batch."),
        item: z.number().describe("Which event of the batch, from 1."),
        length: z.number().describe("About how long the event was as it came, in bytes."),
      })
      .nullable()
      .describe("Where the latest event lies in the journal; null where that is not known."),
    event: z
      .unknown()
      .describe(
        "The latest event, whole, redacted, out of the journal; null where it was not asked for or is not there.",
      ),
    eventMissing: z.string().optional().describe("Why there is no event though it was asked for."),
  })
  .describe("One request: who did what, to what, from where, with what outcome.");

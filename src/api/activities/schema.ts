/** An activity on the wire, and what may be asked about activities. */
import { z } from "zod";
import { accepted, rangeParameters } from "../query.ts";

const text = (doc: string) => z.string().describe(doc);
const maybe = (doc: string) => z.string().nullable().describe(doc);

export const ActivityQuery = z.strictObject({
  ...rangeParameters,
  cluster: accepted("Clusters, by name."),
  user: accepted("Who made the request."),
  namespace: accepted("Namespaces of what was asked for."),
  verb: accepted("Verbs: `create`, `delete` …"),
  resource: accepted("Resources: `pods`, or with their subresource: `pods/exec`."),
  name: accepted("Names of what was asked for."),
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
    event: z.unknown().describe("The latest event, whole, redacted."),
  })
  .describe("One request: who did what, to what, from where, with what outcome.");

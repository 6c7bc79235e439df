/** Clusters and how each is doing, on the wire. */
import { z } from "zod";
import { counts, feedShape } from "../sources/feed.ts";

export const clusterStates = ["waiting", "connected", "silent", "warning", "error"] as const;
export type ClusterState = (typeof clusterStates)[number];

export const ClusterView = z
  .object({
    name: z.string().describe("Its name."),
    state: z
      .enum(clusterStates)
      .describe(
        "`waiting` has sent nothing yet; `connected` sends; `silent` did not for long; `warning` sends, and something was not as it should be in the last day; `error` sends what cannot be kept.",
      ),
    why: z.string().nullable().describe("What you should know, where something is wrong."),
    createdAt: z.string().describe("When it became known."),
    lastEvent: z.string().nullable().describe("When its last batch was kept; null before the first."),
    ...feedShape,
    sources: counts("By which sources its events came, since the start."),
    events: z.number().describe("Events since the start."),
    doubles: z.number().describe("Batches that were sent again after they had been kept, since the start."),
    quarantined: z.number().describe("Parts of its batches that could not be read, since the start."),
    hasToken: z.boolean().describe("Whether it has a token of its own."),
  })
  .describe("A cluster that sends audit events, or is expected to.");
export type ClusterView = z.output<typeof ClusterView>;

export const Clusters = z.object({
  items: z.array(ClusterView).readonly().describe("By name."),
  rejected: counts("Requests that were not taken in since the start, by why; whose they were is not known."),
});
export type Clusters = z.output<typeof Clusters>;

export const NewCluster = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/, { error: "must be letters, digits, `.`, `_` and `-`" })
    .describe("The cluster's name, as in `/k8s_audit/NAME`."),
  receiver: z
    .string()
    .min(1)
    .max(2000)
    .describe(
      "What its API servers reach us by, as `https://10.0.0.5:7765`: no name that only the cluster's DNS knows.",
    ),
});

export const MadeCluster = z.object({
  name: z.string().describe("The cluster's name."),
  token: z.string().describe("What its API servers send. It is not kept: nobody can show it again."),
  receiver: z.string().describe("Where they send it, as `tiercel enable --receiver` takes it."),
});
export type MadeCluster = z.output<typeof MadeCluster>;

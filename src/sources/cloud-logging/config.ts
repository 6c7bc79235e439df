/** The Cloud Logging source's options. */
import { z } from "zod";
import { clusterOption } from "../webhook-config.ts";

export const cloudLoggingConfig = z
  .strictObject({
    type: z.literal("cloud-logging"),
    project: z
      .string()
      .regex(/^[a-z][a-z0-9.:-]{4,}[a-z0-9]$/, { error: "must be a Google Cloud project's id" })
      .describe("The project whose clusters' audit log is read."),
    gke_cluster: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: "must be a GKE cluster's name" })
      .optional()
      .describe("Only this GKE cluster's entries. Unless told: all of the project's."),
    cluster: clusterOption
      .optional()
      .describe("The cluster whose events these are. Unless told: as each log entry says, else the project's id."),
    filter: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A further condition in Google\'s query language, as `NOT protoPayload.methodName="io.k8s.coordination.v1.leases.update"`: what it leaves out is never seen.',
      ),
    key_file: z
      .string()
      .min(1)
      .optional()
      .describe(
        "A service account's key or a federation's configuration, JSON. Unless told: Workload Identity, or what else the machine is logged in by.",
      ),
    poll_interval_secs: z.number().min(0.05).max(3600).default(10).describe("How often to ask for more."),
    reads_per_minute: z
      .number()
      .min(1)
      .max(6000)
      .default(30)
      .describe("At most so many questions: a project may ask 60 a minute, and people who look at logs ask too."),
    page_size: z.int().min(1).max(1000).default(1000).describe("Entries an answer."),
    overlap_secs: z
      .number()
      .min(0)
      .max(86_400)
      .default(120)
      .describe("Each question reaches so far back behind the last one, by when Google received an entry."),
    max_lateness_secs: z
      .number()
      .min(60)
      .max(30 * 86_400)
      .default(86_400)
      .describe("Entries that reach Google later than this after their own time are not found."),
    begin: z
      .union([z.enum(["now"]), z.iso.datetime({ offset: true })])
      .default("now")
      .describe("Where a project never read before is begun: `now`, or a time."),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .default("https://logging.googleapis.com")
      .describe(
        "Another address of Cloud Logging: a private one, or a test's. Plain HTTP is asked without credentials unless `key_file` is set.",
      ),
  })
  .describe(
    "Reads GKE's audit log entries from Cloud Logging by asking again and again; `pubsub` is quicker and has no quota. Credentials are Google's own: Workload Identity, else a key file. Needs `roles/logging.viewer`, and `roles/logging.privateLogViewer` for Data Access logs.",
  );

export type CloudLoggingConfig = z.output<typeof cloudLoggingConfig>;

/** The Pub/Sub source's options. */
import { z } from "zod";
import { clusterOption } from "../webhook-config.ts";

export const pubSubConfig = z
  .strictObject({
    type: z.literal("pubsub"),
    project: z
      .string()
      .regex(/^[a-z][a-z0-9.:-]{4,}[a-z0-9]$/, { error: "must be a Google Cloud project's id" })
      .describe("The project that holds the subscription."),
    subscription: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/, { error: "must be a subscription's short name" })
      .describe("The subscription, by its short name, of the topic that the log sink writes to. Ours alone."),
    cluster: clusterOption
      .optional()
      .describe(
        "The cluster whose events these are. Unless told: as each log entry says, else the subscription's name.",
      ),
    key_file: z
      .string()
      .min(1)
      .optional()
      .describe(
        "A service account's key, JSON. Unless told: Workload Identity, or what else the machine is logged in by.",
      ),
    max_messages: z.int().min(1).max(100_000).default(1000).describe("So many messages are held at once, at most."),
    max_bytes: z
      .int()
      .min(1024)
      .max(1024 ** 3)
      .default(32 * 1024 ** 2)
      .describe("About so many bytes of messages are held at once, at most."),
    endpoint: z
      .string()
      .regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, { error: "must be HOST:PORT" })
      .optional()
      .describe(
        "Another address of Pub/Sub, as HOST:PORT: a regional one, or an emulator, which is spoken to without TLS.",
      ),
  })
  .describe(
    "Reads GKE's audit log entries from a Pub/Sub subscription that a log sink feeds. Credentials are Google's own: Workload Identity, else a key file. Needs `roles/pubsub.subscriber` on the subscription.",
  );

export type PubSubConfig = z.output<typeof pubSubConfig>;

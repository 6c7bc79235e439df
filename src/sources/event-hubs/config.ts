/** The Event Hubs source's options. */
import { z } from "zod";
import { clusterOption } from "../webhook-config.ts";

const checkpoints = z
  .strictObject({
    container_url: z
      .url({ protocol: /^https?$/ })
      .describe("The container, as `https://ACCOUNT.blob.core.windows.net/CONTAINER`."),
    connection_string: z
      .string()
      .min(1)
      .optional()
      .describe("The storage account's connection string. Better in a file."),
    connection_string_file: z
      .string()
      .min(1)
      .optional()
      .describe("The file that holds it. Unless told: the identity needs `Storage Blob Data Contributor`."),
  })
  .describe(
    "Keeps checkpoints and who reads which partition in a blob container, as Azure's own clients do, instead of in our own state. Needed where several servers share a consumer group.",
  );

export const eventHubsConfig = z
  .strictObject({
    type: z.literal("event-hubs"),
    namespace: z
      .string()
      .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, { error: "must be a host, as NAME.servicebus.windows.net" })
      .optional()
      .describe("The Event Hubs namespace, as `NAME.servicebus.windows.net`. A connection string tells it as well."),
    event_hub: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,255}$/, { error: "must be an event hub's name" })
      .default("insights-logs-kube-audit")
      .describe("The event hub that the diagnostic setting writes to."),
    consumer_group: z
      .string()
      .min(1)
      .default("tiercel")
      .describe("A consumer group of our own: whoever reads by the same one takes our partitions away."),
    client_id: z
      .string()
      .min(1)
      .optional()
      .describe("Which identity to log in as, where there are several. Unless told: as the environment says."),
    connection_string: z
      .string()
      .min(1)
      .optional()
      .describe("Logs in by a key with the right Listen instead of a workload identity. Better in a file."),
    connection_string_file: z
      .string()
      .min(1)
      .optional()
      .describe("The file that holds the connection string, read at each connection."),
    cluster: clusterOption
      .optional()
      .describe("The cluster whose events these are. Unless told: as each record's `resourceId` says."),
    begin: z
      .union([
        z.enum(["earliest", "latest"]),
        z.iso.datetime({ offset: true, error: "must be `earliest`, `latest`, or a time like 2026-01-31T12:00:00Z" }),
      ])
      .default("earliest")
      .describe("Where a partition never read before is begun: `earliest`, `latest`, or a time."),
    checkpoints: checkpoints.optional(),
    max_messages: z
      .int()
      .min(1)
      .max(10_000)
      .default(256)
      .describe(
        "So many messages, of up to 1 MB each, are held at once, at most; every partition has its share, at least one.",
      ),
    batch_bytes: z
      .int()
      .min(1024)
      .max(64 * 1024 ** 2)
      .default(1024 ** 2)
      .describe("At about so much a batch is handed over."),
    endpoint: z
      .string()
      .regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, { error: "must be HOST:PORT" })
      .optional()
      .describe(
        "Another address to connect to, as HOST:PORT, for a private endpoint; who is asked for stays the namespace.",
      ),
  })
  .refine(
    ({ namespace, connection_string, connection_string_file }) =>
      namespace !== undefined || connection_string !== undefined || connection_string_file !== undefined,
    { error: "is needed, unless a connection string tells it", path: ["namespace"] },
  )
  .describe(
    "Reads an AKS cluster's audit events from Azure Event Hubs, where a diagnostic setting writes them. Credentials are Azure's own: workload identity first, else a connection string. Needs the role Azure Event Hubs Data Receiver, or a key with the right Listen.",
  );

export type EventHubsConfig = z.output<typeof eventHubsConfig>;

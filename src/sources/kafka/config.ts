/** The Kafka source's options. */
import { z } from "zod";
import { clusterOption } from "../webhook-config.ts";

const sasl = z.strictObject({
  mechanism: z.enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
  username: z.string().min(1).describe("For the Kafka endpoint of Azure Event Hubs: `$ConnectionString`."),
  password: z.string().min(1).optional().describe("Better in a file."),
  password_file: z.string().min(1).optional().describe("The file that holds the password, read at each connection."),
});

const tls = z.strictObject({
  ca_file: z.string().optional().describe("Who signed the brokers' certificates, PEM. Unless told: the usual ones."),
  cert_file: z.string().optional().describe("Our certificate, PEM, where brokers ask for one."),
  key_file: z.string().optional().describe("Its private key, PEM."),
});

export const kafkaConfig = z
  .strictObject({
    type: z.literal("kafka"),
    brokers: z
      .array(z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, { error: "must be HOST:PORT" }))
      .min(1)
      .describe("Some of the brokers, as HOST:PORT; the others are learnt from them."),
    topics: z.array(z.string().min(1)).min(1).describe("The topics that hold audit events, in any envelope."),
    group: z
      .string()
      .min(1)
      .default("tiercel")
      .describe("The consumer group. Servers of one group share the partitions; two groups read everything twice."),
    cluster: clusterOption
      .optional()
      .describe(
        "The cluster whose events these are. Unless told: as what wraps an event says (AKS, OpenShift, GKE and EKS records do), else its topic is a cluster, by its name.",
      ),
    begin: z
      .enum(["earliest", "latest"])
      .default("earliest")
      .describe("Where a group without committed offsets begins."),
    tls: z.union([z.boolean(), tls]).default(false).describe("Whether to speak TLS, and with which certificates."),
    sasl: sasl.optional().describe("How to log in."),
    batch_bytes: z
      .int()
      .min(1024)
      .max(64 * 1024 ** 2)
      .default(1024 ** 2)
      .describe("At about so much a batch is handed over."),
  })
  .describe(
    "Reads audit events from Kafka topics: raw payloads, what log forwarders write, the Kafka endpoint of Azure Event Hubs.",
  );

export type KafkaConfig = z.output<typeof kafkaConfig>;

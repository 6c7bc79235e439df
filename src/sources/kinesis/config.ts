/** The Kinesis source's options. */
import { z } from "zod";
import { clusterOption } from "../webhook-config.ts";

export const kinesisConfig = z
  .strictObject({
    type: z.literal("kinesis"),
    stream: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,128}$/, { error: "must be a stream's name" })
      .describe("The data stream that a subscription filter of the log group writes to. All its shards are read."),
    cluster: clusterOption
      .optional()
      .describe(
        "The cluster whose events these are. Unless told: as each payload's log group `/aws/eks/NAME/cluster` says.",
      ),
    region: z.string().min(1).optional().describe("The AWS region. Unless told: as the environment says."),
    poll_interval_secs: z
      .number()
      .min(0.2)
      .max(60)
      .default(1)
      .describe(
        "How often a shard is asked when it has no more. A shard answers five times a second, all readers together.",
      ),
    max_records: z.int().min(1).max(10_000).default(2000).describe("Records an answer; 10 MB at most in any case."),
    batch_bytes: z
      .int()
      .min(64 * 1024)
      .max(256 * 1024 ** 2)
      .default(8 * 1024 ** 2)
      .describe("About so many bytes, unpacked, are handed over at once."),
    begin: z
      .union([z.enum(["now", "oldest"]), z.iso.datetime({ offset: true })])
      .default("now")
      .describe("Where a stream never read before is begun: `now`, `oldest`, or a time."),
    endpoint: z.url().optional().describe("Another address of Kinesis, for a VPC endpoint or a test."),
  })
  .describe(
    "Reads EKS' audit events from a Kinesis data stream that a subscription filter of CloudWatch Logs feeds. Credentials are those of the AWS SDK's own chain: Pod Identity, IRSA, the environment.",
  );

export type KinesisConfig = z.output<typeof kinesisConfig>;

/** The CloudWatch source's options. */
import { z } from "zod";
import { clusterOption } from "../webhook-config.ts";

export const cloudWatchConfig = z
  .strictObject({
    type: z.literal("cloudwatch"),
    eks_cluster: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, { error: "must be an EKS cluster's name" })
      .describe("The EKS cluster. Its audit events are kept under this name, and read from `/aws/eks/NAME/cluster`."),
    cluster: clusterOption
      .optional()
      .describe("Another name to keep them under: EKS names repeat over regions and accounts."),
    region: z.string().min(1).optional().describe("The AWS region. Unless told: as the environment says."),
    log_group: z.string().min(1).optional().describe("Another log group. Its audit streams alone are read."),
    filter_pattern: z
      .string()
      .optional()
      .describe(
        'CloudWatch\'s own filter, as `{ $.verb != "watch" }`: what it leaves out is never seen, and still paid for.',
      ),
    poll_interval_secs: z.number().min(0.05).max(3600).default(10).describe("How often to ask for more."),
    live_tail: z
      .boolean()
      .default(false)
      .describe(
        "Also follow CloudWatch's live tail: events come within a second or two, paid for by the minute. Polling goes on and brings what the tail leaves out.",
      ),
    overlap_secs: z
      .number()
      .min(0)
      .max(3600)
      .default(120)
      .describe("Each question reaches so far back behind the last one, for events that reach CloudWatch late."),
    reread_secs: z
      .number()
      .min(0)
      .max(86_400)
      .default(900)
      .describe(
        "So often what lies before the overlap is read once more, for events that come later still; each event is then read twice, and paid for once. 0: never.",
      ),
    begin: z
      .union([z.enum(["now"]), z.iso.datetime({ offset: true })])
      .default("now")
      .describe("Where a log group never read before is begun: `now`, or a time."),
    endpoint: z
      .url()
      .optional()
      .describe("Another address of CloudWatch Logs, for a VPC endpoint (`com.amazonaws.REGION.logs`) or a test."),
    live_tail_endpoint: z
      .url()
      .optional()
      .describe(
        "Another address of the live tail, which has a VPC endpoint of its own (`com.amazonaws.REGION.stream-logs`). Unless told: `endpoint`, where that is told, else `stream-logs.REGION.amazonaws.com`.",
      ),
  })
  .describe(
    "Reads an EKS cluster's audit events from CloudWatch Logs. Credentials are those of the AWS SDK's own chain: Pod Identity, IRSA, the environment. Needs `logs:FilterLogEvents` on the log group, and `logs:StartLiveTail` and `logs:DescribeLogGroups` for `live_tail`.",
  );

export type CloudWatchConfig = z.output<typeof cloudWatchConfig>;

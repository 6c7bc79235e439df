/** The Firehose source's options. */
import { z } from "zod";
import { pushTls } from "../push-server.ts";
import { addressOf, clusterOption, isLoopback, listenOption, roomForOne } from "../webhook-config.ts";

export const firehoseConfig = z
  .strictObject({
    type: z.literal("firehose"),
    listen: listenOption
      .default("127.0.0.1:7768")
      .describe("Where to listen, as ADDRESS:PORT. Firehose itself comes by HTTPS with a public certificate only."),
    cluster: clusterOption
      .optional()
      .describe(
        "The cluster whose events these are. Unless told: as the path `/firehose/CLUSTER` or the access key says, else as the log group does.",
      ),
    tls: pushTls,
    key_required: z
      .boolean()
      .default(true)
      .describe(
        "The delivery stream's access key must be an ingest token; a token's cluster is the cluster of what it sends.",
      ),
    max_body_bytes: z
      .int()
      .min(1024)
      .max(1024 ** 3)
      .default(128 * 1024 ** 2)
      .describe("Larger requests are refused with 413, and so are larger records when unpacked."),
    max_in_flight_bytes: z
      .int()
      .min(1024)
      .default(512 * 1024 ** 2)
      .describe(
        "While requests being received or kept come to more, new ones are refused with 503. Not below `max_body_bytes`.",
      ),
  })
  .superRefine(({ listen, key_required }, context) => {
    if (isLoopback(addressOf(listen).host) || key_required) return;
    context.addIssue({
      code: "custom",
      path: ["key_required"],
      message: `${listen} can be reached from other machines, and nothing says who may send: leave \`key_required\` on`,
    });
  })
  .superRefine(roomForOne)
  .describe(
    "Takes what Amazon Data Firehose posts to an HTTP endpoint: EKS audit events that CloudWatch Logs pushes, or records of any envelope.",
  );

export type FirehoseConfig = z.output<typeof firehoseConfig>;

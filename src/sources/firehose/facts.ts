/** What to know of Firehose before taking it. */
import type { SourceFacts } from "../../domain/source.ts";

export const firehoseFacts: SourceFacts = {
  title: "EKS, pushed by Data Firehose",
  for: "EKS: a subscription filter of the log group to Amazon Data Firehose, whose destination is our HTTP endpoint",
  flow: "push",
  isSteady: true,
  permissions: [
    "A public HTTPS address that ends in `/firehose/CLUSTER`, with a certificate that Amazon trusts.",
    "An ingest token as the delivery stream's access key.",
    "A role by which CloudWatch Logs may `firehose:PutRecord` and `firehose:PutRecordBatch` on the stream.",
  ],
  limits: [
    "Two subscription filters a log group at most.",
    "What is not taken in while Firehose tries again (up to 2 hours, as its stream says) goes to its backup bucket.",
  ],
  delay: "60 s to 15 minutes: as the delivery stream's buffering hints say.",
  cost: "Firehose's price by volume, on top of CloudWatch's for ingesting.",
  blind: ["What Amazon's audit policy leaves out.", "Bodies of secrets and config maps."],
  steps: [
    {
      title: "Send the log group to the delivery stream",
      commands: `aws logs put-subscription-filter --log-group-name /aws/eks/NAME/cluster --filter-name tiercel \\
  --filter-pattern '{ $.kind = "Event" }' --destination-arn STREAM --role-arn ROLE`,
    },
  ],
  example: `sources:
  - type: firehose
    listen: 0.0.0.0:7768   # behind a load balancer that speaks HTTPS
    key_required: true
`,
};

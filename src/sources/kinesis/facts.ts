/** What to know of Kinesis before taking it. */
import type { SourceFacts } from "../../domain/source.ts";

export const kinesisFacts: SourceFacts = {
  title: "EKS, by Kinesis",
  for: "EKS: a subscription filter of the log group to a Kinesis data stream; many clusters by one stream",
  flow: "pull",
  isSteady: true,
  permissions: [
    "`kinesis:ListShards`, `kinesis:GetShardIterator` and `kinesis:GetRecords` on the stream, by Pod Identity, IRSA or the environment; `kms:Decrypt` where it is encrypted with a key of yours.",
    "A role by which CloudWatch Logs may `kinesis:PutRecord` on the stream.",
  ],
  limits: [
    "One reader a stream: checkpoints are Tiercel's own, without the Kinesis Client Library's table and leases. A second reader would read all of it once more.",
    "A shard gives 2 MB and five answers a second to all its readers together; there is no enhanced fan-out.",
    "What is not read within the stream's retention (24 hours unless told) is gone; a detection says so.",
    "Two subscription filters a log group at most.",
  ],
  delay: "Seconds: CloudWatch's own way, and `poll_interval_secs`.",
  cost: "Kinesis' price by shard hour and volume, on top of CloudWatch's for ingesting.",
  blind: [
    "What Amazon's audit policy leaves out: nobody can change it.",
    "Bodies of secrets and config maps.",
    "What the subscription filter's pattern leaves out.",
  ],
  steps: [
    {
      title: "A stream, and the log group's events into it",
      commands: `aws kinesis create-stream --stream-name tiercel-audit --stream-mode-details StreamMode=ON_DEMAND
aws logs put-subscription-filter --log-group-name /aws/eks/NAME/cluster --filter-name tiercel \\
  --filter-pattern '{ $.kind = "Event" }' --destination-arn STREAM --role-arn ROLE`,
    },
  ],
  example: `sources:
  - type: kinesis
    stream: tiercel-audit
    region: eu-west-1
`,
};

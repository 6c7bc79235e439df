/** What to know of CloudWatch Logs before taking it. */
import type { SourceFacts } from "../../domain/source.ts";

export const cloudWatchFacts: SourceFacts = {
  title: "EKS, by CloudWatch Logs",
  for: "EKS, read from the cluster's log group",
  flow: "pull",
  isSteady: true,
  permissions: [
    "`logs:FilterLogEvents` on `arn:aws:logs:REGION:ACCOUNT:log-group:/aws/eks/NAME/cluster:*`, by Pod Identity, IRSA or the environment.",
    "For `live_tail` also `logs:StartLiveTail` on it and `logs:DescribeLogGroups`.",
    "Without a way to the internet: VPC endpoints for `com.amazonaws.REGION.logs`, and for `live_tail` also `com.amazonaws.REGION.stream-logs`. With private DNS nothing is to be configured; else `endpoint` and `live_tail_endpoint` name them.",
  ],
  limits: [
    "`live_tail` shows at most 500 events a second, and a session ends after three hours; what it leaves out is counted (`tiercel_source_tail_gaps_total`) and brought by polling.",
    "One reader a log group: the rate of questions an account may ask is small, and each asks again for the overlap.",
    "Events that reach CloudWatch later than `overlap_secs` (120 s) after younger ones are found by reading once more, after `reread_secs` (15 minutes), and counted; later still they are not seen.",
    "Lines that Amazon cut end in `[Truncated...]`: they are judged as far as they can be read, marked as truncated and counted; what tells nobody and nothing lies in quarantine.",
  ],
  delay: "10 s and more: `poll_interval_secs`, and CloudWatch's own way; with `live_tail` a few seconds.",
  cost: "CloudWatch's price for ingesting and storing the log; reading is free, `live_tail` costs by the minute, day and night.",
  blind: [
    "What Amazon's audit policy leaves out: nobody can change it.",
    "Bodies of secrets and config maps.",
    "What `filter_pattern` leaves out, which is paid for all the same.",
  ],
  steps: [
    {
      title: "Turn audit logging on",
      commands:
        'aws eks update-cluster-config --name NAME --logging \'{"clusterLogging":[{"types":["audit"],"enabled":true}]}\'',
    },
    {
      title: "Let Tiercel's service account read it",
      commands:
        "aws eks create-pod-identity-association --cluster-name NAME --namespace tiercel --service-account tiercel --role-arn ROLE",
    },
  ],
  example: `sources:
  - type: cloudwatch
    eks_cluster: NAME
    region: eu-west-1
`,
};

/** EKS: Amazon keeps the audit log in CloudWatch Logs, from which our `cloudwatch` source reads. Its policy is Amazon's. */
import type { Distribution, Wish } from "./plan/contract.ts";
import { type Thing, thingsPlan, thingsUndo } from "./plan/things.ts";

const nameOf = ({ cluster, options }: Pick<Wish, "cluster" | "options">): string => options.name ?? cluster;

/** What polling needs, on this log group alone (reference 03 §1.7). */
export const readerPolicy = (region: string, name: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:FilterLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
        Resource: `arn:aws:logs:${region}:*:log-group:/aws/eks/${name}/cluster:*`,
      },
    ],
  });

export function eksThings(wish: Pick<Wish, "cluster" | "options">): readonly Thing[] {
  const region = wish.options.region as string;
  const name = nameOf(wish);
  const at = ["--region", region, "--name", name];
  const logging = (enabled: boolean) => [
    ...["aws", "eks", "update-cluster-config", ...at, "--logging"],
    JSON.stringify({ clusterLogging: [{ types: ["audit"], enabled }] }),
  ];
  const enabled = [
    "aws",
    "eks",
    "describe-cluster",
    ...at,
    "--query",
    "cluster.logging.clusterLogging[?enabled].types[]",
    "--output",
    "text",
  ];
  return [
    {
      title: "The cluster writes its audit log to CloudWatch Logs",
      look: { argv: enabled, is: (stdout) => stdout.split(/\s+/).includes("audit") },
      make: { argv: logging(true) },
      settled: [
        {
          title: "Amazon has applied it",
          argv: ["aws", "eks", "describe-cluster", ...at, "--query", "cluster.status", "--output", "text"],
          expect: "^ACTIVE$",
          everySecs: 15,
          withinSecs: 900,
        },
        { title: "The audit log is on", argv: enabled, expect: "\\baudit\\b", everySecs: 15, withinSecs: 900 },
      ],
      remove: { argv: logging(false) },
      record: "audit-logging",
    },
    ...role(wish, region, name),
  ];
}

function role({ options }: Pick<Wish, "options">, region: string, name: string): readonly Thing[] {
  if (options.role === undefined) return [];
  const of = ["--role-name", options.role, "--policy-name", `tiercel-audit-${name}`];
  return [
    {
      title: "The role may read this log group, and nothing else",
      look: { argv: ["aws", "iam", "get-role-policy", ...of] },
      make: { argv: ["aws", "iam", "put-role-policy", ...of, "--policy-document", readerPolicy(region, name)] },
      remove: { argv: ["aws", "iam", "delete-role-policy", ...of] },
    },
  ];
}

export const eks: Distribution = {
  name: "eks",
  title: "Amazon Elastic Kubernetes Service",
  doc: "Amazon's audit log goes to CloudWatch Logs, and our `cloudwatch` source reads it.",
  tools: ["aws"],
  options: [
    { name: "region", doc: "AWS region", required: true },
    { name: "name", doc: "the cluster's name in EKS, where it is not --cluster" },
    {
      name: "role",
      doc: "an IAM role that Tiercel runs as (IRSA, Pod Identity): it gets the right to read the log group",
    },
  ],
  route: "source",
  policy: "theirs",
  verifyWithinSecs: 180,
  plan: async (wish, world) => ({ steps: await thingsPlan(world, eksThings(wish)), notes: notes(wish) }),
  undo: (wish, world) => thingsUndo(world, eksThings(wish)),
};

const notes = (wish: Wish): readonly string[] => [
  `The source for tiercel.yaml: {type: cloudwatch, eks_cluster: ${nameOf(wish)}, region: ${wish.options.region}, cluster: ${wish.cluster}}`,
  ...(wish.options.role === undefined
    ? [
        `What Tiercel's identity needs (IRSA or Pod Identity; --role puts it there): ${readerPolicy(wish.options.region as string, nameOf(wish))}`,
      ]
    : []),
  "For events within seconds add live_tail: true, which costs by the minute; for many clusters by one stream take {type: kinesis} or {type: firehose} with a subscription filter.",
  "The audit policy is Amazon's and cannot be changed. CloudWatch Logs costs by volume: set a retention on the group.",
  "EKS needs up to five free addresses in each of the cluster's subnets for this change.",
];

/** GKE: Google keeps the audit log; a sink sends it to Pub/Sub, from which our `pubsub` source pulls. */
import { createHash } from "node:crypto";
import { type Distribution, Refused, type Wish } from "./plan/contract.ts";
import { type Thing, thingsPlan, thingsUndo } from "./plan/things.ts";

/** For the account's sake. */
const mostLetters = 30;

/**
 * What Google's pages call a resource: letters, digits and dashes, at most 30 of them. A name that does not fit gets a
 * hash, or two clusters whose names begin alike would share one sink.
 */
function slug(cluster: string): string {
  const plain = `tiercel-${cluster}`;
  if (plain.length <= mostLetters && /^[a-z0-9-]*[a-z0-9]$/.test(plain)) return plain;
  const hash = createHash("sha256").update(cluster).digest("hex").slice(0, 8);
  const begin = plain.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
  return `${begin.slice(0, mostLetters - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

export function gkeThings({ cluster, options }: Pick<Wish, "cluster" | "options">): readonly Thing[] {
  const project = options.project as string;
  const name = slug(cluster);
  const of = ["--project", project];
  const account = `${name}@${project}.iam.gserviceaccount.com`;
  const only = options["gke-cluster"];
  const filter = [
    `logName=~"projects/.+/logs/cloudaudit.googleapis.com%2F(activity|data_access)"`,
    `protoPayload.serviceName="k8s.io"`,
    ...(only === undefined ? [] : [`resource.labels.cluster_name="${only}"`]),
    `NOT protoPayload.methodName="io.k8s.coordination.v1.leases.update"`,
  ].join(" AND ");
  const topic = `projects/${project}/topics/${name}`;
  const writer = `gcloud logging sinks describe ${name} --project ${project} --format='value(writerIdentity)'`;
  const binding = (what: "topics" | "subscriptions", verb: "add" | "remove", member: string, role: string) =>
    `gcloud pubsub ${what} ${verb}-iam-policy-binding ${name} --project ${project} --member="${member}" --role=${role}`;
  const policy = (what: "topics" | "subscriptions") => [
    "gcloud",
    "pubsub",
    what,
    "get-iam-policy",
    name,
    ...of,
    "--format=json",
  ];
  return [
    {
      title: "A topic for the audit log",
      look: { argv: ["gcloud", "pubsub", "topics", "describe", name, ...of] },
      make: { argv: ["gcloud", "pubsub", "topics", "create", name, ...of] },
      remove: { argv: ["gcloud", "pubsub", "topics", "delete", name, ...of, "--quiet"] },
    },
    {
      title: "A subscription that keeps what we did not take for seven days",
      look: { argv: ["gcloud", "pubsub", "subscriptions", "describe", name, ...of] },
      make: {
        argv: [
          ...["gcloud", "pubsub", "subscriptions", "create", name, ...of, "--topic", name],
          ...["--ack-deadline", "60", "--message-retention-duration", "7d", "--expiration-period", "never"],
        ],
      },
      remove: { argv: ["gcloud", "pubsub", "subscriptions", "delete", name, ...of, "--quiet"] },
    },
    {
      title: "A sink: Google's audit log goes to the topic",
      look: { argv: ["gcloud", "logging", "sinks", "describe", name, ...of] },
      make: {
        argv: [
          "gcloud",
          "logging",
          "sinks",
          "create",
          name,
          `pubsub.googleapis.com/${topic}`,
          ...of,
          `--log-filter=${filter}`,
        ],
      },
      remove: { argv: ["gcloud", "logging", "sinks", "delete", name, ...of, "--quiet"] },
    },
    {
      title: "The sink's own identity may publish to the topic",
      look: { argv: policy("topics"), is: (stdout) => stdout.includes("roles/pubsub.publisher") },
      make: { argv: ["sh", "-c", binding("topics", "add", `$(${writer})`, "roles/pubsub.publisher")] },
    },
    {
      title: "An account for Tiercel, with no key",
      look: { argv: ["gcloud", "iam", "service-accounts", "describe", account, ...of] },
      make: {
        argv: [
          "gcloud",
          "iam",
          "service-accounts",
          "create",
          name,
          ...of,
          "--display-name",
          "Tiercel reads the audit log",
        ],
      },
      remove: { argv: ["gcloud", "iam", "service-accounts", "delete", account, ...of, "--quiet"] },
    },
    {
      title: "It may pull from that subscription, and nothing else",
      look: { argv: policy("subscriptions"), is: (stdout) => stdout.includes(account) },
      make: {
        argv: ["sh", "-c", binding("subscriptions", "add", `serviceAccount:${account}`, "roles/pubsub.subscriber")],
      },
    },
  ];
}

export const gke: Distribution = {
  name: "gke",
  title: "Google Kubernetes Engine",
  doc: "Google's audit log goes to Pub/Sub, and our `pubsub` source pulls it.",
  tools: ["gcloud"],
  options: [
    { name: "project", doc: "Google Cloud project", required: true },
    { name: "gke-cluster", doc: "only this GKE cluster's events; else all of the project" },
  ],
  route: "source",
  policy: "theirs",
  verifyWithinSecs: 180,
  async plan(wish, world) {
    const project = wish.options.project as string;
    // It stands in commands of a shell.
    if (!/^[a-z][a-z0-9.:-]*$/.test(project))
      throw new Refused(`\`${project}\` is no Google Cloud project's id`, "gcloud projects list shows them");
    return { steps: await thingsPlan(world, gkeThings(wish)), notes: gkeNotes(wish) };
  },
  undo: (wish, world) => thingsUndo(world, gkeThings(wish)),
};

const gkeNotes = ({ cluster, options: { project } }: Wish): readonly string[] => [
  `The source for tiercel.yaml: {type: pubsub, project: ${project}, subscription: ${slug(cluster)}, cluster: ${cluster}}`,
  `Where nothing of yours may reach into Google Cloud, push the subscription and take {type: pubsub-push}; without a sink, {type: cloud-logging, project: ${project}} asks the log itself, at most 500 entries a second.`,
  `Run Tiercel with Workload Identity as ${slug(cluster)}@${project}.iam.gserviceaccount.com; a key file is the second best.`,
  "Reads (get, list, watch) come only with Data Access logs of the Kubernetes Engine API, which cost money: IAM, Audit Logs, ADMIN_READ, DATA_READ, DATA_WRITE.",
];

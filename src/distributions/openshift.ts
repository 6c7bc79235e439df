/** OpenShift 4.4 and later: a profile says what is recorded, a ClusterLogForwarder sends it; hosted control planes post themselves. */
import { stringify } from "yaml";
import { openshiftVersion } from "./openshift-version.ts";
import { type Distribution, here, Refused, type Step, type Wish, type World } from "./plan/contract.ts";
import { anything, type Thing, thingsPlan, thingsUndo } from "./plan/things.ts";
import { webhookKubeconfig } from "./plan/webhook-kubeconfig.ts";

const namespace = "openshift-logging";
const profiles = ["Default", "WriteRequestBodies", "AllRequestBodies"];
const collectorRole = (direction: "add" | "remove"): readonly string[] => [
  ...["oc", "adm", "policy", `${direction}-cluster-role-${direction === "add" ? "to" : "from"}-user`],
  ...["collect-audit-logs", "-z", "tiercel-collector", "-n", namespace],
];

const receiverSecret = "tiercel-receiver";
const authorityKey = "ca-bundle.crt";

/** OpenShift Logging 6 (reference 03 §1.4). */
export function forwarder({ receiver, token, authority, cluster }: Wish): string {
  const http = { url: receiver, method: "POST", headers: { "X-Cluster": cluster }, timeout: 10 };
  const authentication = { token: { from: "secret", secret: { name: receiverSecret, key: "token" } } };
  const output = {
    name: "tiercel",
    type: "http",
    http: token === undefined ? http : { ...http, authentication },
    ...(authority === undefined ? {} : { tls: { ca: { secretName: receiverSecret, key: authorityKey } } }),
  };
  return stringify(
    {
      apiVersion: "observability.openshift.io/v1",
      kind: "ClusterLogForwarder",
      metadata: { name: "tiercel-audit", namespace },
      spec: {
        serviceAccount: { name: "tiercel-collector" },
        inputs: [{ name: "api-audit", type: "audit", audit: { sources: ["kubeAPI", "openshiftAPI"] } }],
        outputs: [output],
        pipelines: [{ name: "audit", inputRefs: ["api-audit"], outputRefs: ["tiercel"] }],
      },
    },
    { lineWidth: 0 },
  );
}

/** Which credentials it names, as its jsonpath prints them. */
const named = ({ receiver, token, authority }: Wish): string =>
  [receiver, token === undefined ? "" : receiverSecret, authority === undefined ? "" : receiverSecret].join("|");

/** A Secret that is there with another content is written anew. */
function secretThing(title: string, name: string, of: string, data: Readonly<Record<string, string>>): Thing {
  const wanted = Object.values(data).map((text) => Buffer.from(text, "utf8").toString("base64"));
  const paths = Object.keys(data).map((key) => `{.data.${key.replaceAll(".", "\\.")}}`);
  return {
    title,
    look: {
      argv: ["oc", "get", "secret", name, "-n", of, "-o", `jsonpath=${paths.join("|")}`],
      is: (stdout) => stdout.trim() === wanted.join("|"),
      some: () => true,
    },
    make: {
      argv: ["oc", "apply", "-f", "-"],
      secret: true,
      stdin: stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, namespace: of },
        type: "Opaque",
        stringData: data,
      }),
    },
    remove: { argv: ["oc", "delete", "secret", name, "-n", of, "--ignore-not-found"] },
  };
}

const secret = ({ token, authority }: Wish): Thing =>
  secretThing("What lets the collector in, in a Secret", receiverSecret, namespace, {
    ...(token === undefined ? {} : { token }),
    ...(authority === undefined ? {} : { [authorityKey]: authority }),
  });

const forwarding = (wish: Wish): readonly Thing[] => [
  {
    title: "An account for the collector",
    look: { argv: ["oc", "get", "serviceaccount", "tiercel-collector", "-n", namespace, "-o", "name"] },
    make: { argv: ["oc", "create", "serviceaccount", "tiercel-collector", "-n", namespace] },
    remove: { argv: ["oc", "delete", "serviceaccount", "tiercel-collector", "-n", namespace, "--ignore-not-found"] },
  },
  {
    title: "It may collect audit logs, and nothing else",
    look: {
      argv: ["oc", "get", "clusterrolebindings", "-o", "json"],
      is: (stdout) => stdout.includes("collect-audit-logs") && stdout.includes("tiercel-collector"),
    },
    make: { argv: collectorRole("add") },
    remove: { argv: collectorRole("remove") },
  },
  {
    title: "The API servers' audit logs are forwarded to us",
    look: {
      argv: [
        ...["oc", "get", "clusterlogforwarder.observability.openshift.io", "tiercel-audit", "-n", namespace],
        ...[
          "-o",
          `jsonpath=${["http.url", "http.authentication.token.secret.name", "tls.ca.secretName"].map((path) => `{.spec.outputs[0].${path}}`).join("|")}`,
        ],
      ],
      is: (stdout) => stdout.trim() === named(wish),
      some: anything,
    },
    make: { argv: ["oc", "apply", "-f", "-"], stdin: forwarder(wish) },
    remove: {
      argv: [
        ...["oc", "delete", "clusterlogforwarder.observability.openshift.io", "tiercel-audit", "-n", namespace],
        "--ignore-not-found",
      ],
    },
  },
];

const profileArgv = (profile: string, before: string | null): readonly string[] => [
  ...["oc", "patch", "apiserver", "cluster", "--type=merge", "-p"],
  JSON.stringify({
    metadata: { annotations: { "tiercel/audit-profile-before": before } },
    spec: { audit: { profile } },
  }),
];

const jsonpath = (path: string) => ["oc", "get", "apiserver", "cluster", "-o", `jsonpath=${path}`];

/** `Default` records no bodies: the rules that read them would keep silent. */
async function profileStep(wish: Wish, world: World): Promise<Step[]> {
  const wanted = wish.options.profile ?? "WriteRequestBodies";
  const before = (await world.ask(jsonpath("{.spec.audit.profile}"), "Default")).trim() || "Default";
  // More than was asked for is left alone.
  if (profiles.indexOf(before) >= profiles.indexOf(wanted)) return [];
  return [
    {
      kind: "run",
      on: here,
      title: `The audit profile records bodies of writes: ${wanted}, where it was ${before}`,
      argv: profileArgv(wanted, before),
      undo: profileArgv(before, null),
      restarts: { what: "each master's API server gets a new revision, one after the other", secs: 600 },
    },
  ];
}

async function profileUndo(world: World): Promise<Step[]> {
  const before = (await world.ask(jsonpath("{.metadata.annotations.tiercel/audit-profile-before}"), "")).trim();
  if (before === "") return [];
  const title = `The audit profile is ${before} again`;
  return [{ kind: "run", on: here, title, argv: profileArgv(before, null) }];
}

/** A hosted control plane posts by itself, once its HostedCluster names the webhook's Secret (reference 03 §1.4, way B). */
function hosted(wish: Wish): readonly Thing[] {
  const name = wish.options["hosted-cluster"] as string;
  const of = wish.options["hosted-namespace"] ?? "clusters";
  const secretName = `${name}-tiercel-webhook`;
  const patch = (value: unknown) => [
    ...["oc", "patch", "hostedcluster", name, "-n", of, "--type=merge", "-p"],
    JSON.stringify({ spec: { auditWebhook: value } }),
  ];
  const { cluster, receiver: url, token, authority } = wish;
  const kubeconfig = webhookKubeconfig({
    cluster,
    url,
    ...(token === undefined ? {} : { token }),
    ...(authority === undefined ? {} : { authority }),
  });
  return [
    secretThing("The webhook's kubeconfig, in a Secret", secretName, of, { "webhook-kubeconfig": kubeconfig }),
    {
      title: "The hosted control plane posts its audit events",
      look: {
        argv: ["oc", "get", "hostedcluster", name, "-n", of, "-o", "jsonpath={.spec.auditWebhook.name}"],
        is: (stdout) => stdout.trim() === secretName,
      },
      make: { argv: patch({ name: secretName }), restarts: { what: "the hosted API servers, rolled", secs: 300 } },
      remove: { argv: patch(null) },
    },
  ];
}

export const openshift: Distribution = {
  name: "openshift",
  aliases: ["openshift-4", "openshift-4.4"],
  title: "OpenShift 4.4 and later",
  doc: "OpenShift Logging forwards the API servers' audit logs to us; a hosted control plane posts to us itself.",
  tools: ["oc"],
  options: [
    {
      name: "profile",
      doc: "the audit profile: what is recorded",
      default: "WriteRequestBodies",
      choices: profiles,
    },
    { name: "hosted-cluster", doc: "a HostedCluster: its control plane posts to us itself" },
    { name: "hosted-namespace", doc: "the HostedCluster's namespace", default: "clusters" },
  ],
  route: "source",
  policy: "theirs",
  verifyWithinSecs: 120,
  async plan(wish, world) {
    const version = await openshiftVersion(world);
    if (version !== undefined && /^4\.[0-3]\./.test(version))
      throw new Refused(
        `this cluster is OpenShift ${version}, which has no audit profiles`,
        `tiercel enable openshift-${version.slice(0, 3)}`,
      );
    if (wish.options["hosted-cluster"] !== undefined) return { steps: await thingsPlan(world, hosted(wish)) };
    return {
      steps: [
        ...(await profileStep(wish, world)),
        ...(await thingsPlan(world, [
          ...(wish.token === undefined && wish.authority === undefined ? [] : [secret(wish)]),
          ...forwarding(wish),
        ])),
      ],
      notes: [
        "The Red Hat OpenShift Logging operator, version 6, must be installed: it runs the collector.",
        "Nobody can post from the masters' own static pods: their files are the operator's. Log forwarding is the supported way.",
      ],
    };
  },
  async undo(wish, world) {
    if (wish.options["hosted-cluster"] !== undefined) return thingsUndo(world, hosted(wish));
    const { steps, notes } = await thingsUndo(world, [secret(wish), ...forwarding(wish)]);
    return { steps: [...steps, ...(await profileUndo(world))], notes };
  },
};

/** AKS: a diagnostic setting sends the audit log to Event Hubs, from which our `event-hubs` source reads. */
import { createHash } from "node:crypto";
import { type Distribution, Refused, type Wish } from "./plan/contract.ts";
import { commandLine, quoted } from "./plan/shell.ts";
import { type Thing, thingsPlan, thingsUndo } from "./plan/things.ts";

const hub = "insights-logs-kube-audit";
const setting = "tiercel-audit";
const nameOf = ({ cluster, options }: Pick<Wish, "cluster" | "options">): string => options.name ?? cluster;

/** Event Hubs namespaces are named once in the world: letters, digits, dashes, 6 to 50. */
const namespaceOf = (wish: Pick<Wish, "cluster" | "options">): string => {
  const hash = createHash("sha256")
    .update(`${nameOf(wish)}/${wish.options["resource-group"]}`)
    .digest("hex")
    .slice(0, 8);
  const name = nameOf(wish)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .slice(0, 28)
    .replace(/-+$/, "");
  return `tiercel-${name}-${hash}`;
};

export function aksThings(wish: Pick<Wish, "cluster" | "options">): readonly Thing[] {
  const group = ["--resource-group", wish.options["resource-group"] as string];
  const namespace = namespaceOf(wish);
  const inHub = [...group, "--namespace-name", namespace, "--eventhub-name", hub];
  const resource = [
    "--resource",
    nameOf(wish),
    ...group,
    "--resource-type",
    "Microsoft.ContainerService/ManagedClusters",
  ];
  const category = wish.options.category ?? "kube-audit";
  const rule = `$(az eventhubs namespace show --name ${namespace} ${commandLine(group)} --query id --output tsv)/authorizationrules/RootManageSharedAccessKey`;
  return [
    {
      title: "An Event Hubs namespace",
      look: { argv: ["az", "eventhubs", "namespace", "show", "--name", namespace, ...group] },
      make: {
        argv: [
          "az",
          "eventhubs",
          "namespace",
          "create",
          "--name",
          namespace,
          ...group,
          "--sku",
          "Standard",
          "--tags",
          "made-by=tiercel",
        ],
      },
      remove: { argv: ["az", "eventhubs", "namespace", "delete", "--name", namespace, ...group] },
    },
    {
      title: "A hub that keeps what we did not take for seven days",
      look: { argv: ["az", "eventhubs", "eventhub", "show", "--name", hub, ...group, "--namespace-name", namespace] },
      make: {
        argv: [
          ...["az", "eventhubs", "eventhub", "create", "--name", hub, ...group, "--namespace-name", namespace],
          ...["--partition-count", "4", "--cleanup-policy", "Delete", "--retention-time-in-hours", "168"],
        ],
      },
    },
    {
      title: "A consumer group of our own, so that no other reader gets in our way",
      look: { argv: ["az", "eventhubs", "eventhub", "consumer-group", "show", "--name", "tiercel", ...inHub] },
      make: { argv: ["az", "eventhubs", "eventhub", "consumer-group", "create", "--name", "tiercel", ...inHub] },
    },
    wish.options.identity === undefined ? listenRule(inHub) : readerRole(wish.options.identity, group, namespace),
    {
      title: `The cluster sends its ${category} log to the hub`,
      look: {
        argv: ["az", "monitor", "diagnostic-settings", "show", "--name", setting, ...resource, "--output", "json"],
        is: (stdout) => stdout.includes(`"${category}"`),
      },
      make: {
        argv: [
          "sh",
          "-c",
          `az monitor diagnostic-settings create --name ${setting} ${commandLine(resource)} --logs '${JSON.stringify([{ category, enabled: true }])}' --event-hub ${hub} --event-hub-rule "${rule}"`,
        ],
      },
      settled: [
        {
          title: "Azure kept it: while a cluster is being updated it can silently not",
          argv: ["az", "monitor", "diagnostic-settings", "show", "--name", setting, ...resource, "--output", "json"],
          expect: `"${category}"`,
          everySecs: 10,
          withinSecs: 300,
        },
      ],
      remove: { argv: ["az", "monitor", "diagnostic-settings", "delete", "--name", setting, ...resource] },
    },
  ];
}

const listenRule = (inHub: readonly string[]): Thing => {
  const rule = (verb: string) => [
    "az",
    "eventhubs",
    "eventhub",
    "authorization-rule",
    verb,
    "--name",
    "tiercel",
    ...inHub,
  ];
  return {
    title: "A rule with which Tiercel may listen, and nothing else",
    look: { argv: rule("show") },
    make: { argv: [...rule("create"), "--rights", "Listen"] },
  };
};

/** No key is made: whoever runs as this identity may read the hub. */
const readerRole = (identity: string, group: readonly string[], namespace: string): Thing => {
  const scope = `"$(az eventhubs eventhub show --name ${hub} ${commandLine(group)} --namespace-name ${namespace} --query id --output tsv)"`;
  const role = (verb: string) =>
    `az role assignment ${verb} --assignee ${identity} --role "Azure Event Hubs Data Receiver" --scope ${scope}`;
  return {
    title: "Tiercel's identity may read the hub, and nothing else",
    look: {
      argv: ["sh", "-c", `${role("list")} --query "[].id" --output tsv`],
      is: (stdout) => stdout.trim() !== "",
    },
    make: { argv: ["sh", "-c", role("create")] },
    remove: { argv: ["sh", "-c", role("delete")] },
  };
};

export const aks: Distribution = {
  name: "aks",
  title: "Azure Kubernetes Service",
  doc: "Azure's audit log goes to Event Hubs, and our `event-hubs` source reads it there.",
  tools: ["az"],
  options: [
    { name: "resource-group", doc: "Azure resource group of the cluster", required: true },
    { name: "name", doc: "the cluster's name in AKS, where it is not --cluster" },
    {
      name: "category",
      doc: "kube-audit, or kube-audit-admin: without reads, much cheaper",
      default: "kube-audit",
      choices: ["kube-audit", "kube-audit-admin"],
    },
    {
      name: "identity",
      doc: "client id of the workload identity that Tiercel runs as: it may read the hub, and no key is made",
    },
  ],
  route: "source",
  policy: "theirs",
  verifyWithinSecs: 600,
  async plan(wish, world) {
    const { identity } = wish.options;
    // It stands in commands of a shell.
    if (identity !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(identity))
      throw new Refused(
        `\`${identity}\` is no client id`,
        "az identity show --name NAME --resource-group GROUP --query clientId --output tsv",
      );
    return { steps: await thingsPlan(world, aksThings(wish)), notes: notes(wish) };
  },
  undo: (wish, world) => thingsUndo(world, aksThings(wish)),
};

const notes = (wish: Wish): readonly string[] => {
  const host = `${namespaceOf(wish)}.servicebus.windows.net`;
  const { cluster, options } = wish;
  const keyed = options.identity === undefined;
  return [
    `The source for tiercel.yaml: {type: event-hubs, namespace: ${host}, cluster: ${cluster}${keyed ? ", connection_string_file: /run/secrets/event-hubs" : ""}}`,
    keyed
      ? `Its file holds the connection string: az eventhubs eventhub authorization-rule keys list --name tiercel --resource-group ${quoted(options["resource-group"] as string)} --namespace-name ${namespaceOf(wish)} --eventhub-name ${hub} --query primaryConnectionString --output tsv. With --identity CLIENT_ID no key is needed.`
      : `Tiercel's pod needs the label azure.workload.identity/use: "true", and its service account the annotation azure.workload.identity/client-id: ${options.identity} and a federated credential.`,
    `One hub serves many clusters: their diagnostic settings may write to it too. Without \`cluster\` each record's own cluster counts.`,
    ...(keyed
      ? [
          `Where AMQP (port 5671) may not leave, the hub's Kafka endpoint does: {type: kafka, brokers: ["${host}:9093"], topics: [${hub}], group: tiercel, cluster: ${cluster}, tls: true, sasl: {mechanism: PLAIN, username: $ConnectionString, password_file: /run/secrets/event-hubs}}`,
        ]
      : []),
    "The audit policy is Microsoft's and cannot be changed. `kube-audit` can cost much on a busy cluster; `kube-audit-admin` leaves reads out.",
  ];
};

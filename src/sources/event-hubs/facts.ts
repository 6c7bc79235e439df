/** What to know of Event Hubs before taking it. */
import type { SourceFacts } from "../../domain/source.ts";

export const eventHubsFacts: SourceFacts = {
  title: "AKS, by Event Hubs",
  for: "AKS: a diagnostic setting writes the audit log of one or many clusters to an event hub, and its partitions are read",
  flow: "pull",
  isSteady: true,
  permissions: [
    "The role Azure Event Hubs Data Receiver on the hub, by workload identity; or a connection string with the right `Listen`.",
    "With `checkpoints`: the role Storage Blob Data Contributor on the container, or the account's connection string.",
    "AMQP out to the namespace (port 5671).",
  ],
  limits: [
    "What grows older than the hub keeps it before it was read is gone: one to seven days on the Standard tier. The source tells how much that was.",
    "One reader a consumer group: another one takes partitions away. Servers that share a group need `checkpoints`, and stand in for each other after a minute.",
    "At most `max_messages` messages are held at once, of up to 1 MB each on the Standard tier.",
  ],
  delay: "Minutes: Azure's own way from the API server to the hub. A message there is read at once.",
  cost: "Event Hubs by throughput units, and the diagnostic setting by volume. `kube-audit-admin` leaves out get and list, and is a fraction of `kube-audit`; with both on each change is paid for twice and counts once.",
  blind: [
    "What Microsoft's audit policy leaves out; it cannot be changed.",
    "Get and list, with `kube-audit-admin` alone: rules on reading secrets do not fire.",
  ],
  steps: [
    {
      title: "A consumer group of our own; the hub and the diagnostic setting are made by `tiercel enable aks`",
      commands: `az eventhubs eventhub consumer-group create --name tiercel --eventhub-name insights-logs-kube-audit \\
  --namespace-name NAMESPACE --resource-group GROUP`,
    },
    {
      title: "Rights for our workload identity",
      commands: `az role assignment create --role "Azure Event Hubs Data Receiver" --assignee CLIENT_ID \\
  --scope "$(az eventhubs eventhub show --name insights-logs-kube-audit --namespace-name NAMESPACE \\
    --resource-group GROUP --query id --output tsv)"`,
    },
  ],
  example: `sources:
  - type: event-hubs
    namespace: my-namespace.servicebus.windows.net
`,
};

/** What to know of Kafka before taking it. */
import type { SourceFacts } from "../../domain/source.ts";

export const kafkaFacts: SourceFacts = {
  title: "Kafka topics",
  for: "Any forwarder that writes topics (Fluent Bit, Vector, Logstash); AKS by the Kafka endpoint of Event Hubs",
  flow: "pull",
  isSteady: true,
  permissions: [
    "`READ` and `DESCRIBE` on the topics, `READ` on the consumer group.",
    "Of Event Hubs: a connection string with `Listen`, Standard tier and up.",
  ],
  limits: [
    "What the topic's retention removes before it was read is gone.",
    "Tombstones (messages without a value) are passed over.",
    "Servers of one group share the partitions and stand in for each other; two groups read everything twice.",
    "Of each broker about 8 MB are held at once, or one larger message.",
  ],
  delay: "As late as the forwarder is; reading adds half a second at most.",
  cost: "The broker's. Of Event Hubs: throughput units, and Azure's diagnostic setting by volume.",
  blind: ["What the audit policy, or the forwarder's own filter, leaves out."],
  steps: [
    {
      title: "Of Event Hubs: a connection string that may listen",
      commands: `az eventhubs eventhub authorization-rule create --name tiercel --rights Listen \\
  --resource-group GROUP --namespace-name NAMESPACE --eventhub-name insights-logs-kube-audit`,
    },
  ],
  example: `sources:
  - type: kafka
    brokers: ["NAMESPACE.servicebus.windows.net:9093"]
    topics: [insights-logs-kube-audit]
    cluster: prod
    tls: true
    sasl: { mechanism: PLAIN, username: $ConnectionString, password_file: /run/secrets/event-hubs }
`,
};

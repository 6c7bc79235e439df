/** Kafka, put to what every source promises, where a real one is installed. */
import { afterAll, beforeAll, describe } from "vitest";
import { hasPeer } from "../peers.kit.ts";
import { sourceContract } from "../source.contract.ts";
import { kafka } from "./index.ts";
import { type Broker, startBroker } from "./kafka.kit.ts";

describe.skipIf(!hasPeer("kafka"))("Apache Kafka", () => {
  let broker: Broker;
  let nth = 0;
  beforeAll(async () => {
    broker = await startBroker();
  }, 90_000);
  afterAll(() => broker?.stop());

  sourceContract({
    kind: kafka,
    cluster: "prod",
    answersWhenKept: false,
    mostWaiting: 1,
    // A busy broker may let a group try again.
    isExact: false,
    wrong: [
      [{ brokers: ["nowhere"] }, "brokers.0: must be HOST:PORT"],
      [{ topics: [] }, "topics: "],
      [{ sasl: { mechanism: "GSSAPI", username: "a" } }, "sasl.mechanism: "],
    ],
    async place() {
      const topic = `audit-${nth++}`;
      await broker.topic(topic);
      return {
        options: { brokers: [broker.address], topics: [topic], group: topic, cluster: "prod" },
        put: (events) => broker.send(topic, events),
      };
    },
  });
});

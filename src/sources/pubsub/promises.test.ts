/** Pub/Sub, put to what every source promises, by Google's fake of it. */
import { PubSub } from "@google-cloud/pubsub";
import { afterAll, beforeAll, describe } from "vitest";
import { freePort, hasPeer, peerPath, startPeer } from "../peers.kit.ts";
import { sourceContract } from "../source.contract.ts";
import { pubSub } from "./index.ts";

// Google's client would ask the machine's metadata server who it is: tests talk to 127.0.0.1 only.
process.env.METADATA_SERVER_DETECTION = "none";

describe.skipIf(!hasPeer("pubsub"))("Google's fake of Pub/Sub", () => {
  let endpoint: string;
  let client: PubSub;
  let stop = async () => {};
  let nth = 0;
  beforeAll(async () => {
    const port = await freePort();
    endpoint = `127.0.0.1:${port}`;
    ({ stop } = await startPeer(peerPath("pubsub/pubsub"), [String(port)], { port }));
    client = new PubSub({ projectId: "a-project", apiEndpoint: endpoint });
  });
  afterAll(async () => {
    await client?.close();
    await stop();
  });

  sourceContract({
    kind: pubSub,
    cluster: "prod",
    answersWhenKept: false,
    mostWaiting: 1,
    // An acknowledgement that is lost on its way brings its message again.
    isExact: false,
    wrong: [
      [{ project: "A" }, "project: must be a Google Cloud project's id"],
      [{ subscription: "a/b" }, "subscription: must be a subscription's short name"],
      [{ endpoint: "http://x" }, "endpoint: must be HOST:PORT"],
    ],
    async place() {
      const name = `audit-${nth++}`;
      const [topic] = await client.createTopic(name);
      await topic.createSubscription(name, { ackDeadlineSeconds: 10 });
      return {
        options: { project: "a-project", subscription: name, endpoint, cluster: "prod" },
        async put(events) {
          await Promise.all(events.map((event) => topic.publishMessage({ data: Buffer.from(event) })));
        },
      };
    },
  });
});

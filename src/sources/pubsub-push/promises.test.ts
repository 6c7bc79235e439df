/** Pub/Sub's pushes, put to what every source promises. */
import { sourceContract, untilAnswered } from "../source.contract.ts";
import { pubSubPush } from "./index.ts";

sourceContract({
  kind: pubSubPush,
  cluster: "prod",
  answersWhenKept: true,
  // Each message is a request: as many as are sent at once.
  mostWaiting: 40,
  isExact: true,
  wrong: [
    [{ listen: "7769" }, "listen: must be ADDRESS:PORT"],
    [{ token_required: true }, "audience: tells which tokens are meant for us"],
    [{ listen: "0.0.0.0:7769" }, "token_required: 0.0.0.0:7769 can be reached"],
  ],
  place: async () => ({
    options: { listen: "127.0.0.1:0", token_required: false },
    async put(events, standing) {
      const messages = events.map((event, at) => ({ data: Buffer.from(event).toString("base64"), messageId: `${at}` }));
      await Promise.all(
        messages.map((message) =>
          untilAnswered(() =>
            fetch(`${standing().address}/pubsub/prod`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ message, subscription: "projects/p/subscriptions/s" }),
            }),
          ),
        ),
      );
    },
  }),
});

/** Event Hubs, put to what every source promises. */
import { sourceContract } from "../source.contract.ts";
import { FakeHub } from "./hub.kit.ts";
import { eventHubs } from "./index.ts";

sourceContract({
  kind: eventHubs,
  cluster: "prod",
  answersWhenKept: false,
  // Each partition hands over for itself.
  mostWaiting: 4,
  isExact: true,
  hasOutage: true,
  wrong: [
    [{ connection_string: undefined }, "namespace: is needed, unless a connection string tells it"],
    [{ namespace: "https://x.servicebus.windows.net" }, "namespace: must be a host"],
    [{ begin: "yesterday" }, "begin: must be `earliest`, `latest`, or a time"],
    [{ checkpoints: { container_url: "container" } }, "checkpoints.container_url: "],
  ],
  async place() {
    let hub = new FakeHub();
    const port = await hub.listen();
    const sent: string[] = [];
    const key = `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=listen;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true`;
    const send = (event: string, nth: number) => hub.send(nth % 4, Buffer.from(event));
    return {
      options: { connection_string: key, cluster: "prod" },
      async put(events) {
        for (const event of events) send(event, sent.push(event));
      },
      outage: {
        begin: () => hub.close(),
        async end() {
          hub = new FakeHub();
          for (const [nth, event] of sent.entries()) send(event, nth + 1);
          await hub.listen(port);
        },
      },
      close: () => hub.close(),
    };
  },
});

/** CloudWatch Logs, put to what every source promises. */
import { sourceContract } from "../source.contract.ts";
import { CloudWatch } from "./cloudwatch.kit.ts";
import { cloudWatch } from "./index.ts";

process.env.AWS_ACCESS_KEY_ID = "a-key";
process.env.AWS_SECRET_ACCESS_KEY = "a-secret";

sourceContract({
  kind: cloudWatch,
  cluster: "prod",
  answersWhenKept: false,
  mostWaiting: 1,
  isExact: true,
  hasOutage: true,
  wrong: [
    [{ eks_cluster: "a/b" }, "eks_cluster: must be an EKS cluster's name"],
    [{ begin: "yesterday" }, "begin: "],
    [{ endpoint: "nowhere" }, "endpoint: "],
  ],
  async place() {
    const cloud = new CloudWatch();
    const endpoint = await cloud.listen();
    let nth = 0;
    return {
      options: {
        ...{ eks_cluster: "prod", region: "eu-west-1", endpoint, poll_interval_secs: 0.05 },
        begin: "2020-01-01T00:00:00Z",
      },
      async put(events) {
        for (const message of events)
          cloud.events.push({ eventId: `3${String(nth++).padStart(55, "0")}`, timestamp: Date.now() - 1000, message });
      },
      outage: {
        async begin() {
          cloud.isDown = true;
        },
        async end() {
          cloud.isDown = false;
        },
      },
      close: async () => cloud.close(),
    };
  },
});

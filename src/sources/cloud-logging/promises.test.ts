/** Cloud Logging, put to what every source promises, in Google's own types. */
import { describe } from "vitest";
import { freePort, hasPeer, peerPath, startPeer } from "../peers.kit.ts";
import { sourceContract } from "../source.contract.ts";
import { cloudLogging } from "./index.ts";

/** An audit event as the entry that GKE makes of it: its id is told, and what else the contract looks at. */
function entryOf(event: string) {
  const { auditID } = JSON.parse(event) as { auditID: string };
  const at = new Date(Date.now() - 1000).toISOString();
  return {
    logName: "projects/a-project/logs/cloudaudit.googleapis.com%2Factivity",
    ...{ insertId: auditID, timestamp: at, receiveTimestamp: at },
    resource: { type: "k8s_cluster", labels: { cluster_name: "prod" } },
    operation: { id: auditID, producer: "k8s.io", first: true, last: true },
    protoPayload: {
      "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
      ...{ serviceName: "k8s.io", methodName: "io.k8s.core.v1.pods.delete" },
      resourceName: "core/v1/namespaces/shop/pods/web",
    },
  };
}

describe.skipIf(!hasPeer("logging"))("Cloud Logging", () => {
  sourceContract({
    kind: cloudLogging,
    cluster: "prod",
    answersWhenKept: false,
    mostWaiting: 1,
    isExact: true,
    hasOutage: true,
    wrong: [
      [{ project: "A" }, "project: must be a Google Cloud project's id"],
      [{ begin: "yesterday" }, "begin: "],
      [{ endpoint: "ftp://x" }, "endpoint: "],
    ],
    async place() {
      const port = await freePort();
      const endpoint = `http://127.0.0.1:${port}`;
      const serve = () => startPeer(peerPath("logging/logging"), [String(port)], `${endpoint}/healthz`);
      let peer = await serve();
      return {
        options: {
          ...{ project: "a-project", endpoint, poll_interval_secs: 0.05, reads_per_minute: 6000 },
          cluster: "prod",
          begin: new Date(Date.now() - 60_000).toISOString(),
        },
        async put(events) {
          const body = JSON.stringify({ entries: events.map(entryOf) });
          await fetch(`${endpoint}/control`, { method: "POST", body });
        },
        outage: {
          begin: () => peer.stop(),
          async end() {
            peer = await serve();
          },
        },
        close: () => peer.stop(),
      };
    },
  });
});

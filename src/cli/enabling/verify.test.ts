import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { distributionOf } from "../../distributions/index.ts";
import type { Distribution } from "../../distributions/plan/contract.ts";
import { type Running, startServer } from "../serve.kit.ts";
import { doctor } from "./doctor.ts";
import { type Hosts, hosts, io } from "./hosts.kit.ts";
import { verifyWith } from "./verify.ts";

let at: Hosts;
let server: Running;
let data: string;
const k3s = distributionOf("k3s") as Distribution;

beforeAll(async () => {
  at = hosts();
  data = join(at.folder, "data");
  mkdirSync(data);
  server = await startServer(data);
});
afterAll(async () => {
  server.signal("SIGTERM");
  await server.ended;
  at.remove();
});

interface Acts {
  /** Whether its API server tells our server of each request. */
  readonly tells?: boolean;
  /** Words of the API server's pod; empty: it is no pod. */
  readonly flags?: string;
  /** Its page of metrics. */
  readonly metrics?: string;
  /** Only of these verbs; the others its policy drops. */
  readonly verbs?: readonly string[];
}

function kubectl({ tells = false, flags = audited, metrics = "", verbs = ["create", "delete"] }: Acts): void {
  const script = join(at.folder, "kubectl.mjs");
  writeFileSync(
    script,
    `const [verb, kind, name] = process.argv.slice(2);
const all = process.argv.join(" ");
if (all.includes("/readyz")) console.log("ok");
else if (all.includes("/metrics")) console.log(${JSON.stringify(`apiserver_audit_event_total 12\n${metrics}`)});
else if (all.includes("component=kube-apiserver")) console.log(${JSON.stringify(flags)});
else if (${tells}) {
  const time = new Date().toISOString().replace("Z", "000Z");
  const ref = ${JSON.stringify(verbs)}.includes(verb) ? { resource: kind + "s", name } : { resource: "nodes", name: "n" };
  const event = { level: "Metadata", auditID: crypto.randomUUID(), stage: "ResponseComplete", requestURI: "/api/v1/namespaces/default/configmaps", verb, user: { username: "me" }, objectRef: { namespace: "default", apiVersion: "v1", ...ref }, responseStatus: { code: 200 }, requestReceivedTimestamp: time, stageTimestamp: time };
  const body = JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items: [event] });
  await fetch(${JSON.stringify(server.ingest)} + "/k8s_audit/prod", { method: "POST", body });
}
`,
  );
  at.program("kubectl", `exec ${process.execPath} ${script} "$@"`);
}

const audited = "--audit-policy-file=/p --audit-webhook-config-file=/w";

test("an event that comes proves it", async () => {
  kubectl({ tells: true });
  const out = io(at);
  expect(await verifyWith(k3s, { cluster: "prod", server: server.api, data }, out), out.out() + out.err()).toBe(0);
  expect(out.out()).toMatch(/It came: cluster prod is heard, after \d+\.\d s/);
  const walk = io(at);
  expect(await doctor({ cluster: "prod", server: server.api, data }, walk), walk.out()).toBe(0);
  expect(walk.out()).not.toMatch(/broken|unknown/);
});

/** What is said where the cluster's ConfigMap does not come. */
async function walked(acts: Acts, cluster = "quiet", more: object = {}): Promise<string> {
  kubectl(acts);
  const out = io(at);
  expect(await verifyWith(k3s, { cluster, server: server.api, data, within: 1, ...more }, out)).toBe(1);
  return out.out();
}

const posts = (host: string, code: string, count = 3) =>
  `rest_client_requests_total{code="${code}",host="${host}",method="POST"} ${count}\n`;

test("an event that does not come is followed to the broken link", async () => {
  expect(await walked({ flags: "kube-apiserver" })).toMatch(/broken +audit flags .*--audit-policy-file/);
  expect(await walked({ flags: "--audit-policy-file=/p" })).toMatch(/broken +audit flags .*posts to nobody/);
  expect(await walked({ metrics: 'apiserver_audit_error_total{plugin="webhook"} 7\n' })).toMatch(
    /broken +route +7 events were posted in vain/,
  );
  expect(await walked({})).toMatch(/broken +events +nothing ever came from cluster quiet\n.*prod/);
});

test("requests to somebody else's webhook are told apart where the receiver is known", async () => {
  const metrics = posts("policy.example:443", "<error>", 1) + posts("10.0.0.5:7765", "200");
  expect(await walked({ metrics })).toMatch(/broken +route .*no answer from policy\.example:443/);
  const known = await walked({ metrics }, "quiet", { receiver: "https://10.0.0.5:7765/k8s_audit/quiet" });
  expect(known).toMatch(/ok +route +the API server's requests are taken by 10\.0\.0\.5:7765/);
});

test("a cluster that is heard, and tells nothing of the ConfigMap, has a policy that drops it", async () => {
  expect(await walked({ tells: true, verbs: [] }, "prod")).toMatch(/broken +audit policy .*does not tell/);
});

test("a server that is not there is told before anything is made", async () => {
  kubectl({ tells: true });
  const before = at.calls().length;
  const out = io(at, { TIERCEL_TOKEN: "x" });
  expect(await verifyWith(k3s, { cluster: "prod", server: "http://127.0.0.1:9", data }, out)).toBe(3);
  expect(out.err()).toContain("help: start one with `tiercel serve`");
  expect(at.calls()).toHaveLength(before);
  const walk = io(at);
  expect(await doctor({ cluster: "prod", server: "http://127.0.0.1:9", data }, walk)).toBe(3);
});

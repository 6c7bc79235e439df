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

/** A kubectl before an API server that tells our server of each request, or that tells nobody. */
function kubectl({ tells, flags, errors = 0 }: { tells: boolean; flags: string; errors?: number }): void {
  const script = join(at.folder, "kubectl.mjs");
  writeFileSync(
    script,
    `const [verb, kind, name] = process.argv.slice(2);
const all = process.argv.join(" ");
if (all.includes("/readyz")) console.log("ok");
else if (all.includes("/metrics")) console.log('apiserver_audit_event_total 12\\napiserver_audit_error_total{plugin="webhook"} ${errors}');
else if (all.includes("component=kube-apiserver")) console.log(${JSON.stringify(flags)});
else if (${tells}) {
  const time = new Date().toISOString().replace("Z", "000Z");
  const event = { level: "Metadata", auditID: crypto.randomUUID(), stage: "ResponseComplete", requestURI: "/api/v1/namespaces/default/configmaps", verb, user: { username: "me" }, objectRef: { resource: kind + "s", namespace: "default", name, apiVersion: "v1" }, responseStatus: { code: 200 }, requestReceivedTimestamp: time, stageTimestamp: time };
  const body = JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items: [event] });
  await fetch(${JSON.stringify(server.ingest)} + "/k8s_audit/prod", { method: "POST", body });
}
`,
  );
  at.program("kubectl", `exec ${process.execPath} ${script} "$@"`);
}

const audited = "--audit-policy-file=/p --audit-webhook-config-file=/w";

test("an event that comes proves it", async () => {
  kubectl({ tells: true, flags: audited });
  const out = io(at);
  expect(await verifyWith(k3s, { cluster: "prod", server: server.api, data }, out), out.out() + out.err()).toBe(0);
  expect(out.out()).toMatch(/It came: cluster prod is heard, after \d+\.\d s/);
  const walk = io(at);
  expect(await doctor({ cluster: "prod", server: server.api, data }, walk), walk.out()).toBe(0);
  expect(walk.out()).not.toMatch(/broken|unknown/);
});

test("an event that does not come is followed to the broken link", async () => {
  const broken = async (flags: string, errors = 0) => {
    kubectl({ tells: false, flags, errors });
    const out = io(at);
    expect(await verifyWith(k3s, { cluster: "quiet", server: server.api, data, within: 1 }, out)).toBe(1);
    return out.out();
  };
  expect(await broken("kube-apiserver")).toMatch(/broken +audit flags .*--audit-policy-file/);
  expect(await broken(audited, 7)).toMatch(/broken +audit backend +7 of 12 events could not be sent/);
  expect(await broken(audited)).toMatch(/broken +events +nothing ever came from cluster quiet\n.*prod/);
});

test("a server that is not there is told before anything is made", async () => {
  kubectl({ tells: true, flags: audited });
  const before = at.calls().length;
  const out = io(at, { TIERCEL_TOKEN: "x" });
  expect(await verifyWith(k3s, { cluster: "prod", server: "http://127.0.0.1:9", data }, out)).toBe(3);
  expect(out.err()).toContain("help: start one with `tiercel serve`");
  expect(at.calls()).toHaveLength(before);
  const walk = io(at);
  expect(await doctor({ cluster: "prod", server: "http://127.0.0.1:9", data }, walk)).toBe(3);
});

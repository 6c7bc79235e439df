/** Events whose wrappings name their clusters, from a post to the lists a person sees. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, startServer } from "./serve.kit.ts";

const dir = mkdtempSync(join(tmpdir(), "tiercel-named-"));
let server: Running;
beforeAll(async () => {
  const config = join(dir, "tiercel.yaml");
  writeFileSync(config, `clusters: [{ name: staging, id: "${resourceOf("second")}" }]\n`);
  server = await startServer(dir, ["-c", config]);
});
afterAll(async () => {
  server.signal("SIGKILL");
  await server.ended;
  rmSync(dir, { recursive: true, force: true });
});

const resourceOf = (name: string) =>
  `/subscriptions/0000/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/${name}`;
/** An exec, which our own rules detect. */
const exec = (auditID: string) => ({
  ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Request", auditID, stage: "ResponseStarted" },
  ...{ requestURI: "/api/v1/namespaces/shop/pods/web/exec?command=sh", verb: "create" },
  user: { username: "alice", groups: ["system:authenticated"] },
  ...{ sourceIPs: ["192.0.2.1"], userAgent: "kubectl" },
  objectRef: { resource: "pods", namespace: "shop", name: "web", apiVersion: "v1", subresource: "exec" },
  responseStatus: { metadata: {}, code: 101 },
  ...{ requestReceivedTimestamp: "2026-03-01T12:00:00.000000Z", stageTimestamp: "2026-03-01T12:00:00.100000Z" },
});
const record = (cluster: string, category: string, log: unknown) => ({
  ...{ category, resourceId: resourceOf(cluster).toUpperCase(), time: "2026-03-01T12:00:00Z" },
  properties: { log, stream: "stdout", pod: "kube-apiserver-0" },
});
const viaq = {
  ...exec("from-openshift"),
  ...{ level: "default", k8s_audit_level: "Request", log_type: "audit", log_source: "kubeAPI" },
  openshift: { cluster_id: "d24a392b-dd87-4eb8-a1a9-7384423567e3", sequence: 1 },
};
const auditd = { log_type: "audit", log_source: "auditd", openshift: viaq.openshift, message: "type=SYSCALL" };

interface Listed {
  readonly items: readonly { readonly cluster: string; readonly auditID: string }[];
}
const listed = async (path: string) => {
  const { items } = (await server.get(`/api/v1/${path}`)).body as Listed;
  return items.map(({ cluster, auditID }) => `${cluster} ${auditID}`).sort();
};

test("one hub for several AKS clusters, both audit categories on, in two messages: one activity, one detection each", async () => {
  const text = (id: string) => `${JSON.stringify(exec(id))}\n`;
  const admin = [record("FIRST", "kube-audit-admin", text("a")), record("Second", "kube-audit-admin", text("b"))];
  const all = [
    ...[record("FIRST", "kube-audit", text("a")), record("Second", "kube-audit", exec("b"))],
    ...[record("FIRST", "guard", '{"level":"info"}'), record("FIRST", "cluster-autoscaler", "I1123 scale")],
  ];
  for (const records of [admin, all]) await server.post(JSON.stringify({ records }));
  await server.post(JSON.stringify([viaq, auditd]));
  await server.post(JSON.stringify(exec("native")));
  await server.post(JSON.stringify({ records: [record("FIRST", "kube-audit", text("told"))] }), "/k8s_audit/oslo");
  const wanted = [
    ...["d24a392b-dd87-4eb8-a1a9-7384423567e3 from-openshift", "default native", "first a"],
    ...["oslo told", "staging b"],
  ];
  await expect.poll(() => listed("detections?limit=50"), { timeout: 30_000 }).toEqual(wanted);
  expect(await listed("activities?limit=50")).toEqual(wanted);
  const clusters = async () =>
    ((await server.get("/api/v1/clusters")).body as { items: readonly { name: string }[] }).items;
  await expect
    .poll(async () => (await clusters()).map(({ name }) => name).sort())
    .toEqual(["d24a392b-dd87-4eb8-a1a9-7384423567e3", "default", "first", "oslo", "staging"]);
  const metrics = await (await fetch(`${server.api}/metrics`)).text();
  expect(metrics).toMatch(/^tiercel_events_ignored_total\{source="webhook",cluster="default"\} 3$/m);
});

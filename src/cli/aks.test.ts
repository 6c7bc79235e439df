/** AKS end to end: TLS, a workload identity, both audit categories, a kill; and what a person sees of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownCertificate } from "../sources/admission/own-certificate.ts";
import { type FakeEntra, fakeEntra, loginHost } from "../sources/event-hubs/entra.kit.ts";
import { FakeHub } from "../sources/event-hubs/hub.kit.ts";
import { kitWorld } from "../sources/world.kit.ts";
import { type Running, startServer } from "./serve.kit.ts";

const dir = mkdtempSync(join(tmpdir(), "tiercel-aks-"));
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const hub = new FakeHub();
let entra: FakeEntra;
let env: NodeJS.ProcessEnv;
let server: Running;

beforeAll(async () => {
  const namespace = "audit.servicebus.windows.net";
  const { ca, ...tls } = await ownCertificate([namespace, loginHost, "127.0.0.1"], kitWorld("").memory, new Date());
  const port = await hub.listen(0, tls);
  entra = await fakeEntra(tls);
  entra.accepted.add("a-service-accounts-token");
  env = {
    NODE_EXTRA_CA_CERTS: file("ca.pem", ca),
    AZURE_CLIENT_ID: "a-client",
    AZURE_TENANT_ID: "a-tenant",
    AZURE_FEDERATED_TOKEN_FILE: file("token", "an-old-token"),
    HTTPS_PROXY: entra.proxy,
  };
  file(
    "tiercel.yaml",
    `sources: [{ type: event-hubs, namespace: ${namespace}, endpoint: "127.0.0.1:${port}", batch_bytes: 4096 }]\n`,
  );
});
afterAll(async () => {
  server.signal("SIGKILL");
  await server.ended;
  await hub.close();
  await entra.close();
  rmSync(dir, { recursive: true, force: true });
});

const many = 300;
const exec = (nth: number) =>
  JSON.stringify({
    ...{
      kind: "Event",
      apiVersion: "audit.k8s.io/v1",
      level: "Request",
      auditID: `a-${nth}`,
      stage: "ResponseStarted",
    },
    ...{ requestURI: `/api/v1/namespaces/shop/pods/web-${nth}/exec?command=sh`, verb: "create" },
    user: { username: "alice", groups: ["system:authenticated"] },
    ...{ sourceIPs: ["192.0.2.1"], userAgent: "kubectl" },
    objectRef: { resource: "pods", namespace: "shop", name: `web-${nth}`, apiVersion: "v1", subresource: "exec" },
    responseStatus: { metadata: {}, code: 101 },
    ...{ requestReceivedTimestamp: "2026-03-01T12:00:00.000000Z", stageTimestamp: "2026-03-01T12:00:00.100000Z" },
  });
const record = (category: string, log: string) => ({
  ...{ category, time: "2026-03-01T12:00:00.1Z" },
  resourceId: "/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/SHOP",
  properties: { log: `${log}\n`, stream: "stdout", pod: "kube-apiserver-0" },
});
const ids = (of: string) => async () => {
  const { items } = (await server.get(`/api/v1/${of}?limit=1000`)).body as {
    items: readonly { cluster: string; auditID: string }[];
  };
  return items.map(({ cluster, auditID }) => `${cluster} ${auditID}`).sort();
};

test("each event is one activity and one detection, over a kill, and a refused identity is told", async () => {
  const long = { timeout: 60_000, interval: 100 };
  for (let nth = 0; nth < many; nth++) {
    const text = exec(nth);
    const klog = record("kube-apiserver", "I1123 20:14:41.000000       1 httplog.go:132] no audit event");
    hub.send(nth % 4, Buffer.from(JSON.stringify({ records: [record("kube-audit", text), klog] })));
    hub.send((nth + 1) % 4, Buffer.from(JSON.stringify({ records: [record("kube-audit-admin", text)] })));
  }
  server = await startServer(dir, ["-c", join(dir, "tiercel.yaml")], env);
  const sources = async () =>
    ((await server.get("/api/v1/sources")).body as { items: readonly { state: string; why: string | null }[] }).items;
  await expect
    .poll(async () => (await sources())[0]?.why, long)
    .toMatch(/AADSTS700024: the assertion has expired; give the pod a workload identity/);
  expect((await sources())[0]?.why).not.toContain("an-old-token");

  file("token", "a-service-accounts-token");
  await expect.poll(async () => (await ids("activities")()).length, long).toBeGreaterThan(20);
  server.signal("SIGKILL");
  await server.ended;
  server = await startServer(dir, ["-c", join(dir, "tiercel.yaml")], env);
  const wanted = Array.from({ length: many }, (_, nth) => `shop a-${nth}`).sort();
  await expect.poll(ids("activities"), long).toEqual(wanted);
  await expect.poll(ids("detections"), long).toEqual(wanted);
  // Killed between keeping a batch and its checkpoint, it is told that one was sent again.
  await expect.poll(async () => (await sources())[0]?.state, long).toMatch(/^(connected|warning)$/);
  expect((await sources())[0]?.why ?? "sent again").toContain("sent again");
  expect(entra.asked.at(-1)?.get("scope")).toContain("eventhubs.azure.net");
  expect(hub.claims.at(-1)).toMatchObject({ type: "jwt", token: expect.stringMatching(/^token-\d+$/) });
}, 240_000);

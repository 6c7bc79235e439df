import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { manifestPath } from "../../distributions/plan/static-pod.ts";
import { hasPeer } from "../../sources/peers.kit.ts";
import { auditLog, eventKey } from "./audit-log.kit.ts";
import { type ControlPlane, peer } from "./control-plane.kit.ts";
import { enabledCluster } from "./enabled-cluster.kit.ts";
import type { EnabledHost } from "./enabled-host.kit.ts";
import { kubeadmManifest } from "./kubeadm-manifest.kit.ts";
import { clusterName, type OwnServer } from "./own-server.kit.ts";
import { until } from "./processes.kit.ts";

describe.skipIf(!hasPeer(peer))("a real API server", () => {
  let ours: OwnServer;
  let host: EnabledHost;
  let plane: ControlPlane;

  enabledCluster(async (cluster) => {
    ({ host, ours } = cluster);
    plane = host.plane;
    await plane.does([
      "create",
      "configmap",
      "kubeadm-config",
      "-n",
      "kube-system",
      `--from-literal=ClusterConfiguration=${clusterConfiguration}`,
    ]);
    const { code, io } = await host.turn("enable", "kubeadm", { host: ["cp1"] });
    expect(code, io.err()).toBe(0);
  });

  test("who did what, and what is detected, comes out right", async () => {
    await aDayAtWork(plane);
    await arrived();
    const rows = await ours.all("/api/v1/activities", { cluster: clusterName });
    const told = rows
      .filter(({ resource }) => resource)
      .map(({ user, verb, resource, subresource, namespace, name, code, outcome, level }) =>
        [user, verb, [resource, subresource].filter(Boolean).join("/"), namespace, name, code, outcome, level]
          .map((word) => word ?? "-")
          .join(" "),
      );
    // Newest first; kubectl looks at what it changes.
    expect(told.filter((line) => /^(alice|bob|-|system:anonymous) /.test(line))).toEqual(
      [
        "alice create configmaps shop settings 201 done Request",
        "alice create deployments shop web 201 done Request",
        "alice get deployments shop web 200 done Metadata",
        "alice patch deployments shop web 200 done Request",
        "alice get deployments shop web 200 done Metadata",
        "alice patch deployments shop web 200 done Request",
        "alice get deployments shop web 200 done Metadata",
        "alice patch deployments shop web 200 done Request",
        "alice patch configmaps shop applied 201 done Request",
        "alice create pods shop toolbox 201 done Request",
        "alice get pods shop toolbox 200 done Metadata",
        "alice get pods/exec shop toolbox 101 done Metadata",
        "alice get pods shop toolbox 200 done Metadata",
        "alice get pods/log shop toolbox 200 done Metadata",
        "alice delete configmaps shop settings 200 done Request",
        "alice get configmaps shop settings 404 failed Metadata",
        "bob list secrets kube-system - 403 denied Metadata",
        "- list pods shop - 401 denied Metadata",
        "system:anonymous list secrets - - 403 denied Metadata",
      ].toReversed(),
    );
    const found = await ours.all("/api/v1/detections", { cluster: clusterName });
    expect(found.map(({ rule, output }) => `${rule}: ${/user=(\S+)/.exec(String(output))?.[1] ?? "-"}`)).toEqual(
      [
        "Create Disallowed Namespace: kubernetes-admin",
        "K8s Serviceaccount Created: kubernetes-admin",
        "ClusterRole With Pod Exec Created: kubernetes-admin",
        "K8s RoleBinding Created: kubernetes-admin",
        "Create HostNetwork Pod: alice",
        "Create Privileged Pod: alice",
        "Exec Reads Credentials: alice",
        "K8s Secret Get Unsuccessfully Tried: bob",
        "Failed Login: -",
        "K8s Secret Get Unsuccessfully Tried: system:anonymous",
      ].toReversed(),
    );
    expect(found.find(({ rule }) => rule === "Exec Reads Credentials")?.output).toContain("command=cat /etc/shadow");
    // Matched, and by the shipped policies not counted.
    const uncounted = rows.flatMap((row) => row.uncounted as string[]);
    expect(new Set(uncounted)).toEqual(
      new Set(["K8s ConfigMap Created", "K8s ConfigMap Deleted", "K8s Deployment Created", "K8s Namespace Created"]),
    );
  }, 600_000);

  test("a namespace's worth of objects comes whole", async () => {
    await plane.does(["create", "namespace", "warehouse"]);
    const made = await plane.does(["apply", "-f", "-"], {
      stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: wares }),
    });
    expect(made.trim().split("\n")).toHaveLength(wares.length);
    await plane.does(["delete", "all,configmaps,secrets,roles", "--all", "-n", "warehouse", "--wait=false"]);
    await plane.does(["delete", "namespace", "warehouse", "--wait=false"]);
    await arrived();
    const rows = await ours.all("/api/v1/activities", { namespace: "warehouse", verb: "create" });
    expect(rows.map(({ resource, name }) => `${resource} ${name}`).toSorted()).toEqual(
      expect.arrayContaining(wares.map(({ kind, metadata }) => `${plural[kind]} ${metadata.name}`)),
    );
  }, 600_000);

  test("nothing is lost, and nothing doubled, while ours is away for 30 s under traffic", async () => {
    await ours.kill();
    const back = performance.now() + 30_000;
    let asked = 0;
    while (performance.now() < back) {
      const name = `while-away-${asked++}`;
      const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
      expect((await plane.ask("/api/v1/namespaces/shop/configmaps", { method: "POST", body })).status).toBe(201);
      await sleep(200);
    }
    await ours.start();
    await arrived();
    const rows = await ours.all("/api/v1/activities", { verb: "create", resource: "configmaps", namespace: "shop" });
    const names = rows.map(({ name }) => String(name)).filter((name) => name.startsWith("while-away-"));
    expect(names.toSorted()).toEqual(Array.from({ length: asked }, (_, at) => `while-away-${at}`).toSorted());
  }, 600_000);

  test("another policy: the API server is ended, and the kubelet starts it anew", async () => {
    const { code, io } = await host.turn("enable", "kubeadm", { host: ["cp1"], levelCap: "Metadata" });
    expect(code, io.err()).toBe(0);
    expect(io.err()).toContain("it is ended, and the kubelet starts it anew");
    await host.settled();
    await plane.does(["create", "configmap", "shallow", "-n", "shop"]);
    const shallow = () => ours.all("/api/v1/activities", { name: "shallow" });
    await until(
      async () => (await shallow()).length === 1,
      () => plane.said().slice(-2000),
    );
    expect(await shallow()).toMatchObject([{ level: "Metadata" }]);
  }, 600_000);

  test("disabled, it runs as before; enabled as Minikube starts it, its events come again", async () => {
    const undone = await host.turn("disable", "kubeadm", { host: ["cp1"] });
    expect(undone.code, undone.io.err()).toBe(0);
    expect(host.host.read("cp1", manifestPath)).toBe(kubeadmManifest);
    const kept = await plane.does([
      "get",
      "configmap",
      "kubeadm-config",
      "-n",
      "kube-system",
      "-o",
      "jsonpath={.data.ClusterConfiguration}",
    ]);
    expect(kept).toBe(clusterConfiguration);
    await host.settled();

    const profile = join(host.host.folder, ".minikube/profiles/minikube/config.json");
    mkdirSync(dirname(profile), { recursive: true });
    writeFileSync(
      profile,
      JSON.stringify({ Name: "minikube", KubernetesConfig: { KubernetesVersion: "v1.37.2", ExtraOptions: null } }),
    );
    host.host.program("minikube", "exit 0");
    const done = await host.turn("enable", "minikube");
    expect(done.code, done.io.err()).toBe(0);
    const start = host.host.calls().findLast((call) => call.startsWith("minikube start"));
    cpSync(join(host.host.folder, ".minikube/files"), plane.root, { recursive: true });
    await plane.run(withExtraConfig(kubeadmManifest, start ?? ""));
    await plane.does(["create", "configmap", "from-minikube", "-n", "shop"]);
    await until(
      async () => (await ours.all("/api/v1/activities", { name: "from-minikube" })).length === 1,
      () => plane.said().slice(-2000),
    );
  }, 600_000);

  /** Everything that the API server logged came here, once. */
  async function arrived(): Promise<void> {
    let [wanted, came]: [string[], string[]] = [[], []];
    await until(
      async () => {
        wanted = auditLog(host.logFile).map(eventKey);
        came = (await ours.all("/api/v1/activities", { cluster: clusterName, events: "omit" })).flatMap(
          ({ auditID, stages }) => (stages as string[]).map((stage) => eventKey({ auditID: String(auditID), stage })),
        );
        const there = new Set(came);
        return wanted.every((key) => there.has(key));
      },
      () => `${wanted.length} were logged, ${came.length} came`,
      400,
    );
    expect(came.toSorted()).toEqual(wanted.toSorted());
  }
});

/** Minikube's way: kubeadm's manifest with a flag for each `--extra-config=apiserver.…`. */
function withExtraConfig(manifest: string, start: string): string {
  const extra = [...start.matchAll(/--extra-config=apiserver\.(\S+)/g)].map(([, flag]) => `    - --${flag}\n`);
  expect(extra).toHaveLength(11);
  return manifest.replace("    - --allow-privileged=true\n", (line) => line + extra.join(""));
}

const plural: Readonly<Record<string, string>> = {
  ConfigMap: "configmaps",
  Secret: "secrets",
  Service: "services",
  Deployment: "deployments",
  Role: "roles",
};

const inWarehouse = (name: string) => ({ metadata: { name, namespace: "warehouse" } });
const wares = Array.from({ length: 20 }, (_, at) => [
  { apiVersion: "v1", kind: "ConfigMap", ...inWarehouse(`config-${at}`), data: { at: String(at) } },
  { apiVersion: "v1", kind: "Secret", ...inWarehouse(`secret-${at}`), stringData: { key: `hidden-${at}` } },
  { apiVersion: "v1", kind: "Service", ...inWarehouse(`service-${at}`), spec: { ports: [{ port: 80 }] } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    ...inWarehouse(`deployment-${at}`),
    spec: {
      selector: { matchLabels: { at: String(at) } },
      template: {
        metadata: { labels: { at: String(at) } },
        spec: { containers: [{ name: "one", image: "nginx" }] },
      },
    },
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    ...inWarehouse(`role-${at}`),
    rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }],
  },
]).flat();

const clusterConfiguration = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.37.2
networking:
  serviceSubnet: 10.96.0.0/12
`;

const role = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "Role",
  metadata: { name: "shopkeeper", namespace: "shop" },
  rules: [
    {
      apiGroups: ["", "apps"],
      resources: ["configmaps", "services", "pods", "deployments"],
      verbs: ["get", "list", "create", "update", "patch", "delete"],
    },
    { apiGroups: [""], resources: ["pods/exec", "pods/attach"], verbs: ["get", "create"] },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  ],
};

const toolbox = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "toolbox", namespace: "shop" },
  spec: {
    nodeName: "node-1",
    containers: [{ name: "toolbox", image: "busybox", stdin: true, securityContext: { privileged: true } }],
  },
};

async function aDayAtWork(plane: ControlPlane): Promise<void> {
  await plane.addNode();
  await plane.does(["create", "namespace", "shop"]);
  // What the controller manager makes in each namespace.
  await plane.does(["create", "serviceaccount", "default", "-n", "shop"]);
  await plane.does(["create", "-f", "-"], { stdin: JSON.stringify(role) });
  await plane.does(["create", "rolebinding", "alice", "--role=shopkeeper", "--user=alice", "-n", "shop"]);
  const alice = (args: readonly string[], stdin = "") => plane.does(["-n", "shop", ...args], { as: "alice", stdin });
  await alice(["create", "configmap", "settings", "--from-literal=colour=red"]);
  await alice(["create", "deployment", "web", "--image=nginx"]);
  await alice([
    "patch",
    "deployment",
    "web",
    "--type=json",
    "-p",
    '[{"op":"replace","path":"/spec/replicas","value":2}]',
  ]);
  await alice(["patch", "deployment", "web", "--type=merge", "-p", '{"spec":{"replicas":3}}']);
  await alice([
    "patch",
    "deployment",
    "web",
    "--type=strategic",
    "-p",
    '{"spec":{"template":{"spec":{"hostNetwork":true}}}}',
  ]);
  await alice(
    ["apply", "--server-side", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" }, data: { a: "b" } }),
  );
  await alice(["create", "-f", "-"], JSON.stringify(toolbox));
  expect(await alice(["exec", "toolbox", "--", "cat", "/etc/shadow"])).toBe("toolbox: cat /etc/shadow\n");
  expect(await alice(["logs", "toolbox"])).toBe("a line of toolbox\n");
  await alice(["delete", "configmap", "settings"]);
  expect((await plane.kubectl(["get", "secrets", "-n", "kube-system"], { as: "bob" })).stderr).toContain("Forbidden");
  expect((await plane.ask("/api/v1/namespaces/shop/pods", { token: "nobody's" })).status).toBe(401);
  expect((await plane.ask("/api/v1/secrets", { token: null })).status).toBe(403);
}

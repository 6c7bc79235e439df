/** A small make-believe cluster: controllers, kubelets and people at work, and now and then something worth telling. */

import { demoDeployment } from "./demo-deployment.ts";

/** An audit event as an API server would send it, without times and ids. */
export interface DemoRequest {
  readonly level: "Metadata" | "Request" | "RequestResponse";
  readonly stages: readonly ("ResponseStarted" | "ResponseComplete")[];
  readonly verb: string;
  readonly requestURI: string;
  readonly user: Readonly<Record<string, unknown>>;
  readonly impersonatedUser?: Readonly<Record<string, unknown>>;
  readonly sourceIPs: readonly string[];
  readonly userAgent: string;
  readonly objectRef?: Readonly<Record<string, unknown>>;
  readonly responseStatus: Readonly<Record<string, unknown>>;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  /** Of a stream: how long it stays open, in milliseconds. */
  readonly lastsMillis?: number;
  readonly annotations: Readonly<Record<string, string>>;
}

const kubectl = "kubectl/v1.33.2 (linux/amd64) kubernetes/a57b6f7";
const nodes = ["node-a", "node-b", "node-c"];
const namespaces = ["shop", "payments", "monitoring"];
const apps = ["web", "cart", "ledger", "search", "mailer"];
const people = ["alice@example.com", "bob@example.com", "carol@example.com"];

/** Deals requests for ever, the same for the same chance. `chance` answers numbers from 0 up to 1. */
export function demoCluster(chance: () => number) {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(chance() * items.length)] as T;
  const hex = (length: number) => Array.from({ length }, () => Math.floor(chance() * 16).toString(16)).join("");
  const letters = (of: string, length: number) => Array.from({ length }, () => pick([...of])).join("");
  // As a ReplicaSet's hash and a pod's suffix are spelt.
  const podName = () => `${pick(apps)}-${letters("456789bcdf", 9)}-${letters("bcdfghjklmnpqrstvwxz2456789", 5)}`;

  const person = () => ({ username: pick(people), groups: ["developers", "system:authenticated"] });
  const robot = (namespace: string, name: string) => ({
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  });
  const kubelet = (node: string) => ({
    username: `system:node:${node}`,
    groups: ["system:nodes", "system:authenticated"],
  });

  const request = (parts: Partial<DemoRequest>): DemoRequest => ({
    level: "Metadata",
    stages: ["ResponseComplete"],
    verb: "get",
    requestURI: "/version",
    user: person(),
    sourceIPs: [`192.0.2.${10 + Math.floor(chance() * 40)}`],
    userAgent: kubectl,
    responseStatus: { metadata: {}, code: 200 },
    annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" },
    ...parts,
  });
  const created = { metadata: {}, code: 201 };
  const stream = (lastsMillis: number) =>
    ({
      stages: ["ResponseStarted", "ResponseComplete"],
      responseStatus: { metadata: {}, code: 101 },
      lastsMillis,
    }) as const;
  const forbidden = {
    responseStatus: { metadata: {}, status: "Failure", reason: "Forbidden", message: "forbidden", code: 403 },
    annotations: { "authorization.k8s.io/decision": "forbid", "authorization.k8s.io/reason": "" },
  } as const;

  /** What goes on all the time. */
  const routine = [
    () => {
      const node = pick(nodes);
      return request({
        verb: "update",
        requestURI: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}?timeout=10s`,
        user: kubelet(node),
        userAgent: "kubelet/v1.33.2 (linux/amd64) kubernetes/a57b6f7",
        objectRef: {
          resource: "leases",
          namespace: "kube-node-lease",
          name: node,
          apiGroup: "coordination.k8s.io",
          apiVersion: "v1",
        },
      });
    },
    () => {
      const namespace = pick(namespaces);
      return request({
        verb: "watch",
        stages: ["ResponseStarted"],
        requestURI: `/api/v1/namespaces/${namespace}/pods?watch=true&timeoutSeconds=420`,
        user: robot("monitoring", "prometheus"),
        userAgent: "Prometheus/3.4.0",
        objectRef: { resource: "pods", namespace, apiVersion: "v1" },
      });
    },
    () => {
      const namespace = pick(namespaces);
      return request({
        verb: "list",
        requestURI: `/apis/apps/v1/namespaces/${namespace}/deployments?limit=500`,
        objectRef: { resource: "deployments", namespace, apiGroup: "apps", apiVersion: "v1" },
      });
    },
    () => {
      const namespace = pick(namespaces);
      const name = podName();
      return request({
        level: "Request",
        verb: "create",
        requestURI: `/api/v1/namespaces/${namespace}/pods`,
        user: robot("kube-system", "replicaset-controller"),
        userAgent:
          "kube-controller-manager/v1.33.2 (linux/amd64) kubernetes/a57b6f7/system:serviceaccount:kube-system:replicaset-controller",
        objectRef: { resource: "pods", namespace, name, apiVersion: "v1" },
        responseStatus: created,
        requestObject: pod(name, namespace, {}),
      });
    },
  ];

  /** What people should hear of. Each is caught by a rule of the shipped pack. */
  const notable = [
    () => {
      const namespace = pick(namespaces);
      const name = podName();
      return request({
        ...stream(20_000 + Math.floor(chance() * 600_000)),
        requestURI: `/api/v1/namespaces/${namespace}/pods/${name}/exec?command=sh&command=-c&command=id&container=main&stdin=true&stdout=true&tty=true`,
        objectRef: { resource: "pods", subresource: "exec", namespace, name, apiVersion: "v1" },
      });
    },
    () => {
      const name = podName();
      return request({
        ...stream(40),
        requestURI: `/api/v1/namespaces/payments/pods/${name}/exec?command=cat&command=%2Fvar%2Frun%2Fsecrets%2Fkubernetes.io%2Fserviceaccount%2Ftoken&container=main&stdout=true`,
        user: robot("shop", "ci"),
        objectRef: { resource: "pods", subresource: "exec", namespace: "payments", name, apiVersion: "v1" },
      });
    },
    () => {
      const name = `debug-${hex(5)}`;
      return request({
        level: "Request",
        verb: "create",
        requestURI: "/api/v1/namespaces/shop/pods",
        objectRef: { resource: "pods", namespace: "shop", name, apiVersion: "v1" },
        responseStatus: created,
        requestObject: pod(name, "shop", {
          containers: [{ name: "main", image: "busybox:1.37", securityContext: { privileged: true } }],
          volumes: [{ name: "host", hostPath: { path: "/", type: "" } }],
        }),
      });
    },
    () => {
      const name = `temporary-${hex(4)}`;
      return request({
        level: "Request",
        verb: "create",
        requestURI: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?fieldManager=kubectl-create",
        objectRef: { resource: "clusterrolebindings", name, apiGroup: "rbac.authorization.k8s.io", apiVersion: "v1" },
        responseStatus: created,
        requestObject: {
          kind: "ClusterRoleBinding",
          apiVersion: "rbac.authorization.k8s.io/v1",
          metadata: { name },
          subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: pick(people) }],
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        },
      });
    },
    () =>
      request({
        verb: "list",
        requestURI: "/api/v1/secrets?limit=500",
        objectRef: { resource: "secrets", apiVersion: "v1" },
      }),
    () => {
      const namespace = pick(namespaces);
      const name = `${pick(apps)}-credentials`;
      const refused = chance() < 0.5;
      return request({
        requestURI: `/api/v1/namespaces/${namespace}/secrets/${name}`,
        objectRef: { resource: "secrets", namespace, name, apiVersion: "v1" },
        ...(refused ? forbidden : {}),
      });
    },
    () =>
      request({
        stages: ["ResponseStarted"],
        verb: "list",
        requestURI: "/api/v1/namespaces",
        user: {},
        userAgent: "curl/8.14.1",
        objectRef: { resource: "namespaces", apiVersion: "v1" },
        responseStatus: { metadata: {}, status: "Failure", reason: "Unauthorized", message: "Unauthorized", code: 401 },
        annotations: {},
      }),
    () =>
      request({
        verb: "list",
        requestURI: "/api/v1/nodes",
        user: { username: "system:anonymous", groups: ["system:unauthenticated"] },
        userAgent: "curl/8.14.1",
        sourceIPs: ["198.51.100.23"],
        objectRef: { resource: "nodes", apiVersion: "v1" },
      }),
    () =>
      request({
        verb: "list",
        requestURI: "/api/v1/pods",
        impersonatedUser: { username: "root", groups: ["system:masters", "system:authenticated"] },
        objectRef: { resource: "pods", apiVersion: "v1" },
      }),
    () => {
      const name = `settings-${hex(4)}`;
      return request({
        level: "Request",
        verb: "create",
        requestURI: "/api/v1/namespaces/shop/configmaps",
        objectRef: { resource: "configmaps", namespace: "shop", name, apiVersion: "v1" },
        responseStatus: created,
        requestObject: {
          kind: "ConfigMap",
          apiVersion: "v1",
          metadata: { name, namespace: "shop" },
          data: { "app.ini": "user = shop\npassword = correct-horse\n" },
        },
      });
    },
  ];

  let dealt = 0;
  const change = demoDeployment(chance, request);
  return {
    routine: () => pick(routine)(),
    /** Somebody changes the deployment `shop/web`. */
    change,
    /** One after the other, so that a short look sees them all. */
    notable: () => notable[dealt++ % notable.length]!(),
    notables: notable.length,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}

function pod(name: string, namespace: string, spec: Readonly<Record<string, unknown>>): unknown {
  const containers = [
    { name: "main", image: "registry.example.com/shop/main:1.8.2", resources: {}, imagePullPolicy: "IfNotPresent" },
  ];
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, namespace, creationTimestamp: null },
    spec: { containers, restartPolicy: "Always", serviceAccountName: "default", ...spec },
    status: {},
  };
}

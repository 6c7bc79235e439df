/** Requests of every kind that a policy tells apart, the same each time; each carries its number as its audit id. */
import type { Asked, ControlPlane } from "./control-plane.kit.ts";

export interface Request extends Asked {
  readonly path: string;
}

const shop = "/api/v1/namespaces/shop";
const apps = "/apis/apps/v1/namespaces/shop";
const configMap = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  ...more,
});
const patch = (type: string, body: unknown, path = `${shop}/configmaps/c`): Request => ({
  method: "PATCH",
  path,
  headers: { "content-type": `application/${type}+json` },
  body,
});
const container = { name: "c", image: "i" };
const pod = (name: string, spec: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: { containers: [container], ...spec },
});
const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { a: "b" } },
    template: { metadata: { labels: { a: "b" } }, spec: { containers: [container] } },
  },
};
const get = (path: string, more: Asked = {}): Request => ({ path, ...more });
const post = (path: string, body: unknown, more: Asked = {}): Request => ({ method: "POST", path, body, ...more });

export const requests: readonly Request[] = [
  // Objects of a namespace, by every verb.
  post(`${shop}/configmaps`, configMap("c", { data: { a: "b" } })),
  post(`${shop}/configmaps`, { ...configMap(""), metadata: { generateName: "made-", labels: { a: "b" } } }),
  get(`${shop}/configmaps`),
  get(`${shop}/configmaps/c`),
  get(`${shop}/configmaps?fieldSelector=metadata.name=c`),
  get(`${shop}/configmaps?watch=true&timeoutSeconds=1`),
  get("/api/v1/watch/namespaces/shop/configmaps?timeoutSeconds=1"),
  get(`${shop}/configmaps/c`, { method: "HEAD" }),
  { method: "PUT", path: `${shop}/configmaps/c`, body: configMap("c", { data: { a: "c" } }) },
  patch("json-patch", [{ op: "replace", path: "/data/a", value: "d" }]),
  patch("merge-patch", { data: { b: "e" } }),
  patch("strategic-merge-patch", { data: { b: null } }),
  {
    ...patch("apply-patch", "", `${shop}/configmaps/d?fieldManager=t`),
    headers: { "content-type": "application/apply-patch+yaml" },
    body: JSON.stringify(configMap("d")),
  },
  { method: "DELETE", path: `${shop}/configmaps/c`, body: { kind: "DeleteOptions", apiVersion: "v1" } },
  { method: "DELETE", path: `${shop}/configmaps/d?dryRun=All` },
  { method: "DELETE", path: `${shop}/configmaps?labelSelector=a%3Db` },
  { method: "DELETE", path: `${shop}/configmaps/d` },
  // All namespaces, and no namespace.
  get("/api/v1/configmaps"),
  get("/api/v1/secrets"),
  get("/api/v1/secrets?fieldSelector=metadata.name=s"),
  get("/api/v1/namespaces/kube-system/secrets"),
  get("/api/v1/namespaces/kube-system/secrets/s"),
  get("/api/v1/nodes"),
  get("/api/v1/nodes/node-1"),
  get("/api/v1/namespaces"),
  get("/api/v1/namespaces/shop"),
  post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }),
  patch("merge-patch", { metadata: { labels: { a: "b" } } }, "/api/v1/namespaces/shop"),
  get("/api/v1/namespaces/shop/status"),
  // Parts of objects.
  post(`${shop}/serviceaccounts/default/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: {},
  }),
  post(`${shop}/pods`, pod("p")),
  get(`${shop}/pods/p/status`),
  patch("strategic-merge-patch", { status: { phase: "Running" } }, `${shop}/pods/p/status`),
  post(`${shop}/pods/p/binding`, {
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name: "p" },
    target: { kind: "Node", name: "node-1" },
  }),
  get(`${shop}/pods/p/log?container=c`),
  get(`${shop}/pods/p/exec?container=c&command=id&stdout=true`),
  post(`${shop}/pods/p/exec?container=c&command=id&stdout=true`, ""),
  get(`${shop}/pods/p/proxy/x/y`),
  post(`${shop}/pods/p/eviction`, { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "p" } }),
  { method: "DELETE", path: `${shop}/pods/p?gracePeriodSeconds=0` },
  get(`${shop}/services/s/proxy/`),
  get("/api/v1/nodes/node-1/proxy/metrics"),
  // Other groups, and what nobody serves.
  post(`${apps}/deployments`, deployment),
  get(`${apps}/deployments/web/scale`),
  patch("merge-patch", { spec: { replicas: 2 } }, `${apps}/deployments/web/scale`),
  { method: "DELETE", path: `${apps}/deployments/web` },
  post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { verb: "get", resource: "pods" } },
  }),
  get("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/l"),
  get("/apis/events.k8s.io/v1/events"),
  get("/apis/unknown.example/v1/namespaces/shop/widgets/w"),
  get(`${shop}/widgets/w`),
  { method: "OPTIONS", path: `${shop}/pods` },
  // No resources.
  ...[
    "/",
    "/api",
    "/api/v1",
    "/apis",
    "/apis/apps",
    "/apis/apps/v1",
    "/version",
    "/healthz",
    "/healthz/etcd",
    "/readyz?verbose",
    "/nowhere",
  ].map((path) => get(path)),
  post("/version", {}),
  // Callers.
  get(`${shop}/configmaps`, { token: "alice" }),
  post(`${shop}/configmaps`, configMap("mine"), { token: "alice" }),
  get("/version", { token: "alice" }),
  get(`${shop}/configmaps`, { token: null }),
  get("/version", { token: null }),
  get(`${shop}/configmaps`, { token: "nobody's" }),
  get("/version", { token: "nobody's" }),
  get(`${shop}/configmaps`, { headers: { "impersonate-user": "bob" } }),
  get(`${shop}/configmaps`, { token: "alice", headers: { "impersonate-user": "bob" } }),
  get(`${shop}/configmaps?timeout=abc`),
  post(`${shop}/configmaps`, "{"),
  { ...post(`${shop}/configmaps`, "x"), headers: { "content-type": "text/plain" } },
];

export const auditId = (at: number): string => `request-${at}`;

/** What the requests find: a namespace, its service account, a node. */
export async function grounds(plane: ControlPlane): Promise<void> {
  await plane.addNode();
  await plane.does(["create", "namespace", "shop"]);
  await plane.does(["create", "serviceaccount", "default", "-n", "shop"]);
}

/** One after the other; the status of each. */
export async function askAll(plane: ControlPlane): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const [at, { path, headers = {}, ...asked }] of requests.entries())
    statuses.push((await plane.ask(path, { ...asked, headers: { ...headers, "audit-id": auditId(at) } })).status);
  return statuses;
}

/** What is told of requests, in whole sentences, and which words of them can be filtered by. */
import { describe, expect, test } from "vitest";
import type { Detection } from "./detection.ts";
import { activitiesFrom } from "./recorded.kit.ts";
import { sentenceOf, sentenceText } from "./sentence.ts";

type Change = Record<string, unknown>;

const event = (change: Change) => ({
  kind: "Event",
  apiVersion: "audit.k8s.io/v1",
  level: "Request",
  auditID: "a-1",
  stage: "ResponseComplete",
  requestURI: "/api/v1/namespaces/payments/pods/api-7c9",
  verb: "get",
  user: { username: "alice@example.com", groups: ["system:authenticated"] },
  sourceIPs: ["192.0.2.7"],
  userAgent: "kubectl/v1.31.0 (linux/amd64) kubernetes/9edcffc",
  objectRef: { resource: "pods", namespace: "payments", name: "api-7c9", apiVersion: "v1" },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: "2026-03-02T08:00:00.000001Z",
  stageTimestamp: "2026-03-02T08:00:00.250001Z",
  ...change,
});
const partsOf = (change: Change) => activitiesFrom([event(change)]).map(sentenceOf)[0] ?? [];
const told = (change: Change) => sentenceText(partsOf(change));

const pod = (subresource: string, query: string, change: Change = {}) =>
  told({
    verb: "create",
    requestURI: `/api/v1/namespaces/payments/pods/api-7c9/${subresource}?${query}`,
    objectRef: { resource: "pods", subresource, namespace: "payments", name: "api-7c9" },
    responseStatus: { code: 101 },
    ...change,
  });

test("the values in a sentence can be filtered by, the words around them cannot", () => {
  expect(partsOf({ verb: "delete", responseStatus: { code: 403 }, impersonatedUser: { username: "bob" } })).toEqual([
    { facet: "user", value: "alice@example.com", text: "alice@example.com" },
    { text: " acting as " },
    { facet: "impersonatedUser", value: "bob", text: "bob" },
    { text: " tried to delete pod " },
    { facet: "namespace", value: "payments", text: "payments" },
    { text: "/" },
    { facet: "name", value: "api-7c9", text: "api-7c9" },
    { text: ", but was refused (" },
    { facet: "code", value: "403", text: "403" },
    { text: ")" },
  ]);
});

describe("into a pod", () => {
  test("a shell is opened, a command is run, files are copied", () => {
    expect(pod("exec", "command=sh&command=-c&command=ls%20-l%20%7C%20wc&container=app&stdin=true&tty=true")).toBe(
      "alice@example.com opened a shell in pod payments/api-7c9 (container app: sh -c 'ls -l | wc')",
    );
    expect(pod("exec", "command=%2Fbin%2Fbash")).toBe(
      "alice@example.com opened a shell in pod payments/api-7c9 (/bin/bash)",
    );
    expect(pod("exec", "command=sh&command=-c&command=id&container=app")).toBe(
      "alice@example.com ran sh -c id in pod payments/api-7c9 (container app)",
    );
    expect(pod("exec", "command=cat&command=/etc/shadow&container=app")).toBe(
      "alice@example.com ran cat /etc/shadow in pod payments/api-7c9 (container app)",
    );
    expect(pod("exec", "command=tar&command=cf&command=-&command=/app/keys&container=app")).toBe(
      "alice@example.com copied /app/keys out of pod payments/api-7c9 (container app)",
    );
    expect(pod("exec", "command=tar&command=xmf&command=-&command=-C&command=/tmp")).toBe(
      "alice@example.com copied files into /tmp of pod payments/api-7c9",
    );
    expect(pod("exec", "")).toBe("alice@example.com ran a command in pod payments/api-7c9");
    expect(pod("exec", `command=echo&command=${"x".repeat(200)}`)).toBe(
      `alice@example.com ran echo ${"x".repeat(66)}… in pod payments/api-7c9`,
    );
  });

  test("what is refused, unknown, failed or unanswered is not told as done", () => {
    const exec = (code: number | undefined, stage = "ResponseComplete") =>
      pod("exec", "command=sh", { responseStatus: code === undefined ? undefined : { code }, stage });
    const what = "open a shell in pod payments/api-7c9 (sh)";
    expect(exec(403)).toBe(`alice@example.com tried to ${what}, but was refused (403)`);
    expect(exec(401)).toBe(`alice@example.com tried to ${what}, but was not let in (401)`);
    expect(exec(404)).toBe(`alice@example.com tried to ${what}, but failed (404 not found)`);
    expect(exec(418)).toBe(`alice@example.com tried to ${what}, but failed (418)`);
    expect(exec(undefined, "RequestReceived")).toBe(`alice@example.com asked to ${what}`);
    expect(exec(200, "Panic")).toBe(`alice@example.com tried to ${what}, but it broke off (200)`);
    expect(exec(undefined, "Panic")).toBe(`alice@example.com tried to ${what}, but failed`);
  });

  test("it is attached to, forwarded, read, evicted, debugged, reached by proxy", () => {
    expect(pod("attach", "container=app&stdin=true")).toBe(
      "alice@example.com attached to pod payments/api-7c9 (container app)",
    );
    expect(pod("portforward", "")).toBe("alice@example.com forwarded ports of pod payments/api-7c9");
    expect(pod("log", "container=app&tailLines=10", { verb: "get" })).toBe(
      "alice@example.com read the logs of pod payments/api-7c9 (container app)",
    );
    expect(pod("log", "follow=true", { verb: "get" })).toBe(
      "alice@example.com followed the logs of pod payments/api-7c9",
    );
    expect(pod("eviction", "")).toBe("alice@example.com evicted pod payments/api-7c9");
    expect(
      pod("ephemeralcontainers", "", {
        verb: "patch",
        requestObject: { spec: { ephemeralContainers: [{ name: "debugger-x", image: "busybox" }] } },
      }),
    ).toBe("alice@example.com added a debug container to pod payments/api-7c9 (image busybox)");
    expect(
      pod("proxy", "", { verb: "get", requestURI: "/api/v1/namespaces/payments/pods/api-7c9/proxy/metrics?x=1" }),
    ).toBe("alice@example.com asked pod payments/api-7c9 for /metrics through the API server");
    expect(pod("proxy", "", { requestURI: "/api/v1/namespaces/payments/pods/api-7c9/proxy/admin" })).toBe(
      "alice@example.com sent a POST for /admin to pod payments/api-7c9 through the API server",
    );
  });
});

test("a kubelet that is reached by proxy can run commands, and that is told", () => {
  const kubelet = (path: string, query = "") =>
    told({
      verb: "create",
      requestURI: `/api/v1/nodes/node-1/proxy${path}${query}`,
      objectRef: { resource: "nodes", subresource: "proxy", name: "node-1" },
    });
  expect(kubelet("/run/payments/api-7c9/app", "?cmd=id")).toBe(
    "alice@example.com ran id in pod payments/api-7c9 through the kubelet of node node-1",
  );
  expect(kubelet("/exec/payments/api-7c9/app", "?command=cat&command=/etc/passwd")).toBe(
    "alice@example.com ran cat /etc/passwd in pod payments/api-7c9 through the kubelet of node node-1",
  );
  expect(kubelet("/runningpods/")).toBe(
    "alice@example.com sent a POST for /runningpods/ to the kubelet of node node-1 through the API server",
  );
});

describe("with objects", () => {
  const ref = (resource: string, name?: string, namespace?: string, apiGroup?: string) => ({
    objectRef: { resource, name, namespace, apiGroup },
  });
  const deployment = ref("deployments", "web", "shop", "apps");

  test("each verb has its word", () => {
    expect(told({ verb: "get", ...ref("secrets", "db", "shop") })).toBe("alice@example.com read secret shop/db");
    expect(told({ verb: "create", ...deployment })).toBe("alice@example.com created deployment shop/web");
    expect(told({ verb: "update", ...deployment })).toBe("alice@example.com replaced deployment shop/web");
    expect(told({ verb: "patch", ...deployment })).toBe("alice@example.com changed deployment shop/web");
    expect(told({ verb: "delete", ...deployment })).toBe("alice@example.com deleted deployment shop/web");
    expect(told({ verb: "create", responseStatus: { code: 409 }, ...deployment })).toBe(
      "alice@example.com tried to create deployment shop/web, but it is there already (409)",
    );
    expect(told({ verb: "frob", ...deployment })).toBe("alice@example.com sent “frob” to deployment shop/web");
  });

  test("a tool that names itself is believed about the word", () => {
    const by = (manager: string, change: Change = {}) =>
      told({ verb: "patch", requestURI: `/x?fieldManager=${manager}`, ...deployment, ...change });
    expect(by("kubectl-client-side-apply")).toBe("alice@example.com applied deployment shop/web");
    expect(by("kubectl-edit")).toBe("alice@example.com edited deployment shop/web");
    expect(by("kubectl-rollout")).toBe("alice@example.com restarted deployment shop/web");
    expect(by("kubectl-label")).toBe("alice@example.com labelled deployment shop/web");
    expect(by("argocd&force=true")).toBe("alice@example.com applied deployment shop/web");
    expect(by("helm", { requestObject: { apiVersion: "apps/v1", kind: "Deployment" } })).toBe(
      "alice@example.com applied deployment shop/web",
    );
    expect(by("kubectl-client-side-apply", { verb: "create" })).toBe(
      "alice@example.com created deployment shop/web with kubectl apply",
    );
  });

  test("many at once are told with where they are", () => {
    const list = (...args: Parameters<typeof ref>) => told({ verb: "list", ...ref(...args) });
    expect(list("secrets", undefined, "shop")).toBe("alice@example.com listed secrets in namespace shop");
    expect(list("secrets")).toBe("alice@example.com listed secrets in all namespaces");
    expect(list("nodes")).toBe("alice@example.com listed nodes");
    expect(list("routes", undefined, undefined, "route.openshift.io")).toBe(
      "alice@example.com listed routes of the whole cluster",
    );
    expect(list("pods", "web", "shop")).toBe("alice@example.com listed pods called web in namespace shop");
    expect(told({ verb: "watch", ...ref("configmaps", undefined, "shop") })).toBe(
      "alice@example.com watched configmaps in namespace shop",
    );
    expect(told({ verb: "deletecollection", ...ref("pods", undefined, "shop") })).toBe(
      "alice@example.com deleted all pods in namespace shop",
    );
    expect(
      told({ verb: "deletecollection", requestURI: "/x?labelSelector=app%3Dweb", ...ref("pods", undefined, "shop") }),
    ).toBe("alice@example.com deleted pods in namespace shop with app=web");
  });

  test("rights, tokens, certificates and counts have words of their own", () => {
    expect(
      told({
        verb: "create",
        ...ref("clusterrolebindings", "tmp"),
        requestObject: {
          roleRef: { kind: "ClusterRole", name: "cluster-admin" },
          subjects: [
            { kind: "User", name: "bob" },
            { kind: "Group", name: "devs" },
            { kind: "ServiceAccount", name: "ci", namespace: "shop" },
          ],
        },
      }),
    ).toBe(
      "alice@example.com bound clusterrole cluster-admin to user bob, group devs and service account shop/ci (clusterrolebinding tmp)",
    );
    expect(told({ verb: "create", ...ref("clusterrolebindings", "tmp") })).toBe(
      "alice@example.com created clusterrolebinding tmp",
    );
    expect(
      told({
        verb: "create",
        objectRef: { resource: "serviceaccounts", subresource: "token", namespace: "shop", name: "ci" },
      }),
    ).toBe("alice@example.com issued a token for service account shop/ci");
    const approval = (type: string) =>
      told({
        verb: "update",
        objectRef: { resource: "certificatesigningrequests", subresource: "approval", name: "csr-1" },
        requestObject: { status: { conditions: [{ type }] } },
      });
    expect(approval("Approved")).toBe("alice@example.com approved certificate request csr-1");
    expect(approval("Denied")).toBe("alice@example.com denied certificate request csr-1");
    expect(
      told({
        verb: "patch",
        objectRef: { resource: "deployments", subresource: "scale", namespace: "shop", name: "web" },
        requestObject: { spec: { replicas: 0 } },
      }),
    ).toBe("alice@example.com scaled deployment shop/web to 0");
  });

  test("a dry run says so", () => {
    expect(told({ verb: "create", requestURI: "/x?dryRun=All", ...deployment })).toBe(
      "alice@example.com created deployment shop/web as a dry run, which changes nothing",
    );
  });
});

test("who has no name is somebody", () => {
  const list = { verb: "list", objectRef: { resource: "namespaces" } };
  expect(told({ ...list, user: {}, responseStatus: { code: 401 } })).toBe(
    "somebody unknown tried to list namespaces, but was not let in (401)",
  );
  expect(told({ ...list, user: { username: "system:anonymous" } })).toBe("somebody anonymous listed namespaces");
  expect(told({ ...list, user: { username: "system:serviceaccount:shop:ci" } })).toBe(
    "service account shop/ci listed namespaces",
  );
  expect(partsOf({ ...list, user: {} })[0]).toEqual({ facet: "user", value: "(none)", text: "somebody unknown" });
});

test("an address of no resource is requested", () => {
  const get = (requestURI: string, verb = "get") => told({ objectRef: undefined, requestURI, verb });
  expect(get("/metrics?x=1")).toBe("alice@example.com requested /metrics");
  expect(get("/debug/flags", "put")).toBe("alice@example.com sent a PUT to /debug/flags");
});

describe("a detection", () => {
  const detection: Detection = {
    ...{ id: "d-1", time: "2026-03-02T08:00:00Z", receivedAt: "2026-03-02T08:00:01Z", cluster: "prod" },
    ...{ rule: "Attach/Exec Pod", priority: "Notice", source: "k8s_audit", output: "Attach/Exec to pod (user=alice)" },
    fields: { "ka.uri.param[command]": "sh", "ka.uri.param[container]": "app" },
    ...{ tags: [], auditID: "a-1", stage: "ResponseStarted", user: "alice", verb: "create" },
    ...{ namespace: "payments", resource: "pods/exec", name: "api-7c9", sourceIP: null, userAgent: null },
    ...{ policy: "p", policies: ["p"], severity: 4, muted: false, fingerprint: "f", activity: "x" },
  };
  const of = (change: Partial<typeof detection> = {}) => sentenceText(sentenceOf({ ...detection, ...change }));

  test("tells what its message names, and no more than is known of what came of it", () => {
    expect(of({ code: 101 })).toBe("alice opened a shell in pod payments/api-7c9 (container app: sh)");
    expect(of({ code: 403 })).toBe(
      "alice tried to open a shell in pod payments/api-7c9 (container app: sh), but was refused (403)",
    );
    expect(of()).toBe("alice asked to open a shell in pod payments/api-7c9 (container app: sh)");
    expect(of({ fields: { "ka.response.code": "200" } })).toBe("alice ran a command in pod payments/api-7c9");
  });

  test("tells the rest out of the request's address, where it holds that", () => {
    const requestURI = "/api/v1/namespaces/payments/pods/api-7c9/exec?command=sh&command=-c&command=id&container=app";
    expect(of({ code: 101, impersonatedUser: "bob", requestURI, fields: {} })).toBe(
      "alice acting as bob ran sh -c id in pod payments/api-7c9 (container app)",
    );
    expect(of({ code: 200, verb: "get", resource: null, requestURI: "/metrics", fields: {} })).toBe(
      "alice requested /metrics",
    );
  });

  test("tells what its event tells, where it comes with it", () => {
    const told = sentenceOf({
      ...detection,
      ...{ fields: {}, resource: "clusterrolebindings", name: "tmp", namespace: null },
      event: {
        responseStatus: { code: 201 },
        requestObject: {
          roleRef: { kind: "ClusterRole", name: "admin" },
          subjects: [{ kind: "User", name: "bob" }],
        },
      },
    });
    expect(sentenceText(told)).toBe("alice bound clusterrole admin to user bob (clusterrolebinding tmp)");
  });

  test("about no request at all speaks its own words", () => {
    const output = "Tiercel could not read one part of a batch";
    expect(of({ source: "tiercel", verb: null, resource: null, output })).toBe(output);
  });
});

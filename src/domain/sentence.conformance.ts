/** What is told of requests that real API servers recorded. */
import { describe, expect, test } from "vitest";
import { corpus, hasRecordings, recorded } from "./recorded.kit.ts";
import { sentenceOf, sentenceText } from "./sentence.ts";

const told = (step: string) => recorded(step).map((activity) => sentenceText(sentenceOf(activity)));

describe.skipIf(!hasRecordings)("a real request is told", () => {
  test.each([
    ["02-pod-create", "alice@example.com created pod default/web"],
    ["05-pod-create-generatename", "alice@example.com created pod default/job-48fv6"],
    ["07-pod-create-dryrun", "alice@example.com created pod default/dry as a dry run, which changes nothing"],
    ["08-pod-create-invalid", "alice@example.com tried to create pod default/bad, but failed (422 invalid)"],
    [
      "10-pod-create-forbidden",
      "mallory@example.com tried to create a pod in namespace default, but was refused (403)",
    ],
    ["11-pod-create-impersonated", "admin acting as bob@example.com created pod default/imp"],
    ["13-pods-list", "alice@example.com listed pods in namespace default"],
    ["14-pods-watch-short", "alice@example.com watched pods in namespace default"],
    ["16-pod-label-patch-merge", "alice@example.com changed pod default/web"],
    ["20-pod-ephemeral-log", "alice@example.com read the logs of pod default/web (container nginx)"],
    ["22-exec-get-websocket", "alice@example.com ran id in pod default/web (container nginx)"],
    ["23-attach-post-spdy", "alice@example.com attached to pod default/web (container nginx)"],
    ["25-exec-forbidden", "mallory@example.com tried to open a shell in pod default/web (sh), but was refused (403)"],
    [
      "26-exec-pod-notfound",
      "alice@example.com tried to open a shell in pod default/ghost (sh), but failed (404 not found)",
    ],
    [
      "28-node-proxy-get",
      "alice@example.com asked the kubelet of node node-1 for /runningpods/ through the API server",
    ],
    ["29-pod-eviction", "alice@example.com evicted pod default/priv"],
    ["32-configmap-update", "alice@example.com replaced configmap default/app"],
    ["38-secret-get", "alice@example.com read secret default/db"],
    ["47-deployment-scale-patch", "alice@example.com scaled deployment default/shop to 5"],
    [
      "56-clusterrolebinding-create-cluster-admin",
      "alice@example.com bound clusterrole cluster-admin to user system:anonymous and service account payments/default (clusterrolebinding anon-admin)",
    ],
    [
      "62-selfsubjectaccessreview",
      "alice@example.com asked whether they themselves may create pods in namespace default",
    ],
    ["68-anonymous-nonresource", "somebody anonymous tried to request /HNAP1, but was refused (403)"],
    ["73-namespace-delete", "alice@example.com deleted namespace payments"],
  ])("%s", (step, sentence) => expect(told(step)).toEqual([sentence]));

  test("an operator of OpenShift's at work, and an administrator who acts as others", () => {
    const openshift = corpus("native/openshift-apiaudit.jsonl").map((activity) => sentenceText(sentenceOf(activity)));
    expect(openshift).toContain(
      "service account openshift-network-operator/default applied deployment openshift-multus/multus-admission-controller",
    );
    expect(openshift).toContain("kube:admin listed pods in namespace openshift-kube-apiserver");
    const demo = corpus("native/audit2rbac-demo-2017.jsonl").map((activity) => sentenceText(sentenceOf(activity)));
    expect(demo).toContain("system:admin acting as bob tried to list pods in namespace default, but was refused (403)");
  });
});

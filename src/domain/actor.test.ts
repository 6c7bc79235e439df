/** Who is taken for a person, a machine, or nobody known. */
import { describe, expect, test } from "vitest";
import { actorOf } from "./actor.ts";

const kubectl = "kubectl/v1.31.0 (linux/amd64) kubernetes/9edcffc";
const of = (
  user: string | null,
  groups: readonly string[] = [],
  agent: string | null = kubectl,
  uri = "/api/v1/pods",
) => actorOf(user, groups, agent, uri);

describe("a person", () => {
  test.each([
    "alice@example.com",
    "minikube-user",
    "admin",
    "kubernetes-admin",
    "kubernetes-super-admin",
    "system:admin",
    "kube:admin",
    "IAM#bob@example.com",
    "arn:aws:sts::111122223333:assumed-role/Developers/alice",
    "gardener",
  ])("is %s", (user) => expect(of(user)).toBe("human"));
});

describe("a machine", () => {
  test.each([
    "system:serviceaccount:kube-system:replicaset-controller",
    "system:node:ip-10-0-31-19.us-west-2.compute.internal",
    "system:kube-scheduler",
    "system:kube-controller-manager",
    "system:apiserver",
    "system:addon-manager",
    "system:bootstrap:abcdef",
    "eks:addon-manager",
    "eks:node-manager",
    "aksService",
    "nodeclient",
    "container-engine-robot@some-project.iam.gserviceaccount.com",
    "service-1234@container-engine-robot.iam.gserviceaccount.com",
    "1234-compute@developer.gserviceaccount.com",
    "gardener.cloud:system:gardener-resource-manager",
    "kube-apiserver-kubelet-client",
  ])("is %s, whatever its user agent says", (user) => expect(of(user)).toBe("machine"));
});

test("nobody known is anonymous: by name, by group, and where authentication failed", () => {
  expect(of("system:anonymous", ["system:unauthenticated"])).toBe("anonymous");
  expect(of("eve", ["system:unauthenticated"])).toBe("anonymous");
  expect(of(null)).toBe("anonymous");
  expect(of("")).toBe("anonymous");
});

test("an anonymous probe of the server's health is a machine's", () => {
  const probe = (uri: string) => of("system:anonymous", ["system:unauthenticated"], "ELB-HealthChecker/2.0", uri);
  expect(["/healthz", "/livez?verbose", "/readyz/etcd", "/version", "/version?timeout=32s"].map(probe)).toEqual(
    Array(5).fill("machine"),
  );
  expect(["/healthzz", "/versions", "/api", "/version/../api"].map(probe)).toEqual(Array(4).fill("anonymous"));
});

test("a name that people and machines share is a person's where the tool is one", () => {
  expect(of("masterclient")).toBe("human");
  expect(of("masterclient", [], "Go-http-client/2.0")).toBe("machine");
  expect(of("masterclient", [], null)).toBe("machine");
});

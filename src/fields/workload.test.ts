/** The same privileged container, in every shape in which a request can bring it, is seen. */
import { expect, test } from "vitest";
import { exampleEvent } from "./example.ts";
import { fieldCatalogue } from "./index.ts";

const catalogue = fieldCatalogue({ falcoCompat: false });

function read(name: string, resource: string, requestObject: unknown) {
  const event = exampleEvent({ event: { objectRef: { resource }, requestObject }, value: undefined });
  return catalogue.get(name)?.read(event, undefined, { num: 1n, time: event.time, source: "k8s_audit", hostname: "h" });
}

const container = { name: "c", image: "i", securityContext: { privileged: true } };
const spec = { containers: [container] };
const op = (path: string, value: unknown, kind = "add") => ({ op: kind, path, value });

test.each([
  ["a pod", "pods", { kind: "Pod", spec }],
  ["a merge patch of a pod", "pods", { spec: { containers: [{ name: "c", securityContext: { privileged: true } }] } }],
  ["an ephemeral container", "pods", { spec: { ephemeralContainers: [container] } }],
  ["an init container", "pods", { spec: { initContainers: [container] } }],
  ["a deployment", "deployments", { kind: "Deployment", spec: { template: { spec } } }],
  ["a cron job", "cronjobs", { spec: { jobTemplate: { spec: { template: { spec } } } } }],
  ["a pod template", "podtemplates", { template: { spec } }],
  ["a custom resource with a template", "rollouts", { spec: { template: { spec } } }],
  ["a JSON patch of the flag", "pods", [op("/spec/containers/0/securityContext/privileged", true, "replace")]],
  [
    "a JSON patch of the security context",
    "deployments",
    [op("/spec/template/spec/containers/2/securityContext", { privileged: true })],
  ],
  ["a JSON patch that adds a container", "daemonsets", [op("/spec/template/spec/containers/-", container)]],
  ["a JSON patch of the whole spec", "pods", [op("/spec", spec, "replace")]],
  ["a JSON patch of all", "pods", [op("", { spec }, "replace")]],
  [
    "a JSON patch in two steps",
    "pods",
    [op("/spec", { containers: [{ name: "c" }] }), op("/spec/containers/0/securityContext", { privileged: true })],
  ],
])("%s", (_, resource, body) => {
  expect(read("ka.req.workload.containers.privileged", resource, body)).toEqual(["true"]);
});

test.each([
  [
    "a test of a patch writes nothing",
    "pods",
    [{ ...op("/spec/containers/0/securityContext/privileged", true), op: "test" }],
  ],
  ["a service is no workload", "services", { spec: { type: "NodePort" } }],
  ["a patch that is none", "pods", [1, null, { op: "add" }, op("spec", {}), op("/spec", null)]],
  ["a text", "pods", "privileged"],
])("%s", (_, resource, body) => {
  expect(read("ka.req.workload.containers.privileged", resource, body)).toBeUndefined();
});

test("what a patch adds to a list stands beside what it wrote before", () => {
  const path = "/spec/template/spec/containers/0/securityContext/capabilities/add";
  const patch = [op(path, ["SYS_PTRACE"]), op(`${path}/0`, "SYS_ADMIN"), op(`${path}/-`, "NET_RAW")];
  expect(read("ka.req.workload.containers.add_capabilities", "deployments", patch)).toEqual([
    "SYS_PTRACE",
    "SYS_ADMIN",
    "NET_RAW",
  ]);
});

test("names of labels that are numbers stay names", () => {
  const event = exampleEvent({ event: { requestObject: [op("/metadata/labels/1", "a~b")] }, value: undefined });
  const about = { num: 1n, time: event.time, source: "k8s_audit", hostname: "h" };
  expect(catalogue.get("ka.req.labels")?.read(event, "1", about)).toBe("a~b");
});

test.each([
  ["/", "true"],
  ["//etc/./shadow", "true"],
  ["/data/../var/run/docker.sock", "true"],
  ["/var/lib", "true"],
  ["/var/lib/app", "false"],
  ["/etcetera", "false"],
])("the host path %s", (path, sensitive) => {
  const body = { spec: { volumes: [{ name: "v", hostPath: { path } }] } };
  expect(read("ka.req.workload.volumes.hostpath.sensitive", "pods", body)).toEqual([sensitive]);
});

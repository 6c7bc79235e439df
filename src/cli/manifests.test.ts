import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { loadConfig } from "../config/load.ts";
import { drawn } from "../text/diagnostic.ts";
import { testIo } from "./io.kit.ts";
import { run } from "./run.ts";

async function ran(...args: readonly string[]) {
  const io = testIo();
  const exit = await run(["manifests", ...args], io);
  return { exit, out: io.out(), err: io.err() };
}
// biome-ignore lint/suspicious/noExplicitAny: looked into as YAML is, each step checked by what is expected of it
type Any = Readonly<Record<string, any>>;
const objects = async (...args: readonly string[]) =>
  parseAllDocuments((await ran("--image", "tiercel:test", ...args)).out).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Any;
  });
const ofKind = (all: readonly Any[], kind: string): Any => all.find((one) => one.kind === kind)!;

test("the manifests are those that were looked at", async () => {
  const golden = new URL("../../fixtures/manifests/tiercel.yaml", import.meta.url);
  expect((await ran("--image", "tiercel:test")).out).toBe(readFileSync(golden, "utf8"));
});

test("the server reads the configuration it is given", async () => {
  const all = await objects("--cluster", "prod");
  const text = ofKind(all, "ConfigMap").data["tiercel.yaml"] as string;
  const loaded = loadConfig({ file: { name: "tiercel.yaml", text }, readFile: () => "" });
  if (!loaded.ok) throw new Error(loaded.problems.map(drawn).join("\n"));
  const { config } = loaded;
  expect(config.clusters).toEqual([{ name: "prod", token_file: "/etc/tiercel-ingest/token" }]);
  expect(config.sources[0]).toMatchObject({ type: "webhook", listen: "0.0.0.0:7765", token_required: true });

  // What it names is mounted, and its ports are the container's.
  const { spec } = ofKind(all, "StatefulSet").spec.template as Any;
  const [container] = spec.containers;
  const mounts = container.volumeMounts.map(({ mountPath }: Any) => mountPath);
  expect(mounts).toEqual(["/etc/tiercel", "/etc/tiercel-ingest", config.data_dir, "/tmp"]);
  expect(container.command.at(-1)).toBe("/etc/tiercel/tiercel.yaml");
  const ports = container.ports.map(({ containerPort }: Any) => `0.0.0.0:${containerPort}`);
  expect(ports).toEqual(["0.0.0.0:7765", config.api.listen]);
});

test("the pod has no rights, in the cluster or on its node", async () => {
  const all = await objects();
  expect(all.map(({ kind }) => kind)).toEqual([
    ...["Namespace", "ServiceAccount", "ConfigMap", "Service", "Service", "StatefulSet", "NetworkPolicy"],
  ]);
  expect(ofKind(all, "ServiceAccount").automountServiceAccountToken).toBe(false);
  const { spec } = ofKind(all, "StatefulSet").spec.template as Any;
  expect(spec.automountServiceAccountToken).toBe(false);
  // The restricted Pod Security Standard, which the namespace enforces.
  expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
  expect(spec.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  expect(ofKind(all, "Namespace").metadata.labels["pod-security.kubernetes.io/enforce"]).toBe("restricted");
  expect(spec.volumes.filter((one: Any) => "hostPath" in one)).toEqual([]);
});

test("services lead to the pod, by the names of its ports; the address is the one asked for", async () => {
  const all = await objects("--cluster-ip", "10.43.7.7", "--namespace", "audit");
  const { template } = ofKind(all, "StatefulSet").spec as Any;
  const names = template.spec.containers[0].ports.map((port: Any) => port.name);
  const services = all.filter(({ kind }) => kind === "Service");
  for (const { spec } of services) {
    expect(template.metadata.labels).toEqual(spec.selector);
    expect(names).toContain(spec.ports[0].targetPort);
  }
  expect(services.map(({ spec }) => [spec.ports[0].port, spec.clusterIP])).toEqual([
    [7765, "10.43.7.7"],
    [7766, undefined],
  ]);
  expect(new Set(all.map(({ metadata }) => metadata.namespace ?? metadata.name))).toEqual(new Set(["audit"]));
});

test("no secret is printed, and JSON is a list of the same objects", async () => {
  const all = await objects();
  expect(all.map(({ kind }) => kind)).not.toContain("Secret");
  const { out } = await ran("--image", "tiercel:test", "-o", "json");
  expect(JSON.parse(out).items).toEqual(all);
});

test.for([
  ["--namespace", "Not_One", "`Not_One` is no namespace"],
  ["--cluster-ip", "tiercel.svc", "`tiercel.svc` is no IP address"],
  ["--image", "a b", "`a b` is no image"],
  ["--cluster", "a/b", "`a/b` is no name for a cluster"],
  ["--storage", "much", "`much` is no size of a volume"],
] as const)("%s %s is refused", async ([flag, value, words]) => {
  expect(await ran(flag, value)).toMatchObject({ exit: 2, out: "", err: expect.stringContaining(words) });
});

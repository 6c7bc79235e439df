/** What a plan is printed as: the script does what the command does, nothing holds a credential, codes say how it ended. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { distributions } from "../../distributions/index.ts";
import { testIo } from "../io.kit.ts";
import { turn } from "./enable.ts";
import { type Hosts, hosts, run } from "./hosts.kit.ts";
import { machine } from "./machine.ts";

let at: Hosts;
beforeEach(() => {
  at = hosts();
});
afterEach(() => at.remove());

const token = "tiercel_0123456789abcdef";
const env = { TIERCEL_INGEST_TOKEN: token };
const ready = 'case "$*" in *readyz*|*healthz*) echo ok;; esac';
const manifest = `apiVersion: v1
kind: Pod
spec:
  containers:
  - command:
    - kube-apiserver
    - --v=2
    name: kube-apiserver
    volumeMounts:
    - {mountPath: /a, name: a}
  volumes:
  - {name: a, emptyDir: {}}
`;

function programs(of: Hosts): void {
  for (const name of ["systemctl", "k3s", "k0s", "kubectl"]) of.program(name, ready);
  for (const host of ["cp1", "cp2"]) of.executable(host, "/var/lib/rancher/rke2/bin/kubectl", ready);
}

/** Every file of the hosts but what their kubelets note. */
function tree(folder: string, below = ""): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
      const path = join(below, entry.name);
      if (entry.name === "proc") return [];
      if (entry.isDirectory()) return Object.entries(tree(folder, path));
      return [
        [
          path,
          `${(statSync(join(folder, path)).mode & 0o777).toString(8)} ${readFileSync(join(folder, path), "utf8")}`,
        ],
      ];
    }),
  );
}

describe.each([
  { name: "kubeadm", path: "/etc/kubernetes/manifests/kube-apiserver.yaml", before: manifest },
  { name: "k3s", path: "/etc/rancher/k3s/config.yaml", before: "token: 'it''s $x `y`'\n" },
  { name: "k0s", path: "/etc/k0s/k0s.yaml", before: "spec: {}\n" },
])("$name: the script", ({ name, path, before }) => {
  test("does what the command does, on every host, and a second time nothing new", async () => {
    const other = hosts();
    try {
      const host = ["cp1", "cp2"];
      for (const of of [at, other]) {
        programs(of);
        for (const one of host) of.write(one, path, before);
      }
      const done = await run(at, "enable", name, { host }, env);
      expect(done.code, done.err).toBe(0);
      const printed = await run(other, "enable", name, { host, output: "sh" }, env);
      expect(printed.out).toMatch(/^#!\/bin\/sh\n# Turns auditing on/);
      expect(printed.out).toContain("\nset -eu\n");
      expect(printed.out).not.toContain(token);
      writeFileSync(join(other.folder, "plan.sh"), printed.out);
      const shell = machine({ env: { ...other.env, ...env } });
      for (let times = 0; times < 2; times++) {
        const { code, stderr } = await shell.run({ via: "here", name: "" }, ["sh", join(other.folder, "plan.sh")]);
        expect([code, stderr]).toEqual([0, ""]);
        expect(tree(join(other.folder, "hosts"))).toEqual(
          JSON.parse(JSON.stringify(tree(join(at.folder, "hosts"))).replaceAll(at.folder, other.folder)),
        );
      }
      // And the command finds nothing left to do.
      expect((await run(other, "enable", name, { host }, env)).err).toContain("nothing to do");
      const back = await run(other, "disable", name, { host });
      expect([back.code, other.read("cp2", path)]).toEqual([0, before]);
      const without = await machine({ env: other.env }).run({ via: "here", name: "" }, [
        "sh",
        join(other.folder, "plan.sh"),
      ]);
      expect(without.code).not.toBe(0);
      expect(without.stderr).toContain("TIERCEL_INGEST_TOKEN");
    } finally {
      other.remove();
    }
  });
});

describe.each(distributions.map(({ name }) => name))("%s", (name) => {
  const more = {
    gke: { project: "p" },
    eks: { region: "eu-west-1" },
    aks: { resourceGroup: "g" },
    gardener: { namespace: "garden-p" },
    admission: { url: "https://10.0.0.5:7767" },
    talos: { host: ["10.0.0.2"] },
    rke: { file: "cluster.yml" },
  }[name as string];

  test("no output, no file of --out and no word of a program holds the token", async () => {
    const file = join(at.folder, "cluster.yml");
    writeFileSync(file, "nodes:\n- {address: 10.0.0.2, user: u, role: [controlplane]}\n");
    const flags = { ...more, ...(name === "rke" ? { file } : {}) };
    const out = join(at.folder, "out");
    for (const of of [{ dryRun: true }, { output: "json" }, { output: "yaml" }, { output: "sh" }, { out }] as const) {
      const { code, out: told, err } = await run(at, "enable", name, { ...flags, ...of }, env);
      expect(code, err).toBe(0);
      expect(told + err).not.toContain(token);
    }
    for (const text of Object.values(tree(out))) expect(text).not.toContain(token);
    expect(Object.keys(tree(out))).toContain("plan.sh");
    expect(at.calls().join("\n")).not.toContain(token);
    expect(Object.keys(tree(at.folder)).filter((path) => path.startsWith("state"))).toEqual([]);
  });
});

describe("the receiver", () => {
  const services = (...items: object[]) =>
    at.program("kubectl", `case "$*" in *"get services"*) echo '${JSON.stringify({ items })}';; *) exit 1;; esac`);
  const service = (name: string, clusterIP: string, port = 7765) => ({
    metadata: { name, namespace: "tiercel" },
    spec: { clusterIP, ports: [{ name: port === 7765 ? "ingest" : "api", port }] },
  });
  const dry = { dryRun: true, receiver: undefined } as never;

  test("is the ClusterIP of Tiercel's own Service, where nobody told another", async () => {
    services(service("tiercel-ingest", "10.96.0.40"), service("tiercel", "10.96.0.41", 7766));
    const { out } = await run(at, "enable", "k3s", dry);
    expect(out).toContain('server: "https://10.96.0.40:7765/k8s_audit/prod"');
    expect(out).toContain(
      "note: The receiver is the ClusterIP of the Service tiercel/tiercel-ingest, found by kubectl.",
    );
    services(service("tiercel-ingest", "fd00::40"));
    expect((await run(at, "enable", "k3s", dry)).out).toContain('"https://[fd00::40]:7765/k8s_audit/prod"');
  });

  test("is asked for where there is none, or more than one, or nobody to ask", async () => {
    await expect(run(at, "enable", "k3s", dry)).rejects.toThrow("kubectl is not there to look for it");
    services(service("tiercel-ingest", "None"));
    await expect(run(at, "enable", "k3s", dry)).rejects.toThrow("no Service of Tiercel's is in the cluster");
    services(service("tiercel-ingest", "10.0.0.1"), service("tiercel", "10.0.0.2"));
    await expect(run(at, "enable", "k3s", dry)).rejects.toThrow("several Services could be Tiercel");
    // What fetches from a cloud needs none.
    expect((await run(at, "enable", "eks", { dryRun: true, region: "r", receiver: undefined } as never)).code).toBe(0);
  });

  test("by http is warned of; a name of the cluster's DNS is refused with the way to its ClusterIP", async () => {
    const { out } = await run(at, "enable", "k3s", { dryRun: true, receiver: "http://10.0.0.5:7765" }, env);
    expect(out).toContain("note: By http an API server sends no token");
    const refused = run(at, "enable", "k3s", {
      dryRun: true,
      receiver: "https://tiercel-ingest.tiercel.svc.cluster.local.:7765",
    });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining("it does not ask the cluster's DNS"),
      help: expect.stringContaining("kubectl -n tiercel get service tiercel-ingest -o jsonpath={.spec.clusterIP}"),
    });
  });
});

test("nobody there to agree: nothing is done", async () => {
  programs(at);
  const alone = { ...testIo({ env: at.env }), stdinIsTTY: false };
  const flags = { cluster: "prod", receiver: "https://10.0.0.5:7765", host: ["cp1"], output: "text" } as const;
  await expect(turn("enable", "k3s", flags, alone)).rejects.toThrow("nobody is there to agree");
  expect(at.read("cp1", "/etc/rancher/k3s/config.yaml")).toBeUndefined();
});

test("what is recorded by others takes no policy of ours", async () => {
  await expect(run(at, "enable", "eks", { region: "r", dryRun: true, levelCap: "Metadata" })).rejects.toThrow(
    "eks takes no --level-cap",
  );
});

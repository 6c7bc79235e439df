/** Kinds whose configuration lies behind a program: Minikube, MiniShift, RKE, kOps, Talos. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Hosts, hosts, run } from "./hosts.kit.ts";

let at: Hosts;
beforeEach(() => {
  at = hosts();
});
afterEach(() => at.remove());

const token = "tiercel_0123456789abcdef";
const here = (name: string) => join(at.folder, name);
const put = (name: string, text: string) => {
  mkdirSync(dirname(here(name)), { recursive: true });
  writeFileSync(here(name), text);
};
const read = (name: string) => readFileSync(here(name), "utf8");

describe("Minikube", () => {
  const config = ".minikube/profiles/minikube/config.json";
  const profile = (extra: unknown) =>
    `${JSON.stringify({ Name: "minikube", KubernetesConfig: { KubernetesVersion: "v1.20.2", ExtraOptions: extra } }, null, "\t")}`;
  const theirs = { Component: "kubelet", Key: "max-pods", Value: "200" };
  /** A start takes the options that it is told in place of those it had; without any it keeps them. */
  const minikube = () =>
    at.program(
      "minikube",
      `[ "$1" = start ] || exit 0
o=; for w; do case "$w" in --extra-config=*) e=\${w#--extra-config=}; c=\${e%%.*}; kv=\${e#*.}; o="$o,{\\"Component\\":\\"$c\\",\\"Key\\":\\"\${kv%%=*}\\",\\"Value\\":\\"\${kv#*=}\\"}";; esac; done
[ -z "$o" ] || printf '{"KubernetesConfig":{"KubernetesVersion":"v1.20.2","ExtraOptions":[%s]}}' "\${o#,}" > ${here(config)}`,
    );
  const options = () => JSON.parse(read(config)).KubernetesConfig.ExtraOptions ?? [];

  test("it starts with files and options, once; and without them again", async () => {
    minikube();
    put(config, profile([theirs]));
    const first = await run(at, "enable", "minikube", {}, { TIERCEL_INGEST_TOKEN: token });
    expect(first.code, first.err).toBe(0);
    expect(first.err).not.toContain(token);
    expect(at.calls().slice(0, 2)).toEqual([
      "minikube stop -p minikube",
      expect.stringContaining(
        "minikube start -p minikube --extra-config=kubelet.max-pods=200 --extra-config=apiserver.audit-policy-file=/etc/ssl/certs/audit-policy.yaml",
      ),
    ]);
    expect(read(".minikube/files/etc/ssl/certs/audit-policy.yaml")).toContain("# For Kubernetes 1.20.");
    expect(read(".minikube/files/etc/ssl/certs/audit-webhook.yaml")).toContain(token);
    expect((await run(at, "enable", "minikube", {}, { TIERCEL_INGEST_TOKEN: token })).err).toContain("nothing to do");
    const back = await run(at, "disable", "minikube", {});
    expect(back.code, back.err).toBe(0);
    expect(options()).toEqual([theirs]);
    expect(() => read(".minikube/files/etc/ssl/certs/audit-webhook.yaml")).toThrow();
  });

  test("somebody's own auditing is refused, kept, or replaced and put back", async () => {
    minikube();
    const audit = { Component: "apiserver", Key: "audit-policy-file", Value: "/etc/ssl/certs/mine.yaml" };
    const log = { Component: "apiserver", Key: "audit-log-path", Value: "-" };
    put(config, profile([audit, log]));
    await expect(run(at, "enable", "minikube", {})).rejects.toThrow("audit-policy-file=/etc/ssl/certs/mine.yaml");
    expect((await run(at, "enable", "minikube", { merge: "keep" })).code).toBe(0);
    expect(options()).toContainEqual(audit);
    expect(options()).toContainEqual(log);
    expect(() => read(".minikube/files/etc/ssl/certs/audit-policy.yaml")).toThrow();
    expect((await run(at, "disable", "minikube", {})).code).toBe(0);
    expect(options()).toEqual([audit, log]);
    expect((await run(at, "enable", "minikube", { merge: "replace" })).code).toBe(0);
    expect(options()).not.toContainEqual(audit);
    expect((await run(at, "disable", "minikube", {})).code).toBe(0);
    expect(options()).toHaveLength(2);
    expect(options()).toContainEqual(audit);
  });

  test("a start that fails is owed; a profile that was never started is told", async () => {
    put(config, profile(null));
    at.program(
      "minikube",
      `case "$1" in start) echo 'X Exiting due to K8S_APISERVER_MISSING: wait 6m0s for node' >&2; exit 1;; esac`,
    );
    const failed = await run(at, "enable", "minikube", {});
    expect(failed.code).toBe(1);
    expect(failed.err).toContain("K8S_APISERVER_MISSING");
    minikube();
    expect((await run(at, "enable", "minikube", {})).code).toBe(0);
    const other = await run(at, "enable", "minikube", { profile: "other" });
    expect([other.code, other.err]).toEqual([3, expect.stringContaining("minikube start -p other")]);
  });
});

describe("MiniShift", () => {
  const policy = "/var/lib/minishift/base/kube-apiserver/audit-policy.yaml";
  /** Patches are merged into one view, nulls taken out. */
  const minishift = () => {
    put("view", "{}");
    put(
      "merge.mjs",
      `import { readFileSync, writeFileSync } from "node:fs";
const [file, patch] = process.argv.slice(2);
const now = JSON.parse(readFileSync(file, "utf8"));
const args = { ...now.kubernetesMasterConfig?.apiServerArguments, ...JSON.parse(patch).kubernetesMasterConfig.apiServerArguments };
for (const [k, v] of Object.entries(args)) if (v === null) delete args[k];
writeFileSync(file, JSON.stringify(Object.keys(args).length === 0 ? {} : { kubernetesMasterConfig: { apiServerArguments: args } }));`,
    );
    at.program(
      "minishift",
      `if [ "$1" = ssh ]; then exec ${at.folder}/bin/in-host vm "$3"; fi
case "$*" in "openshift config view"*) cat ${here("view")};; "openshift config set"*) for w; do :; done; exec ${process.execPath} ${here("merge.mjs")} ${here("view")} "$w";; esac`,
    );
  };
  const args = () => JSON.parse(read("view")).kubernetesMasterConfig?.apiServerArguments;

  test("files into its machine, arguments patched, once; and all of it back", async () => {
    minishift();
    const first = await run(at, "enable", "minishift", {}, { TIERCEL_INGEST_TOKEN: token });
    expect(first.code, first.err).toBe(0);
    expect(first.err).not.toContain(token);
    expect(args()["audit-webhook-config-file"]).toEqual(["/etc/origin/master/webhook-config.yaml"]);
    expect(at.read("vm", policy)).toContain("audit.k8s.io/v1beta1");
    expect(at.calls().at(-1)).toBe("minishift openshift restart");
    expect((await run(at, "enable", "minishift", {}, { TIERCEL_INGEST_TOKEN: token })).err).toContain("nothing to do");
    const back = await run(at, "disable", "minishift", {});
    expect(back.code, back.err).toBe(0);
    expect(args()).toBeUndefined();
    expect(at.read("vm", policy)).toBeUndefined();
  });

  test("somebody else's arguments are refused, and put back after they were replaced", async () => {
    minishift();
    const theirs = { "audit-policy-file": ["/theirs.yaml"], "audit-log-path": ["/log"], v: ["2"] };
    put("view", JSON.stringify({ kubernetesMasterConfig: { apiServerArguments: theirs } }));
    await expect(run(at, "enable", "minishift", {})).rejects.toThrow("audit-policy-file: /theirs.yaml");
    expect((await run(at, "enable", "minishift", { merge: "keep" })).code).toBe(0);
    expect(args()).toMatchObject({ ...theirs, "audit-webhook-mode": ["batch"] });
    expect((await run(at, "disable", "minishift", {})).code).toBe(0);
    expect(args()).toEqual(theirs);
    expect((await run(at, "enable", "minishift", { merge: "replace" })).code).toBe(0);
    expect(args()["audit-policy-file"]).toEqual(["/etc/origin/master/audit-policy.yaml"]);
    expect((await run(at, "disable", "minishift", {})).code).toBe(0);
    expect(args()).toEqual(theirs);
  });

  test("a restart that fails is owed", async () => {
    minishift();
    const real = read("bin/minishift");
    at.program(
      "minishift",
      `case "$*" in "openshift restart") echo 'Error: cluster is not running' >&2; exit 1;; esac\n${real.split("\n").slice(2).join("\n")}`,
    );
    expect((await run(at, "enable", "minishift", {})).code).toBe(1);
    minishift2(real);
    const on = await run(at, "enable", "minishift", {});
    expect(on.code, on.err).toBe(0);
    expect(at.calls().at(-1)).toBe("minishift openshift restart");
  });
  const minishift2 = (real: string) => at.program("minishift", real.split("\n").slice(2).join("\n"));
});

describe("RKE", () => {
  const file = () => here("cluster.yml");
  const before = `# two control planes
kubernetes_version: v1.24.8-rancher1-1
nodes:
  - {address: 10.0.0.2, user: u, role: [controlplane, etcd]}
  - address: 10.0.0.3
    user: u
    role: [controlplane]
  - {address: 10.0.0.4, user: u, role: [worker]}
services:
  kube-api:
    service_cluster_ip_range: 10.43.0.0/16   # default
`;
  const nodes = ["u@10.0.0.2", "u@10.0.0.3"];
  const policy = "/var/lib/k8s_audit/audit-policy.yaml";
  beforeEach(() => {
    at.program("rke", "exit 0");
    at.program("docker", 'case "$*" in inspect*) echo true;; esac');
    put("cluster.yml", before);
  });

  test("files on every control plane, flags in the cluster file, once; and all of it back", async () => {
    const first = await run(at, "enable", "rke", { file: file() });
    expect(first.code, first.err).toBe(0);
    for (const node of nodes) expect(at.read(node, policy)).toContain("# For Kubernetes 1.24.");
    expect(at.read("u@10.0.0.4", policy)).toBeUndefined();
    const { "kube-api": api } = parse(read("cluster.yml")).services;
    expect(api.extra_args["audit-webhook-config-file"]).toBe("/var/lib/k8s_audit/webhook-config.yaml");
    expect(api.extra_binds).toEqual(["/var/lib/k8s_audit:/var/lib/k8s_audit"]);
    expect(at.calls()).toEqual([`rke up --config ${file()}`]);
    expect((await run(at, "enable", "rke", { file: file() })).err).toContain("nothing to do");
    const back = await run(at, "disable", "rke", { file: file() });
    expect(back.code, back.err).toBe(0);
    expect(read("cluster.yml")).toBe(before);
    for (const node of nodes) expect(at.read(node, policy)).toBeUndefined();
  });

  test("where only the files change, each API server's container is started anew, one after the other", async () => {
    await run(at, "enable", "rke", { file: file() });
    const calls = at.calls().length;
    expect((await run(at, "enable", "rke", { file: file(), levelCap: "Metadata" })).code).toBe(0);
    expect(
      at
        .calls()
        .slice(calls)
        .filter((call) => /^docker restart|^rke/.test(call)),
    ).toEqual(["docker restart kube-apiserver", "docker restart kube-apiserver"]);
  });

  test("RKE's own policy is somebody's decision; an older Kubernetes is refused; a failed `up` is owed", async () => {
    const theirs = `${before}    audit_log:\n      enabled: true\n      configuration: {policy: {apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: Metadata}]}}\n`;
    put("cluster.yml", theirs);
    await expect(run(at, "enable", "rke", { file: file() })).rejects.toThrow("audit_log.configuration.policy");
    expect((await run(at, "enable", "rke", { file: file(), merge: "keep" })).code).toBe(0);
    expect(read("cluster.yml")).not.toContain("audit-policy-file");
    expect(at.read(nodes[0] as string, policy)).toBeUndefined();
    expect((await run(at, "disable", "rke", { file: file() })).code).toBe(0);
    expect(read("cluster.yml")).toBe(theirs);
    put("cluster.yml", before.replace("v1.24.8", "v1.12.9"));
    await expect(run(at, "enable", "rke", { file: file() })).rejects.toThrow("is for Kubernetes v1.12.9");
    put("cluster.yml", before);
    at.program("rke", "echo 'FATA[0003] [controlPlane] Failed to bring up Control Plane' >&2; exit 1");
    const failed = await run(at, "enable", "rke", { file: file() });
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining("Failed to bring up Control Plane")]);
    at.program("rke", "exit 0");
    expect((await run(at, "enable", "rke", { file: file() })).code).toBe(0);
    expect(at.calls().at(-1)).toBe(`rke up --config ${file()}`);
  });
});

describe("kOps", () => {
  const before =
    "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nspec:\n  # by hand\n  kubeAPIServer:\n    anonymousAuth: false\n  kubernetesVersion: 1.28.4\n";
  const kops = (version = "Client version: 1.28.4 (git-v1.28.4)") =>
    at.program(
      "kops",
      `case "$1" in version) echo '${version}';; get) cat ${here("cluster.yaml")};; replace) cat > ${here("cluster.yaml")};; esac`,
    );

  test("the Cluster object is changed as a text, and changed back", async () => {
    put("cluster.yaml", before);
    kops();
    const first = await run(at, "enable", "kops", {}, { TIERCEL_INGEST_TOKEN: token });
    expect(first.code, first.err).toBe(0);
    expect(first.err).not.toContain(token);
    const { spec } = parse(read("cluster.yaml"));
    expect(spec.kubeAPIServer).toMatchObject({
      anonymousAuth: false,
      auditWebhookBatchMaxSize: 200,
      auditWebhookBatchMaxWait: "5s",
    });
    expect(spec.fileAssets.map(({ name, roles }: { name: string; roles: string[] }) => [name, ...roles])).toEqual([
      ["audit-policy", "ControlPlane"],
      ["webhook-config", "ControlPlane"],
    ]);
    expect(spec.fileAssets[0].content).toContain("# For Kubernetes 1.28.");
    expect(at.calls()).toContain("kops rolling-update cluster prod --yes");
    expect((await run(at, "enable", "kops", {}, { TIERCEL_INGEST_TOKEN: token })).err).toContain("nothing to do");
    expect((await run(at, "disable", "kops", {})).code).toBe(0);
    expect(read("cluster.yaml")).toBe(before);
  });

  test("1.22 to 1.24 mount one folder, and call the role Master", async () => {
    put("cluster.yaml", before);
    kops("Version 1.22.3 (git-abc)");
    expect((await run(at, "enable", "kops", {})).code).toBe(0);
    const { spec } = parse(read("cluster.yaml"));
    expect(spec.kubeAPIServer.auditPolicyFile).toBe("/srv/kubernetes/kube-apiserver/audit-policy.yaml");
    expect(spec.fileAssets[0].roles).toEqual(["Master"]);
  });

  test("somebody else's policy is refused, kept with ours beside it, or replaced and put back", async () => {
    const theirs = before.replace(
      "    anonymousAuth: false\n",
      "    auditPolicyFile: /srv/x/policy.yaml # ours\n    auditLogPath: /var/log/audit.log\n",
    );
    put("cluster.yaml", theirs);
    kops();
    await expect(run(at, "enable", "kops", {})).rejects.toThrow("auditPolicyFile: /srv/x/policy.yaml");
    expect((await run(at, "enable", "kops", { merge: "keep" })).code).toBe(0);
    // kOps wants both in one folder.
    expect(parse(read("cluster.yaml")).spec.kubeAPIServer.auditWebhookConfigFile).toBe("/srv/x/webhook-config.yaml");
    expect((await run(at, "disable", "kops", {})).code).toBe(0);
    expect(read("cluster.yaml")).toBe(theirs);
    expect((await run(at, "enable", "kops", { merge: "replace" })).code).toBe(0);
    expect(read("cluster.yaml")).not.toContain("/srv/x");
    expect((await run(at, "disable", "kops", {})).code).toBe(0);
    expect(read("cluster.yaml")).toBe(theirs);
  });

  test("a rolling update that failed is owed, though the object is as wished; a change meanwhile is not overwritten", async () => {
    put("cluster.yaml", before);
    kops();
    const real = read("bin/kops").split("\n").slice(2).join("\n");
    at.program(
      "kops",
      `case "$1" in rolling-update) echo 'error: cluster "prod" did not validate within 15m' >&2; exit 1;; esac\n${real}`,
    );
    const failed = await run(at, "enable", "kops", {});
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining("did not validate")]);
    kops();
    const calls = at.calls().length;
    expect((await run(at, "enable", "kops", {})).code).toBe(0);
    expect(
      at
        .calls()
        .slice(calls)
        .filter((call) => /update|replace/.test(call)),
    ).toEqual(["kops rolling-update cluster prod --yes"]);
    expect((await run(at, "disable", "kops", {})).code).toBe(0);
    at.program(
      "kops",
      `case "$1" in get) if [ -e ${here("once")} ]; then echo "# changed" >> ${here("cluster.yaml")}; fi; : > ${here("once")};; esac\n${real}`,
    );
    const raced = await run(at, "enable", "kops", { kubernetes: "1.28" });
    expect([raced.code, raced.err]).toEqual([
      1,
      expect.stringContaining("cluster prod was changed since it was looked at"),
    ]);
  });
});

describe("Talos", () => {
  const machine = (policy = "") => `version: v1alpha1 # Indicates the schema.
machine:
    type: controlplane
    token: xyz.secret
cluster:
    # The API server.
    apiServer:
        image: registry.k8s.io/kube-apiserver:v1.29.3
${policy}    controllerManager: {}
---
apiVersion: v1alpha1
kind: HostnameConfig
hostname: cp
`;
  const usual = `        auditPolicy:
            apiVersion: audit.k8s.io/v1
            kind: Policy
            rules:
                - level: Metadata
`;
  const talosctl = () =>
    at.program(
      "talosctl",
      `f=${at.folder}/mc-$2; case "$*" in *"get machineconfig"*) cat $f;; *apply-config*) cat > $f;; *staticpodstatus*) echo "$2 k8s StaticPodStatus kube-system/kube-apiserver-cp 3 $(cat ${at.folder}/ready-$2 2>/dev/null || echo True)";; esac`,
    );
  const host = ["10.0.0.2", "10.0.0.3"];

  test.each([
    ["as `gen config` writes it", machine(usual)],
    ["without a policy", machine()],
  ])("each node's machine configuration, %s, one after the other, and as before", async (_, before) => {
    talosctl();
    for (const node of host) put(`mc-${node}`, before);
    const first = await run(at, "enable", "talos", { host }, { TIERCEL_INGEST_TOKEN: token });
    expect(first.code, first.err).toBe(0);
    for (const secret of [token, "xyz.secret"]) expect(first.err).not.toContain(secret);
    const [document = ""] = read(`mc-${host[1]}`).split("---\n");
    const { machine: of, cluster } = parse(document);
    expect(of.files[0]).toMatchObject({ path: "/var/audit/webhook.yaml", permissions: 0o600, op: "create" });
    expect(of.files[0].content).toContain(token);
    expect(cluster.apiServer.extraArgs["audit-webhook-config-file"]).toBe("/var/audit/webhook.yaml");
    expect(cluster.apiServer.auditPolicy.omitManagedFields).toBe(true);
    expect(read(`mc-${host[1]}`)).toContain("hostname: cp");
    expect((await run(at, "enable", "talos", { host }, { TIERCEL_INGEST_TOKEN: token })).err).toContain(
      "nothing to do",
    );
    const back = await run(at, "disable", "talos", { host });
    expect(back.code, back.err).toBe(0);
    for (const node of host) expect(read(`mc-${node}`)).toBe(before);
  });

  test("a node whose API server does not come back stops the walk", async () => {
    talosctl();
    for (const node of host) put(`mc-${node}`, machine());
    put(`ready-${host[0]}`, "False");
    const stopped = await run(at, "enable", "talos", { host });
    expect(stopped.code).toBe(1);
    expect(stopped.err).toContain("help: `talosctl -n 10.0.0.2 containers -k`");
    expect(read(`mc-${host[1]}`)).toBe(machine());
  });

  test("a policy of one's own is refused; documents of another kind get another way; no node is told", async () => {
    talosctl();
    put(`mc-${host[0]}`, machine(usual.replace("Metadata", "Request")));
    await expect(run(at, "enable", "talos", { host: [host[0] as string] })).rejects.toThrow(
      "cluster.apiServer.auditPolicy",
    );
    put(`mc-${host[0]}`, `${machine()}---\napiVersion: v1alpha1\nkind: KubeAPIServerConfig\n`);
    await expect(run(at, "enable", "talos", { host: [host[0] as string] })).rejects.toThrow("KubeAPIServerConfig");
    await expect(run(at, "enable", "talos", {})).rejects.toThrow("no control-plane node is named");
    at.program(
      "talosctl",
      "echo 'rpc error: code = Unavailable desc = connection error: desc = \"transport: authentication handshake failed\"' >&2; exit 1",
    );
    const out = await run(at, "enable", "talos", { host });
    expect([out.code, out.err]).toEqual([3, expect.stringContaining("authentication handshake failed")]);
  });
});

/** Distributions whose files lie on hosts: on hosts made of folders, behind a recording `ssh` and `docker`. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { dockerExec, type Hosts, hosts, run } from "./hosts.kit.ts";

let at: Hosts;
beforeEach(() => {
  at = hosts();
  programs();
});
afterEach(() => at.remove());

const token = "tiercel_0123456789abcdef";
const manifestPath = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const k3sPath = "/etc/rancher/k3s/config.yaml";

const manifest = `# Ours, by hand.
apiVersion: v1
kind: Pod
metadata:
    name: kube-apiserver
spec:
    containers:
    -   command:
        - kube-apiserver
        # keep this
        - --secure-port=6443
        - --audit-log-path=/var/log/audit.log
        image: registry.k8s.io/kube-apiserver:v1.21.14
        name: kube-apiserver
        volumeMounts:
        - {mountPath: /etc/kubernetes/pki, name: certs, readOnly: true}
    volumes: # one
    - hostPath: {path: /etc/kubernetes/pki}
      name: certs
`;

/** Those that change files of hosts: where, and what stands there before. */
const onHosts = [
  { name: "kubeadm", path: manifestPath, before: manifest },
  { name: "k3s", path: k3sPath, before: 'token: x   # a secret\nkube-apiserver-arg: "v=2"\n' },
  { name: "k3s", path: k3sPath, before: undefined },
  {
    name: "rke2",
    path: "/etc/rancher/rke2/config.yaml",
    before: "# first\nprofile: cis\nkube-apiserver-arg:\n  - v=2\n# last\n",
  },
  {
    name: "k0s",
    path: "/etc/k0s/k0s.yaml",
    before: "spec:\n    api:\n        port: 6443\n    storage: {type: etcd}\n",
  },
  {
    name: "openshift-3.11",
    path: "/etc/origin/master/master-config.yaml",
    before: "kind: MasterConfig\nauditConfig: {enabled: false}\ncorsAllowedOrigins:\n- a\n",
  },
] as const;

const ready = 'case "$*" in *readyz*|*healthz*) echo ok;; esac';

/** The hosts' programs. */
function programs(): void {
  for (const name of ["systemctl", "k3s", "k0s", "oc", "kubectl"]) at.program(name, ready);
  for (const host of ["cp1", "cp2", "cp3"]) {
    at.executable(host, "/var/lib/rancher/rke2/bin/kubectl", ready);
    at.executable(host, "/usr/local/bin/master-restart", "exit 0");
    at.executable(host, "/usr/local/bin/rke2", "echo 'rke2 version v1.30.4+rke2r1 (abc)'");
  }
}

describe.each(onHosts)("$name, where $path says $before", ({ name, path, before }) => {
  test("done twice is done once, and undone is as before, byte for byte", async () => {
    if (before !== undefined) at.write("cp1", path, before);
    const host = ["cp1"];
    const first = await run(at, "enable", name, { host }, { TIERCEL_INGEST_TOKEN: token });
    expect(first.code, first.err).toBe(0);
    const after = at.read("cp1", path) ?? "";
    expect(after).toMatch(/audit-webhook-config-file|webHookKubeConfig/);
    expect(first.err).not.toContain(token);
    const calls = at.calls().length;
    const second = await run(at, "enable", name, { host }, { TIERCEL_INGEST_TOKEN: token });
    expect(second.err).toContain("nothing to do");
    expect(at.read("cp1", path)).toBe(after);
    // It looked, and did nothing.
    expect(
      at
        .calls()
        .slice(calls)
        .filter((call) => /restart|stop|patch |kill/.test(call)),
    ).toEqual([]);
    const back = await run(at, "disable", name, { host });
    expect(back.code, back.err).toBe(0);
    expect(at.read("cp1", path)).toBe(before);
    const nothing = await run(at, "disable", name, { host });
    expect(nothing.err).toContain("nothing to do");
  });
});

test("the static pod has the flags and both mounts, and the policy fits the version of its image", async () => {
  at.write("cp1", manifestPath, manifest);
  expect((await run(at, "enable", "kubeadm", { host: ["cp1"] })).code).toBe(0);
  const after = at.read("cp1", manifestPath) ?? "";
  const pod = parse(after).spec;
  expect(pod.containers[0].command).toContain("--audit-webhook-mode=batch");
  expect(pod.containers[0].volumeMounts).toHaveLength(2);
  expect(pod.volumes).toHaveLength(2);
  expect(after).toContain("# keep this");
  const policy = at.read("cp1", "/var/lib/k8s_audit/audit-policy.yaml");
  expect(policy).toContain("# For Kubernetes 1.21.");
  expect(policy).not.toContain("omitManagedFields");
});

test("where only our own files change, the API server is ended, so that it reads them", async () => {
  at.write("cp1", manifestPath, manifest);
  await run(at, "enable", "kubeadm", { host: ["cp1"] });
  const calls = at.calls().length;
  const deeper = await run(at, "enable", "kubeadm", { host: ["cp1"], levelCap: "Metadata" });
  expect(deeper.code, deeper.err).toBe(0);
  expect(deeper.err).not.toContain(manifestPath);
  expect(
    at
      .calls()
      .slice(calls)
      .filter((call) => call.startsWith("kill")),
  ).toEqual(["kill-noted 99999999"]);
});

test("edited since, only what is ours is taken out, and what was kept is put aside", async () => {
  const before = "kube-apiserver-arg:\n- v=2\n";
  at.write("cp1", k3sPath, before);
  const host = ["cp1"];
  await run(at, "enable", "k3s", { host });
  at.write("cp1", k3sPath, `${at.read("cp1", k3sPath)}node-name: cp1 # new\n`);
  // Enabled once more with another receiver: the old original is no way back any more.
  await run(at, "enable", "k3s", { host, receiver: "https://10.0.0.6:7765" });
  expect((await run(at, "disable", "k3s", { host })).code).toBe(0);
  expect(at.read("cp1", k3sPath)).toBe(`${before}node-name: cp1 # new\n`);
});

test("somebody else's auditing is refused, kept or replaced", async () => {
  const theirs = manifest.replace("- --secure-port", "- --audit-policy-file=/theirs.yaml\n        - --secure-port");
  at.write("cp1", manifestPath, theirs);
  const host = ["cp1"];
  await expect(run(at, "enable", "kubeadm", { host })).rejects.toThrow(
    /configured already: --audit-policy-file=\/theirs.yaml/,
  );
  expect(at.read("cp1", manifestPath)).toBe(theirs);
  expect((await run(at, "enable", "kubeadm", { host, merge: "keep" })).code).toBe(0);
  expect(at.read("cp1", manifestPath)).toContain("--audit-policy-file=/theirs.yaml");
  expect(at.read("cp1", manifestPath)).toContain("--audit-webhook-config-file=");
  expect(at.read("cp1", "/var/lib/k8s_audit/audit-policy.yaml")).toBeUndefined();
  expect((await run(at, "disable", "kubeadm", { host })).code).toBe(0);
  expect(at.read("cp1", manifestPath)).toBe(theirs);
  expect((await run(at, "enable", "kubeadm", { host, merge: "replace" })).code).toBe(0);
  expect(at.read("cp1", manifestPath)).not.toContain("theirs");
  expect((await run(at, "disable", "kubeadm", { host })).code).toBe(0);
  expect(at.read("cp1", manifestPath)).toBe(theirs);
});

test("nothing there to be kept: `--merge keep` writes the policy that its flag names", async () => {
  at.write("cp1", manifestPath, manifest);
  expect((await run(at, "enable", "kubeadm", { host: ["cp1"], merge: "keep" })).code).toBe(0);
  expect(at.read("cp1", manifestPath)).toContain("--audit-policy-file=/var/lib/k8s_audit/audit-policy.yaml");
  expect(at.read("cp1", "/var/lib/k8s_audit/audit-policy.yaml")).toContain("kind: Policy");
});

test("a restart that failed is owed: the same command does it, and nothing else", async () => {
  const host = ["cp1"];
  at.program("systemctl", "echo 'Job for k3s failed' >&2; exit 1");
  const failed = await run(at, "enable", "k3s", { host });
  expect(failed.code).toBe(1);
  expect(failed.err).toContain("Job for k3s failed");
  expect(failed.err).toContain("3 of 5 steps are done");
  expect(failed.err).toContain("tiercel disable k3s --cluster prod");
  programs();
  const seen = await run(at, "enable", "k3s", { host, dryRun: true });
  expect(seen.out).toContain("An earlier run did not come to its end: 2 of these steps are left over from it.");
  const calls = at.calls().length;
  const on = await run(at, "enable", "k3s", { host });
  expect(on.code, on.err).toBe(0);
  expect(at.calls().slice(calls)).toContain("systemctl restart k3s");
  expect((await run(at, "enable", "k3s", { host })).err).toContain("nothing to do");
});

test("after a failure, going back restarts too, and owes nothing more", async () => {
  const host = ["cp1"];
  at.write("cp1", k3sPath, "token: x\n");
  at.program("systemctl", "exit 1");
  expect((await run(at, "enable", "k3s", { host })).code).toBe(1);
  programs();
  const back = await run(at, "disable", "k3s", { host });
  expect(back.code, back.err).toBe(0);
  expect(at.read("cp1", k3sPath)).toBe("token: x\n");
  expect((await run(at, "disable", "k3s", { host })).err).toContain("nothing to do");
});

test("a control-plane host that does not come back stops the walk, and the others go on as before", async () => {
  for (const host of ["cp1", "cp2", "cp3"]) at.write(host, manifestPath, manifest);
  at.write("cp2", "/stuck", "");
  const host = ["cp1", "cp2", "cp3"];
  const stopped = await run(at, "enable", "kubeadm", { host });
  expect(stopped.code).toBe(1);
  expect(stopped.err).toContain("The API server runs with our flags, and is ready (cp1) ... done");
  expect(stopped.err).toContain("not so after 240 s");
  expect(stopped.err).toContain("help: the API server's own log says why: `crictl ps -a");
  expect(stopped.err).toContain("Not touched, and as before: cp3");
  expect(at.read("cp2", manifestPath)).toContain("--audit-webhook-mode");
  expect(at.read("cp3", manifestPath)).toBe(manifest);
  // Back by the same hosts, while the second is still down: its file is what it was.
  at.write("cp2", "/proc/99999999/cmdline", "");
  const back = await run(at, "disable", "kubeadm", { host });
  expect(back.code, back.err).toBe(0);
  for (const name of host) expect(at.read(name, manifestPath)).toBe(manifest);
});

test("a host that cannot be reached is told before anything is done to another", async () => {
  at.write("cp1", manifestPath, manifest);
  at.program(
    "ssh",
    `case "$*" in *cp2*) echo 'ssh: connect to host cp2 port 22: Connection timed out' >&2; exit 255;; esac
while [ "$1" = -o ]; do shift 2; done; exec ${at.folder}/bin/in-host "$1" "$2"`,
  );
  const out = await run(at, "enable", "kubeadm", { host: ["cp1", "cp2"] });
  expect(out.code).toBe(3);
  expect(out.err).toContain("Connection timed out");
  expect(at.read("cp1", manifestPath)).toBe(manifest);
});

test("a host that is lost on the way is a failed step, and what is done is told", async () => {
  at.write("cp1", manifestPath, manifest);
  at.write("cp2", manifestPath, manifest);
  // The second host goes while the first one's API server starts.
  at.program(
    "ssh",
    `case "$*" in *cp2*) if grep -q audit-webhook ${at.folder}/hosts/cp1${manifestPath}; then echo 'ssh: connect to host cp2 port 22: Connection refused' >&2; exit 255; fi;; esac
while [ "$1" = -o ]; do shift 2; done; exec ${at.folder}/bin/in-host "$1" "$2"`,
  );
  const out = await run(at, "enable", "kubeadm", { host: ["cp1", "cp2"] });
  expect(out.code).toBe(1);
  expect(out.err).toContain("Connection refused");
  expect(out.err).toMatch(/\d+ of \d+ steps are done\. Not done:/);
  expect(at.read("cp2", manifestPath)).toBe(manifest);
});

test.each([
  ["changed", "token: x\n", "token: y\n", "was changed since it was looked at"],
  ["appeared", undefined, "token: y\n", "has appeared, and was changed since it was looked at"],
])("a file that %s since it was looked at is not overwritten", async (_, before, meanwhile, said) => {
  if (before !== undefined) at.write("cp1", k3sPath, before);
  // Somebody writes it while the first file of the plan is being written.
  at.program(
    "mkdir",
    `case "$*" in *k3s/server*) d=${at.folder}/hosts/cp1/etc/rancher/k3s; /bin/mkdir -p $d; printf '${meanwhile.replace("\n", "\\n")}' > $d/config.yaml;; esac; exec /bin/mkdir "$@"`,
  );
  const out = await run(at, "enable", "k3s", { host: ["cp1"] });
  expect(out.code).toBe(1);
  expect(out.err).toContain(said);
  expect(at.read("cp1", k3sPath)).toBe(meanwhile);
});

describe("drop-ins of K3s and RKE2", () => {
  const dropIn = "/etc/rancher/k3s/config.yaml.d/50-ours.yaml";
  const host = ["cp1"];

  test("a drop-in that replaces the list gets our flags, for the list before it does not count", async () => {
    at.write("cp1", k3sPath, "kube-apiserver-arg: [v=2]\n");
    at.write("cp1", dropIn, "# later\nkube-apiserver-arg:\n- v=4\n");
    expect((await run(at, "enable", "k3s", { host })).code).toBe(0);
    expect(at.read("cp1", k3sPath)).toBe("kube-apiserver-arg: [v=2]\n");
    expect(at.read("cp1", dropIn)).toContain("- audit-webhook-config-file=");
    expect((await run(at, "enable", "k3s", { host })).err).toContain("nothing to do");
    expect((await run(at, "disable", "k3s", { host })).code).toBe(0);
    expect(at.read("cp1", dropIn)).toBe("# later\nkube-apiserver-arg:\n- v=4\n");
  });

  test("a drop-in that adds to the list leaves ours alone, unless it configures auditing", async () => {
    at.write("cp1", dropIn, "kube-apiserver-arg+:\n- v=4\n");
    expect((await run(at, "enable", "k3s", { host })).code).toBe(0);
    expect(at.read("cp1", k3sPath)).toContain("- audit-webhook-config-file=");
    expect((await run(at, "disable", "k3s", { host })).code).toBe(0);
    const theirs = "kube-apiserver-arg+:\n- audit-policy-file=/theirs.yaml\n- v=4\n";
    at.write("cp1", dropIn, theirs);
    await expect(run(at, "enable", "k3s", { host })).rejects.toThrow(
      "configured already: audit-policy-file=/theirs.yaml, in /etc/rancher/k3s/config.yaml.d/50-ours.yaml",
    );
    expect((await run(at, "enable", "k3s", { host, merge: "keep" })).code).toBe(0);
    expect(at.read("cp1", dropIn)).toBe(theirs);
    expect(at.read("cp1", k3sPath)).not.toContain("audit-policy-file");
    expect((await run(at, "disable", "k3s", { host })).code).toBe(0);
    expect((await run(at, "enable", "k3s", { host, merge: "replace" })).code).toBe(0);
    expect(at.read("cp1", dropIn)).toBe("kube-apiserver-arg+:\n- v=4\n");
    expect((await run(at, "disable", "k3s", { host })).code).toBe(0);
    expect(at.read("cp1", dropIn)).toBe(theirs);
  });

  test("RKE2's policy may stand as a flag too: it is not said twice", async () => {
    const path = "/etc/rancher/rke2/config.yaml";
    const theirs = "kube-apiserver-arg:\n- audit-policy-file=/theirs.yaml\n";
    at.write("cp1", path, theirs);
    await expect(run(at, "enable", "rke2", { host })).rejects.toThrow("configured already");
    expect((await run(at, "enable", "rke2", { host, merge: "keep" })).code).toBe(0);
    expect(at.read("cp1", path)?.match(/audit-policy-file/g)).toHaveLength(1);
    await run(at, "disable", "rke2", { host });
    expect((await run(at, "enable", "rke2", { host, merge: "replace" })).code).toBe(0);
    expect(parse(at.read("cp1", path) ?? "")["audit-policy-file"]).toBe("/etc/rancher/rke2/audit-policy.yaml");
    expect(at.read("cp1", path)).not.toContain("theirs");
    await run(at, "disable", "rke2", { host });
    expect(at.read("cp1", path)).toBe(theirs);
  });
});

test.each([
  ["1.18.6+k3s1", "K3s v1.18.6+k3s1 is too old: it reads config.yaml from 1.19 on"],
  ["1.30.4+k3s1", undefined],
])("K3s %s", async (version, problem) => {
  at.program("k3s", `case "$*" in --version) echo 'k3s version v${version} (98a7)';; *readyz*) echo ok;; esac`);
  const done = run(at, "enable", "k3s", { host: ["cp1"] });
  if (problem === undefined) expect((await done).code).toBe(0);
  else await expect(done).rejects.toThrow(problem);
});

test("kind: every control-plane container, one after the other", async () => {
  at.program("kind", "printf 'k-control-plane\\nk-control-plane2\\nk-worker\\n'");
  at.program("docker", dockerExec(at));
  const nodes = ["k-control-plane", "k-control-plane2"];
  for (const node of nodes) at.write(node, manifestPath, manifest);
  const first = await run(at, "enable", "kind", { name: "k" });
  expect(first.code, first.err).toBe(0);
  for (const node of nodes) expect(at.read(node, manifestPath)).toContain("/var/lib/k8s_audit/webhook-config.yaml");
  expect((await run(at, "enable", "kind", { name: "k" })).err).toContain("nothing to do");
  expect((await run(at, "disable", "kind", { name: "k" })).code).toBe(0);
  for (const node of nodes) expect(at.read(node, manifestPath)).toBe(manifest);
  at.program("kind", "echo 'No kind nodes found for cluster \"k\".' >&2");
  await expect(run(at, "enable", "kind", { name: "k" })).rejects.toThrow("kind has no cluster `k` that runs");
  at.program("docker", "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 1");
  at.program("kind", "echo k-control-plane");
  const down = await run(at, "enable", "kind", { name: "k" });
  expect([down.code, down.err]).toEqual([3, expect.stringContaining("Cannot connect to the Docker daemon")]);
});

test("kubeadm's own configuration learns the flags, so that an upgrade keeps them, and forgets them", async () => {
  at.write("cp1", manifestPath, manifest);
  const config = `${at.folder}/kubeadm-config`;
  at.write(
    "x",
    "../../kubeadm-config",
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - name: v\n    value: "2"\n',
  );
  const before = at.read("x", "../../kubeadm-config");
  at.program(
    "kubectl",
    `case "$*" in *readyz*) echo ok;; *"get configmap kubeadm-config"*) cat ${config};; *"patch configmap"*) for w; do :; done; printf '%s' "$w" | sed -e 's/^{"data":{"ClusterConfiguration":"//' -e 's/"}}$//' -e 's/\\\\n/\\n/g' -e 's/\\\\"/"/g' > ${config};; esac`,
  );
  const host = ["cp1"];
  expect((await run(at, "enable", "kubeadm", { host })).code).toBe(0);
  const args = parse(at.read("x", "../../kubeadm-config") ?? "").apiServer;
  expect(args.extraArgs).toContainEqual({ name: "audit-policy-file", value: "/var/lib/k8s_audit/audit-policy.yaml" });
  expect(args.extraVolumes[0].hostPath).toBe("/var/lib/k8s_audit");
  expect((await run(at, "enable", "kubeadm", { host })).err).toContain("nothing to do");
  expect((await run(at, "disable", "kubeadm", { host })).code).toBe(0);
  expect(at.read("x", "../../kubeadm-config")).toBe(before);
});

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Config } from "../../config/schema.ts";
import { distributions } from "../../distributions/index.ts";
import { type DoFlags, listDistributions, turn } from "./enable.ts";
import { type Hosts, hosts, io } from "./hosts.kit.ts";

let at: Hosts;
beforeEach(() => {
  at = hosts();
});
afterEach(() => at.remove());

const token = "tiercel_0123456789abcdef";
const flags: DoFlags = { cluster: "prod", receiver: "https://10.0.0.5:7765", output: "text", yes: true };

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
        name: kube-apiserver
        volumeMounts:
        - {mountPath: /etc/kubernetes/pki, name: certs, readOnly: true}
    volumes: # one
    - hostPath: {path: /etc/kubernetes/pki}
      name: certs
`;

/** Those that change files of hosts: where, what stands there before, and the programs they call. */
const onHosts = [
  { name: "kubeadm", path: "/etc/kubernetes/manifests/kube-apiserver.yaml", before: manifest },
  { name: "k3s", path: "/etc/rancher/k3s/config.yaml", before: 'token: x   # a secret\nkube-apiserver-arg: "v=2"\n' },
  { name: "k3s", path: "/etc/rancher/k3s/config.yaml", before: undefined },
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

/** The hosts' programs. What asks for the API server's process is answered by its manifest. */
function programs(): void {
  const ready = 'case "$*" in *readyz*|*healthz*) echo ok;; esac';
  for (const name of ["systemctl", "k3s", "k0s", "oc", "kubectl"]) at.program(name, ready);
  at.executable("cp1", "/var/lib/rancher/rke2/bin/kubectl", ready);
  at.executable("cp1", "/usr/local/bin/master-restart", "exit 0");
  const pod = `${at.folder}/hosts/cp1/etc/kubernetes/manifests/kube-apiserver.yaml`;
  at.program("grep", `exec /usr/bin/grep -q audit-webhook-config-file ${pod}`);
}

describe.each(onHosts)("$name, where $path says $before", ({ name, path, before }) => {
  test("done twice is done once, and undone is as before, byte for byte", async () => {
    programs();
    if (before !== undefined) at.write("cp1", path, before);
    const of = { ...flags, host: ["cp1"] };
    const first = io(at, { TIERCEL_INGEST_TOKEN: token });
    expect(await turn("enable", name, of, first), first.err()).toBe(0);
    const after = at.read("cp1", path) ?? "";
    expect(after).toMatch(/audit-webhook-config-file|webHookKubeConfig/);
    if (name === "kubeadm") {
      const pod = parse(after).spec;
      expect(pod.containers[0].command).toContain("--audit-webhook-mode=batch");
      expect(pod.containers[0].volumeMounts).toHaveLength(2);
      expect(pod.volumes).toHaveLength(2);
      expect(after).toContain("# keep this");
    }
    expect(first.err()).not.toContain(token);
    const calls = at.calls().length;
    const second = io(at, { TIERCEL_INGEST_TOKEN: token });
    expect(await turn("enable", name, of, second)).toBe(0);
    expect(second.err()).toContain("nothing to do");
    expect(at.read("cp1", path)).toBe(after);
    // It looked, and did nothing.
    expect(
      at
        .calls()
        .slice(calls)
        .filter((call) => /restart|stop|patch /.test(call)),
    ).toEqual([]);
    const back = io(at);
    expect(await turn("disable", name, of, back), back.err()).toBe(0);
    expect(at.read("cp1", path)).toBe(before);
  });
});

test("edited since, only what is ours is taken out", async () => {
  programs();
  const path = "/etc/rancher/k3s/config.yaml";
  at.write("cp1", path, "kube-apiserver-arg:\n- v=2\n");
  const of = { ...flags, host: ["cp1"] };
  await turn("enable", "k3s", of, io(at));
  at.write("cp1", path, `${at.read("cp1", path)}node-name: cp1 # new\n`);
  expect(await turn("disable", "k3s", of, io(at))).toBe(0);
  expect(at.read("cp1", path)).toBe("kube-apiserver-arg:\n- v=2\nnode-name: cp1 # new\n");
});

test("somebody else's auditing is refused, kept or replaced", async () => {
  programs();
  const path = "/etc/kubernetes/manifests/kube-apiserver.yaml";
  const theirs = manifest.replace("- --secure-port", "- --audit-policy-file=/theirs.yaml\n        - --secure-port");
  at.write("cp1", path, theirs);
  const of = { ...flags, host: ["cp1"] };
  await expect(turn("enable", "kubeadm", of, io(at))).rejects.toThrow(
    /configured already: --audit-policy-file=\/theirs.yaml/,
  );
  expect(at.read("cp1", path)).toBe(theirs);
  expect(await turn("enable", "kubeadm", { ...of, merge: "keep" }, io(at))).toBe(0);
  expect(at.read("cp1", path)).toContain("--audit-policy-file=/theirs.yaml");
  expect(at.read("cp1", path)).toContain("--audit-webhook-config-file=");
  expect(await turn("disable", "kubeadm", of, io(at))).toBe(0);
  expect(at.read("cp1", path)).toBe(theirs);
  expect(await turn("enable", "kubeadm", { ...of, merge: "replace" }, io(at))).toBe(0);
  expect(at.read("cp1", path)).not.toContain("theirs");
  expect(await turn("disable", "kubeadm", of, io(at))).toBe(0);
  expect(at.read("cp1", path)).toBe(theirs);
});

test("a step that fails says what is done, what is not, and how to go on", async () => {
  at.program("systemctl", "echo 'Job for k3s failed' >&2; exit 1");
  const out = io(at);
  expect(await turn("enable", "k3s", { ...flags, host: ["cp1"] }, out)).toBe(1);
  expect(out.err()).toContain("Job for k3s failed");
  expect(out.err()).toContain("3 of 5 steps are done");
  expect(out.err()).toContain("tiercel disable k3s --cluster prod");
});

test("clouds: what is there is not made again, and only what we did is undone", async () => {
  at.program(
    "aws",
    `case "$*" in *describe-cluster*status*) echo ACTIVE;; *describe-cluster*) cat ${at.folder}/logging;; *update-cluster-config*true*) echo audit > ${at.folder}/logging;; *update-cluster-config*) echo > ${at.folder}/logging;; esac`,
  );
  const of = { ...flags, region: "eu-west-1" };
  writeFileSync(join(at.folder, "logging"), "audit\n");
  expect(await turn("enable", "eks", of, io(at))).toBe(0);
  const left = io(at);
  expect(await turn("disable", "eks", of, left)).toBe(0);
  expect(left.err()).toContain("Left as it is");
  writeFileSync(join(at.folder, "logging"), "\n");
  expect(await turn("enable", "eks", of, io(at))).toBe(0);
  expect(
    at
      .calls()
      .some((call) =>
        call.includes(
          'update-cluster-config --region eu-west-1 --name prod --logging {"clusterLogging":[{"types":["audit"],"enabled":true}]}',
        ),
      ),
  ).toBe(true);
  expect(await turn("disable", "eks", of, io(at))).toBe(0);
  expect(readFileSync(join(at.folder, "logging"), "utf8")).toBe("\n");
});

test("IKS: the one webhook is set and unset; somebody else's is left alone", async () => {
  const url = join(at.folder, "url");
  writeFileSync(url, "");
  at.program(
    "ibmcloud",
    `case "$*" in *"audit-webhook get"*) cat ${url};; *"audit-webhook set"*) echo "Server: $9" > ${url};; *"audit-webhook unset"*) : > ${url};; esac`,
  );
  expect(await turn("enable", "iks", flags, io(at))).toBe(0);
  expect(readFileSync(url, "utf8")).toBe("Server: https://10.0.0.5:7765/k8s_audit/prod\n");
  // The receiver is not needed to go back.
  const { receiver: _, ...back } = flags;
  expect(await turn("disable", "iks", back, io(at))).toBe(0);
  expect(readFileSync(url, "utf8")).toBe("");
  writeFileSync(url, "Server: https://theirs.example/log\n");
  await expect(turn("enable", "iks", flags, io(at))).rejects.toThrow("configured already");
  const left = io(at);
  expect(await turn("disable", "iks", back, left)).toBe(0);
  expect(left.err()).toContain("not ours: left alone");
});

test("OpenShift: profile and forwarder are set, and taken back without the receiver being told", async () => {
  const state = (name: string) => join(at.folder, name);
  at.program(
    "oc",
    `d=${at.folder}
case "$*" in
*'spec.audit.profile'*) cat $d/profile 2>/dev/null || echo Default;;
*'audit-profile-before'*'jsonpath'* | *'jsonpath'*'audit-profile-before'*) cat $d/before 2>/dev/null;;
"patch apiserver"*'before":null'*) rm -f $d/before $d/profile;;
"patch apiserver"*) echo Default > $d/before; echo WriteRequestBodies > $d/profile;;
"get clusterlogforwarder"*) [ -e $d/forwarder ] && sed -n 's/ *url: //p' $d/forwarder;;
"get clusterrolebindings"*) [ -e $d/role ] && echo collect-audit-logs tiercel-collector;;
"get serviceaccount"*) [ -e $d/account ];;
"create serviceaccount"*) : > $d/account;;
"adm policy add"*) : > $d/role;;
"adm policy remove"*) rm $d/role;;
"apply"*) cat > $d/forwarder;;
"delete clusterlogforwarder"*) rm $d/forwarder;;
"delete serviceaccount"*) rm $d/account;;
esac`,
  );
  expect(await turn("enable", "openshift", flags, io(at))).toBe(0);
  const again = io(at);
  expect(await turn("enable", "openshift", flags, again)).toBe(0);
  expect(again.err()).toContain("nothing to do");
  const { receiver: _, ...back } = flags;
  const out = io(at);
  expect(await turn("disable", "openshift", back, out), out.err()).toBe(0);
  for (const name of ["forwarder", "role", "account", "profile", "before"])
    expect(existsSync(state(name)), name).toBe(false);
});

test("a missing program is told with what to do, and nothing is done", async () => {
  const out = io(at);
  expect(await turn("enable", "gke", { ...flags, project: "p" }, out)).toBe(3);
  expect(out.err()).toMatch(/`gcloud` is not on PATH\nhelp: install gcloud/);
});

test("kOps: the Cluster object is changed as a text, and changed back", async () => {
  const before =
    "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nspec:\n  # by hand\n  kubeAPIServer:\n    anonymousAuth: false\n";
  const object = join(at.folder, "cluster.yaml");
  writeFileSync(object, before);
  at.program(
    "kops",
    `case "$1" in version) echo 'Client version: 1.28.4';; get) cat ${object};; replace) cat > ${object};; esac`,
  );
  expect(await turn("enable", "kops", flags, io(at))).toBe(0);
  const { spec } = parse(readFileSync(object, "utf8"));
  expect(spec.kubeAPIServer).toMatchObject({
    anonymousAuth: false,
    auditWebhookBatchMaxSize: 200,
    auditWebhookBatchMaxWait: "5s",
  });
  expect(spec.fileAssets.map(({ name, roles }: { name: string; roles: string[] }) => [name, ...roles])).toEqual([
    ["audit-policy", "ControlPlane"],
    ["webhook-config", "ControlPlane"],
  ]);
  expect(at.calls()).toContain("kops rolling-update cluster prod --yes");
  expect(await turn("disable", "kops", flags, io(at))).toBe(0);
  expect(readFileSync(object, "utf8")).toBe(before);
});

describe.each(distributions.map(({ name }) => name))("%s, where nothing can be seen", (name) => {
  const more = {
    gke: { project: "p" },
    eks: { region: "eu-west-1", role: "tiercel" },
    aks: { "resource-group": "g", resourceGroup: "g" },
    gardener: { namespace: "garden-p" },
    admission: { url: "https://10.0.0.5:7767" },
    talos: { host: ["10.0.0.2"] },
  }[name as string];
  const dry = { ...flags, ...more, dryRun: true };

  test.each(["text", "json", "yaml", "sh"] as const)("a dry run prints its plan as %s", async (output) => {
    const out = io(at, { TIERCEL_INGEST_TOKEN: token });
    if (name === "rke")
      writeFileSync(
        join(at.folder, "cluster.yml"),
        "nodes:\n- {address: 10.0.0.2, user: u, role: [controlplane, etcd]}\n- {address: 10.0.0.3, user: u, role: [controlplane]}\n",
      );
    expect(
      await turn(
        "enable",
        name,
        { ...dry, ...(name === "rke" ? { file: join(at.folder, "cluster.yml") } : {}), output },
        out,
      ),
    ).toBe(0);
    expect(out.out()).not.toContain(token);
    if (output === "json" || output === "yaml") {
      const plan = parse(out.out());
      expect(plan.steps.length).toBeGreaterThan(0);
      expect(plan).toMatchObject({ distribution: name, cluster: "prod", action: "enable" });
    }
    const shown = out.out().replaceAll(at.folder, "HOME");
    if (output === "text") await expect(shown).toMatchFileSnapshot(`../../../fixtures/enable/${name}.txt`);
    if (output === "sh") {
      writeFileSync(join(at.folder, "plan.sh"), out.out());
      const { code, stderr } = await syntax(join(at.folder, "plan.sh"));
      expect(stderr).toBe("");
      expect(code).toBe(0);
    }
    expect(existsSync(join(at.folder, "state"))).toBe(false);
  });
});

async function syntax(path: string) {
  const { machine } = await import("./machine.ts");
  return machine({ env: at.env }).run({ via: "here", name: "" }, ["sh", "-n", path]);
}

test.each(["gke", "eks", "aks"])("%s: the source that the notes give is one that the server reads", async (name) => {
  const out = io(at);
  const options = { project: "my-project", region: "eu-west-1", resourceGroup: "g" };
  const mine = distributions.find((one) => one.name === name)?.options?.filter(({ required }) => required) ?? [];
  const given = Object.fromEntries(
    Object.entries(options).filter(([key]) => mine.some((one) => one.name.replace("-g", "G") === key)),
  );
  expect(await turn("enable", name, { ...flags, ...given, dryRun: true, output: "json" }, out)).toBe(0);
  const note = (JSON.parse(out.out()).notes as string[]).find((text) =>
    text.startsWith("The source for tiercel.yaml: "),
  );
  const source = parse(note?.slice(note.indexOf("{")) ?? "");
  expect(Config.safeParse({ sources: [source] }).error?.issues ?? []).toEqual([]);
});

test("the list names every distribution with what it takes", async () => {
  const out = io(at);
  expect(await listDistributions("text", out)).toBe(0);
  for (const { name, options = [] } of distributions) {
    expect(out.out()).toContain(name);
    for (const option of options) expect(out.out()).toContain(`--${option.name}`);
  }
});

test("old names work, unknown ones are answered with near ones", async () => {
  const out = io(at);
  expect(await turn("enable", "minikube-1.11", { ...flags, dryRun: true }, out)).toBe(0);
  expect(out.out()).toContain("audit.k8s.io/v1beta1");
  await expect(turn("enable", "kubeadmn", { ...flags, dryRun: true }, io(at))).rejects.toThrow("no distribution");
});

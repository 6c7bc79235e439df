/** Starting files as people have them, for properties: by hand and by programs, with what is written into them over years. */
import fc from "fast-check";

export const manifests = [
  `apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.0.0.2:6443
  labels: {component: kube-apiserver, tier: control-plane}
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    - --advertise-address=10.0.0.2
    - --tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384
    image: registry.k8s.io/kube-apiserver:v1.30.4
    livenessProbe:
      httpGet: {host: 10.0.0.2, path: /livez, port: 6443, scheme: HTTPS}
    name: kube-apiserver
    volumeMounts:
    - mountPath: /etc/ssl/certs
      name: ca-certs
      readOnly: true
  hostNetwork: true
  volumes:
  - hostPath:
      path: /etc/ssl/certs
      type: DirectoryOrCreate
    name: ca-certs
status: {}
`,
  `kind: Pod
apiVersion: v1
spec:
    containers:
        -   name: "kube-apiserver"
            args: ["kube-apiserver", "--v=2", '--audit-log-path=/var/log/a.log']
            volumeMounts: [{name: certs, mountPath: /pki}]
    volumes: [{name: certs, hostPath: {path: /pki}}]
`,
  `apiVersion: v1
kind: Pod
spec:
  containers:
    - command: &command
        - kube-apiserver
        - --profiling=false
      name: kube-apiserver
      volumeMounts:
        - {mountPath: /a, name: a}
    - name: sidecar
      command: [sleep, "1"]
  volumes:
    - name: a
      emptyDir: &nothing {}
    - name: b
      emptyDir: *nothing
`,
] as const;

export const rancher = [
  "",
  "token: K10abc::server:xyz\ntls-san:\n- cp.example\n",
  "kube-apiserver-arg: v=2\nnode-label: [a=b]\n",
  'write-kubeconfig-mode: "0644"\nkube-apiserver-arg:\n    - "v=2"\n    - audit-log-maxage=30\ndisable:\n    - traefik\n',
  "kube-apiserver-arg: [v=2, 'profiling=false']\n",
] as const;

export const k0sConfigs = [
  "apiVersion: k0s.k0sproject.io/v1beta1\nkind: ClusterConfig\nmetadata:\n  name: k0s\n",
  "spec:\n    api:\n        address: 10.0.0.2\n        extraArgs:\n            v: '2'\n    storage: {type: etcd}\n",
  "spec:\n  api: {port: 6443}\n  network:\n    provider: kuberouter\n",
  "spec:\n  api:\n  telemetry: {enabled: false}\n",
] as const;

export const masterConfigs = [
  "apiVersion: master.config.openshift.io/v1\nkind: MasterConfig\nauditConfig:\n  enabled: false\ncorsAllowedOrigins:\n- (?i)//127\\.0\\.0\\.1(:|\\z)\n",
  "kind: MasterConfig\nadmissionConfig:\n  pluginConfig: {}\n",
] as const;

export const rkeFiles = [
  "nodes:\n- address: 10.0.0.2\n  user: u\n  role: [controlplane, etcd]\n",
  "nodes:\n    - {address: 10.0.0.2, user: u, role: [controlplane]}\nservices:\n    etcd: {snapshot: true}\n    kube-api:\n        pod_security_policy: false\n        extra_args:\n            v: 2\n        extra_binds:\n            - /a:/a\n",
  "services:\n  kube-api:\nnodes: [{address: 10.0.0.2, user: u, role: [controlplane]}]\n",
] as const;

export const kopsSpecs = [
  "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n  name: prod\nspec:\n  api:\n    loadBalancer: {type: Public}\n  kubernetesVersion: 1.28.4\n",
  "kind: Cluster\nspec:\n  fileAssets:\n  - name: motd\n    path: /etc/motd\n    content: |\n      hello\n\n      # not a comment\n  kubeAPIServer:\n    anonymousAuth: false\n    auditLogMaxSize: 10\n",
] as const;

export const talosConfigs = [
  "version: v1alpha1 # Indicates the schema used to decode the contents.\nmachine:\n    type: controlplane\n    files: []\ncluster:\n    apiServer:\n        certSANs:\n            - 10.0.0.2\n        auditPolicy:\n            apiVersion: audit.k8s.io/v1\n            kind: Policy\n            rules:\n                - level: Metadata\n    etcd: {}\n",
  "version: v1alpha1\nmachine:\n  type: controlplane\n  files:\n    - path: /var/a\n      op: create\n      permissions: 0o644\n      content: |\n        a\ncluster:\n  apiServer: {}\n",
  "machine:\n  type: controlplane\ncluster:\n  clusterName: x\n",
] as const;

/** Comments and blank lines between lines, where no text block stands; a machine's line ends; no last line end. */
export const lived = (bases: readonly string[]): fc.Arbitrary<string> =>
  fc
    .record({
      base: fc.constantFrom(...bases),
      remarks: fc.array(fc.tuple(fc.nat(40), fc.constantFrom("# by hand: {", "    # - deep", "", "#")), {
        maxLength: 4,
      }),
      behind: fc.array(fc.nat(40), { maxLength: 2 }),
      crlf: fc.boolean(),
      open: fc.boolean(),
    })
    .map(({ base, remarks, behind, crlf, open }) => {
      if (base === "") return base;
      const lines = base.replace(/\n$/, "").split("\n");
      const isText = lines.map((_, at) => inBlockScalar(lines, at));
      for (const at of behind) if (at < lines.length && isText[at] === false) lines[at] += "   # why";
      const out = lines.flatMap((line, at) => [
        ...remarks
          .filter(([where, remark]) => where === at && isText[at] === false && remark !== undefined)
          .map(([, remark]) => remark),
        line,
      ]);
      const text = `${out.join("\n")}${open ? "" : "\n"}`;
      return crlf && !base.includes("content: |") ? text.replaceAll("\n", "\r\n") : text;
    });

/** Whether the line, or that before it, belongs to a `|` block. */
function inBlockScalar(lines: readonly string[], at: number): boolean {
  const head = lines.slice(0, at + 1).findLastIndex((line) => /: \|\s*$/.test(line));
  if (head < 0) return false;
  const indent = (line: string) => line.length - line.trimStart().length;
  return lines.slice(head + 1, at + 1).every((line) => line === "" || indent(line) > indent(lines[head] as string));
}

/** The static pod that kubeadm writes for an API server, and the flags with which its container runs on a host made of folders. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** As `kubeadm init` of Kubernetes 1.37 writes it, shortened by probes and labels. */
export const kubeadmManifest = `apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 192.168.1.10:6443
  labels:
    component: kube-apiserver
    tier: control-plane
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    - --advertise-address=192.168.1.10
    - --allow-privileged=true
    - --authorization-mode=Node,RBAC
    - --client-ca-file=/etc/kubernetes/pki/ca.crt
    - --enable-admission-plugins=NodeRestriction
    - --enable-bootstrap-token-auth=true
    - --etcd-servers=https://127.0.0.1:2379
    - --kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt
    - --kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key
    - --kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname
    - --secure-port=6443
    - --service-account-issuer=https://kubernetes.default.svc.cluster.local
    - --service-account-key-file=/etc/kubernetes/pki/sa.pub
    - --service-account-signing-key-file=/etc/kubernetes/pki/sa.key
    - --service-cluster-ip-range=10.96.0.0/12
    - --tls-cert-file=/etc/kubernetes/pki/apiserver.crt
    - --tls-private-key-file=/etc/kubernetes/pki/apiserver.key
    image: registry.k8s.io/kube-apiserver:v1.37.2
    imagePullPolicy: IfNotPresent
    name: kube-apiserver
    volumeMounts:
    - mountPath: /etc/ssl/certs
      name: ca-certs
      readOnly: true
    - mountPath: /etc/kubernetes/pki
      name: k8s-certs
      readOnly: true
  hostNetwork: true
  priorityClassName: system-node-critical
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  volumes:
  - hostPath:
      path: /etc/ssl/certs
      type: DirectoryOrCreate
    name: ca-certs
  - hostPath:
      path: /etc/kubernetes/pki
      type: DirectoryOrCreate
    name: k8s-certs
status: {}
`;

interface Mount {
  readonly name: string;
  readonly mountPath: string;
}

interface Volume {
  readonly name: string;
  readonly hostPath: { readonly path: string };
}

/**
 * The container's flags by name, with paths where they lie on the host below `root`. A path that is not mounted, or whose
 * file is not there, is refused as a container runtime or the API server would.
 */
export function flagsOf(manifest: string, root: string): Map<string, string> {
  const { spec } = parse(manifest) as {
    spec: {
      containers: { name: string; command?: string[]; args?: string[]; volumeMounts?: Mount[] }[];
      volumes?: Volume[];
    };
  };
  const container = spec.containers.find(({ name }) => name === "kube-apiserver");
  if (container === undefined) throw new Error("no container kube-apiserver");
  const { command = [], args = [], volumeMounts = [] } = container;
  const [program, ...flags] = [...command, ...args];
  if (program !== "kube-apiserver") throw new Error(`it runs ${program}`);
  const onHost = (path: string): string => {
    const mount = volumeMounts
      .filter(({ mountPath }) => path.startsWith(`${mountPath}/`))
      .toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0];
    const volume = spec.volumes?.find(({ name }) => name === mount?.name);
    if (mount === undefined || volume === undefined) throw new Error(`${path} is not mounted`);
    const full = join(root, volume.hostPath.path, path.slice(mount.mountPath.length));
    if (!existsSync(full)) throw new Error(`${path}: there is no ${full}`);
    return full;
  };
  return new Map(
    flags.map((flag) => {
      const [, name, value] = /^--([^=]+)=(.*)$/s.exec(flag) ?? [];
      if (name === undefined || value === undefined) throw new Error(`no flag: ${flag}`);
      return [name, value.startsWith("/") ? onHost(value) : value];
    }),
  );
}

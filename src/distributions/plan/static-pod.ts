/** The API server as a static pod: its manifest, which the kubelet watches, with our flags and the files' folder mounted. */
import { processRestart } from "./api-server-process.ts";
import { auditFlags } from "./audit-flags.ts";
import { auditFolder, auditPaths } from "./audit-folder.ts";
import { type Place, Refused, type Wish, type World } from "./contract.ts";
import { type FlagList, putFlags, stripFlags } from "./flag-lists.ts";
import { type HostSetup, type SharedFile, webhookPair } from "./host-files.ts";
import { readYaml, removeYaml, setYaml } from "./yaml-text.ts";

export const manifestPath = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const container = ["spec", "containers", { name: "kube-apiserver" }] as const;
const volumeName = "k8s-audit";
const flags = auditFlags(auditPaths);

export const staticPodSetup = (wish: Wish): HostSetup => ({
  own: webhookPair(wish, auditPaths),
  shared: [staticPod(wish)],
  restart: processRestart({
    flags: flags.filter(({ name }) => wish.merge !== "keep" || name !== "audit-policy-file"),
    ready: "kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz",
    withinSecs: 240,
    restarts: { what: "this host's API server", secs: 60 },
    help: "the API server's own log says why: `crictl ps -a --name kube-apiserver` on that host, then `crictl logs ID`",
  }),
});

/** The version in the image's tag, of the first place: `registry.k8s.io/kube-apiserver:v1.30.4`. */
export async function staticPodVersion(world: World, on: Place | undefined): Promise<string | undefined> {
  const manifest = on === undefined ? null : await world.read(on, manifestPath);
  return /kube-apiserver[^\s"']*:(v1\.\d+[^\s"'@]*)/.exec(manifest ?? "")?.[1];
}

export function staticPod(wish: Pick<Wish, "merge">): SharedFile {
  return {
    path: manifestPath,
    title: "The flags, and the folder mounted into the API server. The kubelet starts it anew",
    usual: usualManifest,
    put: (text) => {
      const withFlags = putFlags(text ?? "", flagList(text ?? ""), flags, wish);
      const mounted = put(withFlags, [...container, "volumeMounts", { name: volumeName }], {
        name: volumeName,
        mountPath: auditFolder,
        readOnly: true,
      });
      return put(mounted, ["spec", "volumes", { name: volumeName }], {
        name: volumeName,
        hostPath: { path: auditFolder, type: "DirectoryOrCreate" },
      });
    },
    strip: (text) => {
      const without = stripFlags(text, flagList(text), flags);
      return [
        [...container, "volumeMounts", { name: volumeName }],
        ["spec", "volumes", { name: volumeName }],
      ].reduce(removeYaml, without);
    },
  };
}

/** What says the same already stays as it is written. */
const put = (text: string, path: Parameters<typeof setYaml>[1], value: object): string =>
  JSON.stringify(readYaml(text, path)) === JSON.stringify(value) ? text : setYaml(text, path, value);

/** Flags stand in `command`, in some vendors' manifests in `args`. */
function flagList(text: string): FlagList {
  if (readYaml(text, container) === undefined)
    throw new Refused(
      `${manifestPath} holds no container kube-apiserver`,
      "is this a control-plane host of kubeadm's kind? `tiercel enable --list` shows the other kinds",
    );
  const args = readYaml(text, [...container, "args"]);
  const inArgs = Array.isArray(args) && args.some((arg) => String(arg).startsWith("--"));
  return { path: [...container, inArgs ? "args" : "command"], dashes: "--" };
}

/** As kubeadm writes it, in short. */
const usualManifest = `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    name: kube-apiserver
    volumeMounts:
    - mountPath: /etc/kubernetes/pki
      name: k8s-certs
      readOnly: true
  volumes:
  - hostPath:
      path: /etc/kubernetes/pki
      type: DirectoryOrCreate
    name: k8s-certs
`;

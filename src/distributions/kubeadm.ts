/** kubeadm, and everything built like it: the API server is a static pod, whose manifest the kubelet watches. */
import { auditFlags } from "./plan/audit-flags.ts";
import { type Distribution, type Place, Refused, type Wish, type World } from "./plan/contract.ts";
import { type FlagList, putFlags, stripFlags } from "./plan/flag-lists.ts";
import {
  type HostSetup,
  hostPlan,
  hostUndo,
  places,
  type Restart,
  type SharedFile,
  webhookPair,
} from "./plan/host-files.ts";
import { kubeadmConfigStep } from "./plan/kubeadm-config.ts";
import { readYaml, removeYaml, setYaml } from "./plan/yaml-text.ts";

const folder = "/var/lib/k8s_audit";
export const manifestPath = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const paths = { policy: `${folder}/audit-policy.yaml`, webhook: `${folder}/webhook-config.yaml` };
const container = ["spec", "containers", { name: "kube-apiserver" }] as const;
const volumeName = "k8s-audit";

/** The static pod's manifest, with the two files' folder mounted where they lie. */
export function staticPod(wish: Wish, folderOf = folder, pathsOf = paths): SharedFile {
  const flags = auditFlags(pathsOf);
  return {
    path: manifestPath,
    title: "The flags, and the folder mounted into the API server. The kubelet starts it anew",
    usual: usualManifest,
    put: (text) => {
      const at = flagList(text ?? "");
      const withFlags = putFlags(text ?? "", at, flags, wish);
      const mounted = setYaml(withFlags, [...container, "volumeMounts", { name: volumeName }], {
        name: volumeName,
        mountPath: folderOf,
        readOnly: true,
      });
      return setYaml(mounted, ["spec", "volumes", { name: volumeName }], {
        name: volumeName,
        hostPath: { path: folderOf, type: "DirectoryOrCreate" },
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

/** The kubelet needs some seconds to see the change; until then the old API server answers. */
export const staticPodReady =
  (webhook: string) =>
  (direction: "put" | "strip"): Restart => [
    {
      title: `The API server ${direction === "put" ? "runs with our flags" : "runs without our flags"}, and is ready`,
      argv: [
        "sh",
        "-c",
        `${direction === "put" ? "" : "! "}grep -qsa -- '[-]-audit-webhook-config-file=${webhook}' /proc/[0-9]*/cmdline && kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz`,
      ],
      expect: "^ok",
      everySecs: 5,
      withinSecs: 240,
      restarts: { what: "this host's API server", secs: 60 },
    },
  ];

const setupOf = (wish: Wish): HostSetup => ({
  own: webhookPair(wish, paths),
  shared: [staticPod(wish)],
  restart: staticPodReady(paths.webhook),
});

async function hostsOf(wish: Wish, world: World): Promise<{ on: readonly Place[]; notes: readonly string[] }> {
  const on = places(wish);
  const nodes = await world.try([
    ...["kubectl", "get", "nodes", "-l", "node-role.kubernetes.io/control-plane"],
    ...["-o", "jsonpath={.items[*].metadata.name}"],
  ]);
  const known = nodes?.code === 0 ? nodes.stdout.split(/\s+/).filter(Boolean) : [];
  return {
    on,
    notes:
      known.length > on.length
        ? [
            `The cluster has ${known.length} control-plane hosts (${known.join(", ")}), this plan is for ${on.length}: each API server tells only of its own requests. Name them all with --host.`,
          ]
        : [],
  };
}

export const kubeadm: Distribution = {
  name: "kubeadm",
  aliases: ["cluster-api"],
  title: "kubeadm, and clusters built like it",
  doc: "The API server posts to us; its static pod's manifest is changed on every control-plane host, one after the other.",
  tools: [],
  takesHosts: true,
  route: "webhook",
  verifyWithinSecs: 30,
  async plan(wish, world) {
    const { on, notes } = await hostsOf(wish, world);
    const steps = await hostPlan(world, on, setupOf(wish));
    const lasting = await kubeadmConfigStep(world, paths, "put");
    return { steps: [...lasting.steps, ...steps], notes: [...notes, ...lasting.notes] };
  },
  async undo(wish, world) {
    const lasting = await kubeadmConfigStep(world, paths, "strip");
    return { steps: [...lasting.steps, ...(await hostUndo(world, places(wish), setupOf(wish)))], notes: lasting.notes };
  },
};

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

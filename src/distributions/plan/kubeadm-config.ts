/** kubeadm's own memory, the ConfigMap `kubeadm-config`: what is not in it is lost when kubeadm upgrades the cluster. */
import { auditFlags, type Flag } from "./audit-flags.ts";
import { auditFolder, auditPaths } from "./audit-folder.ts";
import { here, type Planned, type Step, type World } from "./contract.ts";
import { readYaml, removeYaml, setYaml } from "./yaml-text.ts";

const read = [
  "kubectl",
  "-n",
  "kube-system",
  "get",
  "configmap",
  "kubeadm-config",
  "-o",
  "jsonpath={.data.ClusterConfiguration}",
];
const volume = ["apiServer", "extraVolumes", { name: "k8s-audit" }] as const;

/** The step that writes our flags into it, or takes them out; none where it says so already. */
export async function kubeadmConfigStep(world: World, direction: "put" | "strip"): Promise<Required<Planned>> {
  const answer = await world.try(read);
  if (answer === undefined || answer.code !== 0 || answer.stdout.trim() === "")
    return { steps: [], notes: [forgetful(direction)] };
  const before = answer.stdout;
  const flags = auditFlags(auditPaths);
  const after = direction === "put" ? put(before, flags, auditFolder) : strip(before, flags);
  const notes = direction === "put" ? others(before, flags) : [];
  if (after === before) return { steps: [], notes };
  const step = (text: string): readonly string[] => [
    ...["kubectl", "-n", "kube-system", "patch", "configmap", "kubeadm-config", "--type=merge", "-p"],
    JSON.stringify({ data: { ClusterConfiguration: text } }),
  ];
  const title =
    direction === "put"
      ? "kubeadm remembers the flags, so that its next upgrade keeps them"
      : "kubeadm forgets the flags again";
  const steps: Step[] = [{ kind: "run", on: here, title, argv: step(after), undo: step(before) }];
  return { steps, notes };
}

/** Flags that say something else there are left alone. */
const others = (text: string, flags: readonly Flag[]): readonly string[] =>
  flags.flatMap(({ name, value }) => {
    const there = readArg(text, name, isList(text));
    return there === undefined || String(there) === value
      ? []
      : [
          `kubeadm's own configuration says ${name}: ${there}, and an upgrade by kubeadm brings that back: change it there.`,
        ];
  });

/** kubeadm's v1beta4 (Kubernetes 1.31) has a list of names and values where v1beta3 has a map (reference 03 §1.12). */
const isList = (text: string): boolean => {
  const api = String(readYaml(text, ["apiVersion"]) ?? "");
  return !/\/v1(alpha|beta[1-3])/.test(api);
};

export function put(text: string, flags: readonly Flag[], folder: string): string {
  const list = isList(text);
  const withFlags = flags.reduce(
    (now, { name, value }) =>
      readArg(now, name, list) !== undefined
        ? now
        : list
          ? setYaml(now, ["apiServer", "extraArgs", { name }, "value"], value)
          : setYaml(now, ["apiServer", "extraArgs", name], value),
    text,
  );
  if (readYaml(withFlags, volume) !== undefined) return withFlags;
  return setYaml(withFlags, volume, {
    name: "k8s-audit",
    hostPath: folder,
    mountPath: folder,
    readOnly: true,
    pathType: "DirectoryOrCreate",
  });
}

export function strip(text: string, flags: readonly Flag[]): string {
  const list = isList(text);
  const without = flags.reduce(
    (now, { name, value }) =>
      readArg(now, name, list) === value ? removeYaml(now, ["apiServer", "extraArgs", list ? { name } : name]) : now,
    text,
  );
  return removeYaml(without, volume);
}

const readArg = (text: string, name: string, list: boolean): unknown =>
  list
    ? readYaml(text, ["apiServer", "extraArgs", { name }, "value"])
    : readYaml(text, ["apiServer", "extraArgs", name]);

const forgetful = (direction: "put" | "strip"): string =>
  direction === "put"
    ? "kubeadm's own configuration could not be read (kubectl, ConfigMap kubeadm-config), so an upgrade by kubeadm may take the flags away again: run `tiercel verify` after it."
    : "kubeadm's own configuration could not be read (kubectl, ConfigMap kubeadm-config): if our flags stand there, an upgrade by kubeadm brings them back.";

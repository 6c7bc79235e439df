/** RKE 1: the API server's flags stand in the operator's `cluster.yml`; the files must be on every control-plane host. */
import { isAtLeast, readKubernetesVersion } from "./kubernetes-version.ts";
import { auditFlags } from "./plan/audit-flags.ts";
import { auditFolder, auditPaths } from "./plan/audit-folder.ts";
import {
  type Asked,
  type Distribution,
  here,
  type Place,
  Refused,
  type Step,
  type Wish,
  type World,
} from "./plan/contract.ts";
import { alreadyOn } from "./plan/flag-lists.ts";
import { putFlagMap, stripFlagMap } from "./plan/flag-maps.ts";
import { hostPlan, hostUndo, type SharedFile, webhookPair } from "./plan/host-files.ts";
import { addItem, readYaml, removeYaml } from "./plan/yaml-text.ts";

const api = ["services", "kube-api"];
const args = [...api, "extra_args"];
const binds = [...api, "extra_binds"];
const bind = `${auditFolder}:${auditFolder}`;
const flags = auditFlags(auditPaths);

export function putRke(text: string, { merge }: Pick<Wish, "merge">): string {
  // RKE's own way to a policy, which an extra argument overrides (reference 03 §1.10).
  const theirs = readYaml(text, [...api, "audit_log", "configuration", "policy"]);
  const isOurs = readYaml(text, [...args, "audit-policy-file"]) === auditPaths.policy;
  if (theirs !== undefined && !isOurs && merge === undefined)
    throw alreadyOn("services.kube-api.audit_log.configuration.policy");
  const wanted =
    theirs !== undefined && merge === "keep" ? flags.filter(({ name }) => name !== "audit-policy-file") : flags;
  const withArgs = putFlagMap(text, args, wanted, { ...(merge === undefined ? {} : { merge }) });
  const there = readYaml(withArgs, binds);
  return Array.isArray(there) && there.includes(bind) ? withArgs : addItem(withArgs, binds, bind);
}

export const stripRke = (text: string): string => stripFlagMap(removeYaml(text, [...binds, bind]), args, flags);

const fileOf = ({ options }: Asked): string => options.file ?? "cluster.yml";

const clusterFile = (wish: Wish): SharedFile => ({
  path: fileOf(wish),
  title: "The API server's flags, and the files' folder bound into its container",
  mode: "0640",
  put: (text) => putRke(text ?? "", wish),
  strip: stripRke,
});

async function clusterText(wish: Asked, world: World): Promise<string> {
  const text = await world.read(here, fileOf(wish));
  if (text === null) throw new Refused(`there is no ${fileOf(wish)}`, "name RKE's cluster file with --file");
  return text;
}

/** Every control-plane node, as the file names it. */
async function controlPlane(wish: Wish, world: World): Promise<readonly Place[]> {
  const nodes = readYaml(await clusterText(wish, world), ["nodes"]);
  const places = (Array.isArray(nodes) ? nodes : [])
    .filter(({ role }) => Array.isArray(role) && role.includes("controlplane"))
    .map(({ user, address }): Place => ({ via: "ssh", name: user === undefined ? address : `${user}@${address}` }));
  if (places.length === 0)
    throw new Refused(`${fileOf(wish)} names no node with the role controlplane`, "is it RKE's cluster file?");
  return places;
}

const up = (wish: Wish) => ({
  title: "RKE starts the API servers with the new flags, one host after the other, and checks each",
  argv: ["rke", "up", "--config", fileOf(wish)],
  restarts: { what: "each control-plane host's API server, in turn", secs: 120 },
});

/** RKE leaves a container alone whose flags are the same; it reads its files at its start alone. */
const anew = [
  {
    title: "The API server reads its files anew",
    argv: ["docker", "restart", "kube-apiserver"],
    restarts: { what: "this host's API server", secs: 30 },
  },
  {
    title: "The API server runs again",
    argv: ["docker", "inspect", "-f", "{{.State.Running}}", "kube-apiserver"],
    expect: "^true$",
    everySecs: 3,
    withinSecs: 120,
    help: "`docker logs kube-apiserver` on that host says why",
  },
] as const;

export const rke: Distribution = {
  name: "rke",
  aliases: ["rke-1.13"],
  title: "RKE 1 (Kubernetes 1.13 and later)",
  doc: "The API server posts to us; its flags stand in the cluster file, its files on every control-plane host.",
  tools: ["rke"],
  options: [{ name: "file", doc: "RKE's cluster file", default: "cluster.yml" }],
  route: "webhook",
  verifyWithinSecs: 30,
  async version(wish, world) {
    const said = readYaml(await clusterText(wish, world), ["kubernetes_version"]);
    const version = readKubernetesVersion(String(said ?? ""));
    if (version !== undefined && !isAtLeast(version, "1.13"))
      throw new Refused(
        `${fileOf(wish)} is for Kubernetes ${said}`,
        "RKE passes on these flags from Kubernetes 1.13 on",
      );
    return version === undefined ? undefined : String(said);
  },
  typical: (wish) => ({
    [fileOf(wish)]: "nodes:\n- address: CONTROL-PLANE-HOST\n  user: root\n  role: [controlplane, etcd, worker]\n",
  }),
  async plan(wish, world) {
    const hosts = await controlPlane(wish, world);
    const text = putRke(await clusterText(wish, world), wish);
    const own = webhookPair(wish, auditPaths).filter(({ path }) => text.includes(path));
    const cluster = await hostPlan(world, [here], { own: [], shared: [clusterFile(wish)], restart: [] });
    const files = await hostPlan(world, hosts, { own, shared: [], restart: cluster.length > 0 ? [] : anew });
    const steps: Step[] =
      cluster.length > 0 ? [...files, ...cluster, { kind: "run", on: here, follows: true, ...up(wish) }] : files;
    return { steps, notes: ["RKE 1 is at its end of life since July 2025."] };
  },
  async undo(wish, world) {
    const hosts = await controlPlane(wish, world);
    const cluster = await hostUndo(world, [here], { own: [], shared: [clusterFile(wish)], restart: [up(wish)] });
    const files = await hostUndo(world, hosts, { own: webhookPair(wish, auditPaths), shared: [], restart: [] });
    return { steps: [...cluster, ...files] };
  },
};

/** RKE 1: the API server's flags stand in the operator's `cluster.yml`; the files must be on every control-plane host. */
import { auditFlags } from "./plan/audit-flags.ts";
import { type Distribution, here, type Place, Refused, type Wish, type World } from "./plan/contract.ts";
import { putFlagMap, stripFlagMap } from "./plan/flag-maps.ts";
import { hostPlan, hostUndo, type SharedFile, webhookPair } from "./plan/host-files.ts";
import { addItem, readYaml, removeYaml } from "./plan/yaml-text.ts";

const folder = "/var/lib/k8s_audit";
const paths = { policy: `${folder}/audit-policy.yaml`, webhook: `${folder}/webhook-config.yaml` };
const args = ["services", "kube-api", "extra_args"];
const binds = ["services", "kube-api", "extra_binds"];
const bind = `${folder}:${folder}`;

export function putRke(text: string, wish: Pick<Wish, "merge">): string {
  const withArgs = putFlagMap(text, args, auditFlags(paths), wish);
  const there = readYaml(withArgs, binds);
  return Array.isArray(there) && there.includes(bind) ? withArgs : addItem(withArgs, binds, bind);
}

export const stripRke = (text: string): string =>
  stripFlagMap(removeYaml(text, [...binds, bind]), args, auditFlags(paths));

const clusterFile = (wish: Wish): SharedFile => ({
  path: wish.options.file ?? "cluster.yml",
  title: "The API server's flags, and the files' folder bound into its container",
  mode: "0640",
  put: (text) => putRke(text ?? "", wish),
  strip: stripRke,
});

/** Every control-plane node, as the file names it. */
async function controlPlane(wish: Wish, world: World): Promise<readonly Place[]> {
  const file = wish.options.file ?? "cluster.yml";
  const text = await world.read(here, file);
  if (text === null) throw new Refused(`there is no ${file}`, "name RKE's cluster file with --file");
  const nodes = readYaml(text, ["nodes"]);
  const places = (Array.isArray(nodes) ? nodes : [])
    .filter(({ role }) => Array.isArray(role) && role.includes("controlplane"))
    .map(({ user, address }): Place => ({ via: "ssh", name: user === undefined ? address : `${user}@${address}` }));
  if (places.length === 0)
    throw new Refused(`${file} names no node with the role controlplane`, "is it RKE's cluster file?");
  return places;
}

const up = (wish: Wish) => ({
  title: "RKE starts the API servers with the new flags, one host after the other",
  argv: ["rke", "up", "--config", wish.options.file ?? "cluster.yml"],
  restarts: { what: "each control-plane host's API server, in turn", secs: 120 },
});

export const rke: Distribution = {
  name: "rke",
  aliases: ["rke-1.13"],
  title: "RKE 1 (Kubernetes 1.13 and later)",
  doc: "The API server posts to us; its flags stand in the cluster file, its files on every control-plane host.",
  tools: ["rke"],
  options: [{ name: "file", doc: "RKE's cluster file", default: "cluster.yml" }],
  route: "webhook",
  verifyWithinSecs: 30,
  async plan(wish, world) {
    const hosts = await controlPlane(wish, world);
    const files = await hostPlan(world, hosts, { own: webhookPair(wish, paths), shared: [], restart: [] });
    const cluster = await hostPlan(world, [here], { own: [], shared: [clusterFile(wish)], restart: [] });
    const steps = [...files, ...cluster];
    return {
      steps: steps.length === 0 ? [] : [...steps, { kind: "run", on: here, ...up(wish) }],
      notes: ["RKE 1 is at its end of life since July 2025."],
    };
  },
  async undo(wish, world) {
    const hosts = await controlPlane(wish, world);
    const cluster = await hostUndo(world, [here], { own: [], shared: [clusterFile(wish)], restart: [up(wish)] });
    const files = await hostUndo(world, hosts, { own: webhookPair(wish, paths), shared: [], restart: [] });
    return { steps: [...cluster, ...files] };
  },
};

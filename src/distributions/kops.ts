/** kOps: flags and files stand in the Cluster object, from which kOps makes the control-plane machines. */
import { auditFlags } from "./plan/audit-flags.ts";
import { type Distribution, here, type Planned, type Step, type Wish, type World } from "./plan/contract.ts";
import { putFlagMap, stripFlagMap } from "./plan/flag-maps.ts";
import { webhookPair } from "./plan/host-files.ts";
import { readYaml, removeYaml, setYaml } from "./plan/yaml-text.ts";

const map = ["spec", "kubeAPIServer"];
const assets = ["spec", "fileAssets"];

/** kOps 1.22 to 1.24 mount no other host folder (reference 03 §1.5). */
function layout(minor: number) {
  const folder = minor >= 22 && minor <= 24 ? "/srv/kubernetes/kube-apiserver" : "/var/lib/k8s_audit";
  return {
    paths: { policy: `${folder}/audit-policy.yaml`, webhook: `${folder}/webhook-config.yaml` },
    role: minor >= 26 ? "ControlPlane" : "Master",
  };
}

/** kOps' keys are the flags in camel case. Numbers and truths are written as such. */
const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** The keys that kOps knows (reference 03 §1.5). It has none for truncation. */
const known =
  /^audit-(policy-file|webhook-(config-file|mode|initial-backoff|batch-(buffer-size|max-size|max-wait|throttle-(qps|burst))))$/;
const flagsOf = (minor: number) => auditFlags(layout(minor).paths).filter(({ name }) => known.test(name));

export function putKops(text: string, wish: Wish, minor: number): string {
  const { paths, role } = layout(minor);
  const withFiles = webhookPair(wish, paths).reduce(
    (now, { path, content }) => setAsset(now, { name: assetName(path), path, roles: [role], content }),
    text,
  );
  const flagged = putFlagMap(withFiles, map, flagsOf(minor), wish, camel);
  // Numbers must be numbers: kOps reads strictly.
  return flagsOf(minor).reduce((now, { name, value }) => {
    const at = [...map, camel(name)];
    return /^\d+$/.test(value) && readYaml(now, at) === value ? setYaml(now, at, Number(value)) : now;
  }, flagged);
}

export function stripKops(text: string, minor: number): string {
  const { paths } = layout(minor);
  const without = stripFlagMap(text, map, flagsOf(minor), camel);
  return Object.values(paths).reduce((now, path) => removeYaml(now, [...assets, { name: assetName(path) }]), without);
}

const assetName = (path: string): string => (path.includes("webhook") ? "webhook-config" : "audit-policy");

function setAsset(text: string, asset: { readonly name: string } & Record<string, unknown>): string {
  const at = [...assets, { name: asset.name }];
  return JSON.stringify(readYaml(text, at)) === JSON.stringify(asset) ? text : setYaml(text, at, asset);
}

const clusterName = ({ options, cluster }: Wish): string => options.name ?? cluster;

async function minorOf(world: World): Promise<number> {
  const answer = await world.ask(["kops", "version"], "1.30");
  return Number(/\b1\.(\d+)/.exec(answer)?.[1] ?? 30);
}

const usual = (name: string): string =>
  `apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n  name: ${name}\nspec:\n  kubernetesApiAccess:\n  - 0.0.0.0/0\n`;

async function change(wish: Wish, world: World, edit: (text: string, minor: number) => string): Promise<Planned> {
  const name = clusterName(wish);
  const minor = await minorOf(world);
  const before = await world.ask(["kops", "get", "cluster", name, "-o", "yaml"], usual(name));
  const after = edit(before, minor);
  if (after === before) return { steps: [] };
  const steps: Step[] = [
    {
      kind: "edit",
      on: here,
      title: "The Cluster object holds the files and the flags",
      what: `cluster ${name}`,
      argv: ["kops", "replace", "-f", "-"],
      before,
      after,
      secret: wish.token !== undefined,
    },
    { kind: "run", on: here, title: "kOps works out what is new", argv: ["kops", "update", "cluster", name, "--yes"] },
    {
      kind: "run",
      on: here,
      title: "kOps replaces the control-plane machines, one after the other",
      argv: ["kops", "rolling-update", "cluster", name, "--yes"],
      restarts: { what: "each control-plane machine, replaced by a new one", secs: 600 },
    },
  ];
  return {
    steps,
    notes: [
      "The receiver's address must exist before the update, and must not change: give its Service a fixed clusterIP.",
    ],
  };
}

export const kops: Distribution = {
  name: "kops",
  title: "kOps",
  doc: "The API server posts to us; kOps makes its control-plane machines anew, with our files and flags.",
  tools: ["kops"],
  options: [{ name: "name", doc: "the cluster's name in kOps, where it is not --cluster" }],
  route: "webhook",
  verifyWithinSecs: 30,
  plan: (wish, world) => change(wish, world, (text, minor) => putKops(text, wish, minor)),
  undo: (wish, world) => change(wish, world, stripKops),
};

/** kOps: flags and files stand in the Cluster object, from which kOps makes the control-plane machines. */
import { auditFlags } from "./plan/audit-flags.ts";
import { auditFolder } from "./plan/audit-folder.ts";
import {
  type Asked,
  type Distribution,
  here,
  type Planned,
  Refused,
  type Step,
  type Wish,
  type World,
} from "./plan/contract.ts";
import { putFlagMap, stripFlagMap } from "./plan/flag-maps.ts";
import { webhookPair } from "./plan/host-files.ts";
import { putBack, replacedBy } from "./plan/replaced.ts";
import { readYaml, removeYaml, setYaml } from "./plan/yaml-text.ts";

const map = ["spec", "kubeAPIServer"];
const assets = ["spec", "fileAssets"];

/** kOps 1.22 to 1.24 mount no other host folder; both files must lie in one (reference 03 §1.5). */
function layout(text: string, minor: number, merge: Wish["merge"]) {
  const usual = minor >= 22 && minor <= 24 ? "/srv/kubernetes/kube-apiserver" : auditFolder;
  const theirs = readYaml(text, [...map, "auditPolicyFile"]);
  const keeps = merge === "keep" && typeof theirs === "string" && theirs !== `${usual}/audit-policy.yaml`;
  const folder = keeps ? theirs.slice(0, theirs.lastIndexOf("/")) : usual;
  return {
    paths: { policy: keeps ? theirs : `${folder}/audit-policy.yaml`, webhook: `${folder}/webhook-config.yaml` },
    role: minor >= 26 ? "ControlPlane" : "Master",
    keeps,
  };
}

/** kOps' keys are the flags in camel case. Numbers and truths are written as such. */
const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** The keys that kOps knows (reference 03 §1.5). It has none for truncation. */
const known =
  /^audit-(policy-file|webhook-(config-file|mode|initial-backoff|batch-(buffer-size|max-size|max-wait|throttle-(qps|burst))))$/;
const flagsOf = (paths: { readonly policy: string; readonly webhook: string }) =>
  auditFlags(paths).filter(({ name }) => known.test(name));

export function putKops(text: string, wish: Wish, minor: number): string {
  const { paths, role, keeps } = layout(text, minor, wish.merge);
  const [policy, webhook] = webhookPair(wish, paths);
  const flagged = putFlagMap(text, map, flagsOf(paths), wish, camel);
  // Numbers must be numbers: kOps reads strictly.
  const numbered = flagsOf(paths).reduce((now, { name, value }) => {
    const at = [...map, camel(name)];
    return /^\d+$/.test(value) && readYaml(now, at) === value ? setYaml(now, at, Number(value)) : now;
  }, flagged);
  return (keeps ? [webhook] : [policy, webhook]).reduce(
    (now, { path, content }) => setAsset(now, { name: assetName(path), path, roles: [role], content }),
    numbered,
  );
}

/** Only assets that lie where our flags say. */
export function stripKops(text: string): string {
  const webhook = readYaml(text, [...assets, { name: "webhook-config" }, "path"]);
  const policy = readYaml(text, [...assets, { name: "audit-policy" }, "path"]);
  const paths = { policy: String(policy), webhook: String(webhook) };
  const ours = Object.entries({ "audit-policy": policy, "webhook-config": webhook }).filter(
    ([name, path]) => typeof path === "string" && path.endsWith(`/${name}.yaml`),
  );
  const without = stripFlagMap(text, map, webhook === undefined ? [] : flagsOf(paths), camel);
  return ours.reduce((now, [name]) => removeYaml(now, [...assets, { name }]), without);
}

const assetName = (path: string): string => (path.includes("webhook") ? "webhook-config" : "audit-policy");

interface Asset extends Record<string, unknown> {
  readonly name: string;
  readonly path: string;
}

function setAsset(text: string, asset: Asset): string {
  const at = [...assets, { name: asset.name }];
  const there = readYaml(text, at) as Asset | undefined;
  if (there !== undefined && there.path !== asset.path)
    throw new Refused(
      `the cluster has a file asset \`${asset.name}\` already, at ${there.path}`,
      "it is somebody else's: give it another name, or take it out",
    );
  const same = ["path", "content"].every((key) => there?.[key] === asset[key]);
  return same ? text : setYaml(text, at, asset);
}

const clusterName = ({ options, cluster }: Asked): string => options.name ?? cluster;
const lookAt = (name: string): readonly string[] => ["kops", "get", "cluster", name, "-o", "yaml"];

/** Of the client: `Client version: 1.28.4`, before 1.23 `Version 1.21.1`. */
async function minorOf(world: World): Promise<number> {
  const answer = await world.ask(["kops", "version"], "1.30");
  return Number(/\b1\.(\d+)/.exec(answer)?.[1] ?? 30);
}

const usual = (name: string): string =>
  `apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n  name: ${name}\nspec:\n  kubernetesApiAccess:\n  - 0.0.0.0/0\n`;

async function change(wish: Wish, world: World, edit: (text: string) => string, undoing: boolean): Promise<Planned> {
  const name = clusterName(wish);
  const before = await world.ask(lookAt(name), usual(name));
  const after = edit(before);
  if (after === before) return { steps: [] };
  const what = `cluster ${name}`;
  const flags = auditFlags({ policy: "", webhook: "" }).map(({ name: flag }) => [...map, camel(flag)]);
  const kept = await world.kept(what);
  const steps: Step[] = [
    {
      kind: "edit",
      on: here,
      title: "The Cluster object holds the files and the flags",
      what,
      look: lookAt(name),
      argv: ["kops", "replace", "-f", "-"],
      before,
      after,
      secret: wish.token !== undefined,
      ...(undoing ? { drops: what } : { keeps: { what, value: replacedBy(before, after, flags, kept) } }),
    },
    {
      kind: "run",
      on: here,
      follows: true,
      title: "kOps works out what is new",
      argv: ["kops", "update", "cluster", name, "--yes"],
    },
    {
      kind: "run",
      on: here,
      follows: true,
      title: "kOps replaces the control-plane machines, one after the other, and waits for each",
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
  async version(wish, world) {
    const answer = await world.try(lookAt(clusterName(wish)));
    const said = answer?.code === 0 ? readYaml(answer.stdout, ["spec", "kubernetesVersion"]) : undefined;
    return said === undefined ? undefined : String(said);
  },
  async plan(wish, world) {
    const minor = await minorOf(world);
    return change(wish, world, (text) => putKops(text, wish, minor), false);
  },
  async undo(wish, world) {
    const kept = await world.kept(`cluster ${clusterName(wish)}`);
    return change(wish, world, (text) => stripKops(putBack(text, kept)), true);
  },
};

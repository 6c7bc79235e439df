/** Talos: no shell and no files to edit; the machine's configuration holds everything. */

import { parse } from "yaml";
import { auditFlags } from "./plan/audit-flags.ts";
import { type Distribution, here, type Planned, Refused, type Step, type Wish, type World } from "./plan/contract.ts";
import { putFlagMap, stripFlagMap } from "./plan/flag-maps.ts";
import { webhookPair } from "./plan/host-files.ts";
import { readYaml, removeYaml, setYaml } from "./plan/yaml-text.ts";

const folder = "/var/audit";
const webhook = `${folder}/webhook.yaml`;
const paths = { policy: "", webhook };
/** The policy has a key of its own. */
const flags = auditFlags(paths).filter(({ name }) => name !== "audit-policy-file");
const api = ["cluster", "apiServer"] as const;
const file = ["machine", "files", { path: webhook }] as const;
const volume = [...api, "extraVolumes", { hostPath: folder }] as const;

export function putTalos(text: string, wish: Wish): string {
  const withFlags = putFlagMap(text, [...api, "extraArgs"], flags, wish);
  const content = webhookPair(wish, paths).at(-1)?.content;
  const withFile = same(withFlags, file, content)
    ? withFlags
    : setYaml(withFlags, file, { path: webhook, permissions: 0o600, op: "create", content });
  const mounted =
    readYaml(withFile, volume) === undefined
      ? setYaml(withFile, volume, { hostPath: folder, mountPath: folder, readonly: true })
      : withFile;
  if (wish.merge === "keep") return mounted;
  const policy = parse(wish.policy);
  const at = [...api, "auditPolicy"];
  return JSON.stringify(readYaml(mounted, at)) === JSON.stringify(policy) ? mounted : setYaml(mounted, at, policy);
}

export function stripTalos(text: string, wish: Wish): string {
  const without = [file, volume].reduce(removeYaml, stripFlagMap(text, [...api, "extraArgs"], flags));
  const at = [...api, "auditPolicy"];
  return JSON.stringify(readYaml(without, at)) === JSON.stringify(parse(wish.policy))
    ? removeYaml(without, at)
    : without;
}

const same = (text: string, at: typeof file, content: string | undefined): boolean =>
  readYaml(text, [...at, "content"]) === content;

async function change(wish: Wish, world: World, edit: (text: string) => string): Promise<Planned> {
  if (wish.hosts.length === 0)
    throw new Refused("no control-plane node is named", "name each with --host, as `talosctl -n` takes it");
  const steps: Step[] = [];
  for (const node of wish.hosts) {
    const before = await world.ask(
      ["talosctl", "-n", node, "get", "machineconfig", "v1alpha1", "-o", "jsonpath={.spec}"],
      "version: v1alpha1\nmachine:\n  type: controlplane\ncluster:\n  apiServer: {}\n",
    );
    const after = edit(before);
    if (after === before) continue;
    steps.push({
      kind: "edit",
      on: here,
      title: "The machine's configuration: flags, the webhook's file and its mount, the policy",
      what: `machine configuration of ${node}`,
      argv: ["talosctl", "-n", node, "apply-config", "--file", "/dev/stdin"],
      before,
      after,
      secret: true,
      restarts: { what: "this node's API server", secs: 60 },
    });
    steps.push({
      kind: "wait",
      on: here,
      title: "The node's own checks pass again",
      argv: ["talosctl", "-n", node, "service", "kubelet", "status"],
      expect: "Running",
      everySecs: 5,
      withinSecs: 300,
    });
  }
  return { steps };
}

export const talos: Distribution = {
  name: "talos",
  title: "Talos Linux",
  doc: "The API server posts to us; each control-plane node's machine configuration is changed.",
  tools: ["talosctl"],
  takesHosts: true,
  route: "webhook",
  verifyWithinSecs: 30,
  plan: async (wish, world) => ({
    ...(await change(wish, world, (text) => putTalos(text, wish))),
    notes: [
      "For the v1alpha1 configuration. Releases that keep the API server in documents of its own (KubeAPIServerConfig) have no extra volumes: follow /var/log/audit/kube/kube-apiserver.log by a `log-file` source instead.",
    ],
  }),
  undo: (wish, world) => change(wish, world, (text) => stripTalos(text, wish)),
};

/** Talos: no shell and no files to edit; the machine's configuration holds everything. */
import { parse } from "yaml";
import { auditFlags } from "./plan/audit-flags.ts";
import { type Distribution, here, type Planned, Refused, type Step, type Wish, type World } from "./plan/contract.ts";
import { alreadyOn } from "./plan/flag-lists.ts";
import { putFlagMap, stripFlagMap } from "./plan/flag-maps.ts";
import { webhookPair } from "./plan/host-files.ts";
import { putBack, replacedBy } from "./plan/replaced.ts";
import { readYaml, removeYaml, setYaml } from "./plan/yaml-text.ts";

const folder = "/var/audit";
const webhook = `${folder}/webhook.yaml`;
/** The policy has a key of its own. */
const flags = auditFlags({ policy: "", webhook }).filter(({ name }) => name !== "audit-policy-file");
const api = ["cluster", "apiServer"] as const;
const policyAt = [...api, "auditPolicy"] as const;
const file = ["machine", "files", { path: webhook }] as const;
const volume = [...api, "extraVolumes", { hostPath: folder }] as const;

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
/** What `talosctl gen config` writes: nobody's decision (reference 03 §1.15). */
const usualPolicy = { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "Metadata" }] };

export function putTalos(text: string, wish: Wish): string {
  const withFlags = putFlagMap(text, [...api, "extraArgs"], flags, wish);
  const [, { content }] = webhookPair(wish, { policy: "", webhook });
  const withFile =
    readYaml(withFlags, [...file, "content"]) === content
      ? withFlags
      : setYaml(withFlags, file, { path: webhook, permissions: 0o600, op: "create", content });
  const mounted =
    readYaml(withFile, volume) === undefined
      ? setYaml(withFile, volume, { hostPath: folder, mountPath: folder, readonly: true })
      : withFile;
  const [policy, there] = [parse(wish.policy) as unknown, readYaml(mounted, policyAt)];
  if (same(there, policy) || (wish.merge === "keep" && there !== undefined)) return mounted;
  const isOurs = readYaml(text, [...api, "extraArgs", "audit-webhook-config-file"]) === webhook;
  if (there !== undefined && !same(there, usualPolicy) && !isOurs && wish.merge === undefined)
    throw alreadyOn("cluster.apiServer.auditPolicy");
  return setYaml(mounted, policyAt, policy);
}

/** A policy that took the place of another was put back before. */
export function stripTalos(text: string, wish: Pick<Wish, "policy">): string {
  const without = [file, volume].reduce(removeYaml, stripFlagMap(text, [...api, "extraArgs"], flags));
  return same(readYaml(without, policyAt), parse(wish.policy)) ? removeYaml(without, policyAt) : without;
}

/** Of several documents that of the machine; newer kinds keep the API server in one of its own, without volumes. */
function machineOf(text: string): { readonly document: string; put(document: string): string } {
  if (/^kind:\s*KubeAPIServerConfig\s*$/m.test(text))
    throw new Refused(
      "this machine keeps its API server in a document KubeAPIServerConfig, which has no extra volumes",
      "follow /var/log/audit/kube/kube-apiserver.log by a `log-file` source instead",
    );
  const documents = text.split(/^(?=---\s*$)/m);
  const at = documents.findIndex((document) => /^machine:/m.test(document));
  if (at < 0)
    throw new Refused(
      "this is no machine configuration: it has no `machine`",
      "see `talosctl get machineconfig -o yaml`",
    );
  const [, head = "", document = ""] = /^(---\s*\n)?([\s\S]*)$/.exec(documents[at] as string) ?? [];
  return { document, put: (changed) => documents.with(at, head + changed).join("") };
}

const lookAt = (node: string): readonly string[] => [
  ...["talosctl", "-n", node, "get", "machineconfig", "v1alpha1", "-o", "jsonpath={.spec}"],
];
const usual = "version: v1alpha1\nmachine:\n  type: controlplane\ncluster:\n  apiServer: {}\n";

async function change(
  wish: Wish,
  world: World,
  edit: (text: string, kept: unknown) => string,
  undoing: boolean,
): Promise<Planned> {
  if (wish.hosts.length === 0)
    throw new Refused("no control-plane node is named", "name each with --host, as `talosctl -n` takes it");
  const steps: Step[] = [];
  for (const node of wish.hosts) {
    const what = `machine configuration of ${node}`;
    const before = await world.ask(lookAt(node), usual);
    const kept = await world.kept(what);
    const { document, put } = machineOf(before);
    const edited = edit(document, kept);
    if (edited === document) continue;
    const after = put(edited);
    steps.push({
      kind: "edit",
      on: here,
      title: "The machine's configuration: flags, the webhook's file and its mount, the policy",
      what,
      look: lookAt(node),
      argv: ["talosctl", "-n", node, "apply-config", "--file", "/dev/stdin"],
      before,
      after,
      secret: true,
      restarts: { what: "this node's API server", secs: 60 },
      ...(undoing ? { drops: what } : { keeps: { what, value: replacedBy(document, edited, [policyAt], kept) } }),
    });
    steps.push({
      kind: "wait",
      on: here,
      follows: true,
      title: "The node's API server is ready again",
      argv: ["talosctl", "-n", node, "get", "staticpodstatus"],
      expect: "kube-apiserver\\S*\\s+\\S+\\s+True",
      everySecs: 5,
      withinSecs: 300,
      help: `\`talosctl -n ${node} containers -k\`, then \`talosctl -n ${node} logs -k ID\` of kube-apiserver says why`,
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
  async version({ hosts: [node] }, world) {
    const answer = node === undefined ? undefined : await world.try(lookAt(node));
    return /kube-apiserver[^\s"']*:(v1\.\d+[^\s"'@]*)/.exec(answer?.code === 0 ? answer.stdout : "")?.[1];
  },
  plan: async (wish, world) => ({
    ...(await change(wish, world, (text) => putTalos(text, wish), false)),
    notes: [
      "For the v1alpha1 configuration. Releases that keep the API server in documents of its own (KubeAPIServerConfig) have no extra volumes: follow /var/log/audit/kube/kube-apiserver.log by a `log-file` source instead.",
    ],
  }),
  undo: (wish, world) => change(wish, world, (text, kept) => stripTalos(putBack(text, kept), wish), true),
};

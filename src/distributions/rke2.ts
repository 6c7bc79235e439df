/** RKE2: the API server is a static pod that RKE2 writes; its policy has a key of its own, other files are mounted by key. */
import { auditFlags } from "./plan/audit-flags.ts";
import type { Distribution, Wish } from "./plan/contract.ts";
import { alreadyOn, putFlags, stripFlags } from "./plan/flag-lists.ts";
import { type HostSetup, hostPlan, hostUndo, places, webhookPair } from "./plan/host-files.ts";
import { emptyToNone, oneOrMany, rancherFlags } from "./plan/rancher-config.ts";
import { addItem, readYaml, removeYaml, setYaml } from "./plan/yaml-text.ts";

const folder = "/etc/rancher/rke2";
const paths = { policy: `${folder}/audit-policy.yaml`, webhook: `${folder}/audit-webhook.yaml` };
const flags = auditFlags(paths).filter(({ name }) => name !== "audit-policy-file");
const mounts = ["kube-apiserver-extra-mount"];
const mount = `${paths.webhook}:${paths.webhook}:ro`;

export function putRke2(before: string | null, wish: Pick<Wish, "merge">): string {
  const text = before ?? "";
  const policy = readYaml(text, ["audit-policy-file"]);
  if (policy !== undefined && policy !== paths.policy && wish.merge === undefined)
    throw alreadyOn(`audit-policy-file: ${policy}`);
  const withPolicy =
    policy === paths.policy || (policy !== undefined && wish.merge === "keep")
      ? text
      : setYaml(text, ["audit-policy-file"], paths.policy);
  const withFlags = putFlags(oneOrMany(withPolicy, rancherFlags), rancherFlags, flags, wish);
  const listed = oneOrMany(withFlags, { path: mounts });
  const there = readYaml(listed, mounts);
  return Array.isArray(there) && there.includes(mount) ? listed : addItem(listed, mounts, mount);
}

export function stripRke2(text: string): string | null {
  const without = removeYaml(stripFlags(text, rancherFlags, flags), [...mounts, mount]);
  const ours = readYaml(without, ["audit-policy-file"]) === paths.policy;
  return emptyToNone(ours ? removeYaml(without, ["audit-policy-file"]) : without);
}

const setupOf = (wish: Wish): HostSetup => ({
  own: webhookPair(wish, paths),
  shared: [
    {
      path: `${folder}/config.yaml`,
      title: "The API server's flags, and the webhook's file mounted into its pod",
      put: (text) => putRke2(text, wish),
      strip: stripRke2,
    },
  ],
  restart: [
    {
      title: "RKE2 writes the API server's pod anew; what runs in the cluster goes on",
      argv: ["systemctl", "restart", "rke2-server"],
      restarts: { what: "RKE2 on this host, its API server with it", secs: 90 },
    },
    {
      title: "The API server is ready again",
      argv: ["/var/lib/rancher/rke2/bin/kubectl", "--kubeconfig", `${folder}/rke2.yaml`, "get", "--raw", "/readyz"],
      expect: "^ok",
      everySecs: 5,
      withinSecs: 300,
    },
  ],
});

export const rke2: Distribution = {
  name: "rke2",
  title: "RKE2",
  doc: "The API server posts to us; its flags stand in RKE2's configuration on every server.",
  tools: [],
  takesHosts: true,
  route: "webhook",
  verifyWithinSecs: 30,
  plan: async (wish, world) => ({
    steps: await hostPlan(world, places(wish), setupOf(wish)),
    notes: [
      "With `profile: cis` RKE2 writes a policy that records nothing until it is edited; audit-policy-file takes its place.",
      "With several servers, name them all with --host: each API server tells only of its own requests.",
    ],
  }),
  undo: async (wish, world) => ({ steps: await hostUndo(world, places(wish), setupOf(wish)) }),
};

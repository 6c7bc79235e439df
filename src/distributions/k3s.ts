/** K3s: the API server runs within the `k3s` process, so files need no mounts. */
import { auditFlags } from "./plan/audit-flags.ts";
import type { Distribution, Wish } from "./plan/contract.ts";
import { putFlags, stripFlags } from "./plan/flag-lists.ts";
import { type HostSetup, hostPlan, hostUndo, places, webhookPair } from "./plan/host-files.ts";
import { emptyToNone, oneOrMany, rancherFlags } from "./plan/rancher-config.ts";

const folder = "/var/lib/rancher/k3s/server";
const paths = { policy: `${folder}/audit.yaml`, webhook: `${folder}/audit-webhook.yaml` };

const setupOf = (wish: Wish): HostSetup => ({
  own: webhookPair(wish, paths),
  shared: [
    {
      path: "/etc/rancher/k3s/config.yaml",
      title: "The API server's flags, which K3s hands on",
      put: (text) => putFlags(oneOrMany(text ?? "", rancherFlags), rancherFlags, auditFlags(paths), wish),
      strip: (text) => emptyToNone(stripFlags(text, rancherFlags, auditFlags(paths))),
    },
  ],
  restart: [
    {
      title: "K3s reads its configuration anew; what runs in the cluster goes on",
      argv: ["systemctl", "restart", "k3s"],
      restarts: { what: "K3s on this host, its API server with it", secs: 30 },
    },
    {
      title: "The API server is ready again",
      argv: ["k3s", "kubectl", "get", "--raw", "/readyz"],
      expect: "^ok",
      everySecs: 3,
      withinSecs: 180,
    },
  ],
});

export const k3s: Distribution = {
  name: "k3s",
  title: "K3s",
  doc: "The API server posts to us; its flags stand in K3s' configuration on every server.",
  tools: [],
  takesHosts: true,
  route: "webhook",
  verifyWithinSecs: 30,
  plan: async (wish, world) => ({ steps: await hostPlan(world, places(wish), setupOf(wish)), notes: notes(wish) }),
  undo: async (wish, world) => ({ steps: await hostUndo(world, places(wish), setupOf(wish)) }),
};

const notes = ({ hosts }: Wish): readonly string[] =>
  hosts.length > 1
    ? []
    : ["With several servers, name them all with --host: each API server tells only of its own requests."];

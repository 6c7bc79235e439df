/** RKE2: the API server is a static pod that RKE2 writes; its policy has a key of its own, other files are mounted by key. */
import { processRestart } from "./plan/api-server-process.ts";
import { auditFlags } from "./plan/audit-flags.ts";
import { type HostSetup, webhookPair } from "./plan/host-files.ts";
import { everyServer, hostService } from "./plan/host-service.ts";
import { type RancherWish, rancherFiles } from "./plan/rancher-config.ts";

const folder = "/etc/rancher/rke2";
const paths = { policy: `${folder}/audit-policy.yaml`, webhook: `${folder}/audit-webhook.yaml` };
const flags = auditFlags(paths).filter(({ name }) => name !== "audit-policy-file");

const config: RancherWish = {
  folder,
  title: "The API server's flags, and the webhook's file mounted into its pod",
  flags,
  values: { "audit-policy-file": paths.policy },
  items: { "kube-apiserver-extra-mount": `${paths.webhook}:${paths.webhook}:ro` },
};

const restart: HostSetup["restart"] = (change) => [
  {
    title: "RKE2 writes the API server's pod anew; what runs in the cluster goes on",
    argv: ["systemctl", "restart", "rke2-server"],
    restarts: { what: "RKE2 on this host, its API server with it", secs: 90 },
  },
  ...processRestart({
    flags,
    ready: `/var/lib/rancher/rke2/bin/kubectl --kubeconfig ${folder}/rke2.yaml get --raw /readyz`,
    withinSecs: 300,
    restarts: { what: "this server's API server", secs: 30 },
    help: "`journalctl -u rke2-server -n 50` on that host says why",
  })(change),
];

export const rke2 = hostService({
  name: "rke2",
  title: "RKE2",
  doc: "The API server posts to us; its flags stand in RKE2's configuration on every server.",
  version: ["/usr/local/bin/rke2", "--version"],
  setup: async (wish, world, on) => ({
    own: webhookPair(wish, paths),
    shared: await rancherFiles(world, on, config, wish.merge),
    restart,
  }),
  notes: [
    "With `profile: cis` RKE2 writes a policy that records nothing until it is edited; audit-policy-file takes its place.",
    everyServer,
  ],
});

/** K3s: the API server runs within the `k3s` process, so files need no mounts. */
import { auditFlags } from "./plan/audit-flags.ts";
import { webhookPair } from "./plan/host-files.ts";
import { everyServer, hostService } from "./plan/host-service.ts";
import { type RancherWish, rancherFiles } from "./plan/rancher-config.ts";

const folder = "/var/lib/rancher/k3s/server";
const paths = { policy: `${folder}/audit.yaml`, webhook: `${folder}/audit-webhook.yaml` };

const config: RancherWish = {
  folder: "/etc/rancher/k3s",
  title: "The API server's flags, which K3s hands on",
  flags: auditFlags(paths),
};

export const k3s = hostService({
  name: "k3s",
  title: "K3s",
  doc: "The API server posts to us; its flags stand in K3s' configuration on every server.",
  version: ["k3s", "--version"],
  least: { version: "1.19", why: "it reads config.yaml from 1.19 on" },
  setup: async (wish, world, on) => ({
    own: webhookPair(wish, paths),
    shared: await rancherFiles(world, on, config, wish.merge),
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
        help: "`journalctl -u k3s -n 50` on that host says why",
      },
    ],
  }),
  notes: [everyServer],
});

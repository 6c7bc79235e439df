/** k0s: the API server is a process of the host, run by the user `kube-apiserver`. */
import { auditFlags } from "./plan/audit-flags.ts";
import { putFlagMap, stripFlagMap } from "./plan/flag-maps.ts";
import { webhookPair } from "./plan/host-files.ts";
import { everyServer, hostService } from "./plan/host-service.ts";

const folder = "/etc/k0s/audit";
const paths = { policy: `${folder}/policy.yaml`, webhook: `${folder}/webhook.yaml` };
const map = ["spec", "api", "extraArgs"];

export const k0s = hostService({
  name: "k0s",
  title: "k0s",
  doc: "The API server posts to us; its flags stand in k0s' configuration on every controller.",
  version: ["k0s", "version"],
  setup: async (wish) => ({
    own: webhookPair(wish, paths).map((file) => ({ ...file, owner: "kube-apiserver", mode: "0400" })),
    shared: [
      {
        path: "/etc/k0s/k0s.yaml",
        title: "The API server's flags, which k0s hands on",
        usual: "apiVersion: k0s.k0sproject.io/v1beta1\nkind: ClusterConfig\nmetadata:\n  name: k0s\n",
        put: (text) => putFlagMap(text ?? "", map, auditFlags(paths), wish),
        strip: (text) => stripFlagMap(text, map, auditFlags(paths)),
      },
    ],
    restart: [
      {
        title: "k0s stops; what runs in the cluster goes on",
        argv: ["k0s", "stop"],
        restarts: { what: "this controller's API server", secs: 60 },
      },
      { title: "k0s starts with the new configuration", argv: ["k0s", "start"] },
      {
        title: "The API server is ready again",
        argv: ["k0s", "kubectl", "get", "--raw", "/readyz"],
        expect: "^ok",
        everySecs: 5,
        withinSecs: 180,
        help: "`journalctl -u k0scontroller -n 50` on that host says why",
      },
    ],
  }),
  notes: [
    "k0s must have been installed with `--config /etc/k0s/k0s.yaml`; with dynamic configuration, edit the ClusterConfig instead.",
    everyServer,
  ],
});

/** kind: control planes are containers, each with kubeadm's static pods within. */

import { staticPod, staticPodReady } from "./kubeadm.ts";
import type { Distribution, Place, Wish, World } from "./plan/contract.ts";
import { type HostSetup, hostPlan, hostUndo, webhookPair } from "./plan/host-files.ts";

const folder = "/etc/kubernetes/audit";
const paths = { policy: `${folder}/policy.yaml`, webhook: `${folder}/webhook.yaml` };

async function nodes(wish: Wish, world: World): Promise<readonly Place[]> {
  const name = wish.options.name ?? "kind";
  const list = await world.ask(["kind", "get", "nodes", "--name", name], `${name}-control-plane`);
  return list
    .split(/\s+/)
    .filter((node) => /-control-plane\d*$/.test(node))
    .map((node): Place => ({ via: "docker", name: node }));
}

const setup = (wish: Wish): HostSetup => ({
  own: webhookPair(wish, paths),
  shared: [staticPod(wish, folder, paths)],
  restart: staticPodReady(paths.webhook),
});

export const kind: Distribution = {
  name: "kind",
  title: "kind",
  doc: "The API server posts to us; its static pod is changed within each control-plane container.",
  tools: ["kind", "docker"],
  options: [{ name: "name", doc: "kind's cluster name", default: "kind" }],
  route: "webhook",
  verifyWithinSecs: 30,
  plan: async (wish, world) => ({
    steps: await hostPlan(world, await nodes(wish, world), setup(wish)),
    notes: ["A cluster that kind makes anew knows nothing of this: run it again then."],
  }),
  undo: async (wish, world) => ({ steps: await hostUndo(world, await nodes(wish, world), setup(wish)) }),
};

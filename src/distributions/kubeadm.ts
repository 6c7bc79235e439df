/** kubeadm, and everything built like it: the API server is a static pod, whose manifest the kubelet watches. */
import type { Distribution, Wish, World } from "./plan/contract.ts";
import { hostPlan, hostUndo, places } from "./plan/host-files.ts";
import { kubeadmConfigStep } from "./plan/kubeadm-config.ts";
import { staticPodSetup, staticPodVersion } from "./plan/static-pod.ts";

/** Says where the plan is for fewer hosts than there are. */
async function unnamedHosts(wish: Wish, world: World): Promise<readonly string[]> {
  const nodes = await world.try([
    ...["kubectl", "get", "nodes", "-l", "node-role.kubernetes.io/control-plane"],
    ...["-o", "jsonpath={.items[*].metadata.name}"],
  ]);
  const known = nodes?.code === 0 ? nodes.stdout.split(/\s+/).filter(Boolean) : [];
  const planned = places(wish).length;
  return known.length > planned
    ? [
        `The cluster has ${known.length} control-plane hosts (${known.join(", ")}), this plan is for ${planned}: each API server tells only of its own requests. Name them all with --host.`,
      ]
    : [];
}

export const kubeadm: Distribution = {
  name: "kubeadm",
  aliases: ["cluster-api"],
  title: "kubeadm, and clusters built like it",
  doc: "The API server posts to us; its static pod's manifest is changed on every control-plane host, one after the other.",
  tools: [],
  takesHosts: true,
  route: "webhook",
  verifyWithinSecs: 30,
  version: (wish, world) => staticPodVersion(world, places(wish)[0]),
  async plan(wish, world) {
    const notes = await unnamedHosts(wish, world);
    const steps = await hostPlan(world, places(wish), staticPodSetup(wish));
    const lasting = await kubeadmConfigStep(world, "put");
    return { steps: [...lasting.steps, ...steps], notes: [...notes, ...lasting.notes] };
  },
  async undo(wish, world) {
    const lasting = await kubeadmConfigStep(world, "strip");
    const steps = await hostUndo(world, places(wish), staticPodSetup(wish));
    return { steps: [...lasting.steps, ...steps], notes: lasting.notes };
  },
};

/** kind: control planes are containers, each with kubeadm's static pods within. */
import type { Asked, Distribution, Place, World } from "./plan/contract.ts";
import { Refused } from "./plan/contract.ts";
import { hostPlan, hostUndo } from "./plan/host-files.ts";
import { staticPodSetup, staticPodVersion } from "./plan/static-pod.ts";

async function nodes({ options }: Asked, world: World): Promise<readonly Place[]> {
  const name = options.name ?? "kind";
  const list = await world.ask(["kind", "get", "nodes", "--name", name], `${name}-control-plane`);
  const found = list
    .split(/\s+/)
    .filter((node) => /-control-plane\d*$/.test(node))
    .map((node): Place => ({ via: "docker", name: node }));
  if (found.length === 0)
    throw new Refused(
      `kind has no cluster \`${name}\` that runs`,
      "`kind get clusters` shows them; name one with --name",
    );
  return found;
}

export const kind: Distribution = {
  name: "kind",
  title: "kind",
  doc: "The API server posts to us; its static pod is changed within each control-plane container.",
  tools: ["kind", "docker"],
  options: [{ name: "name", doc: "kind's cluster name", default: "kind" }],
  route: "webhook",
  verifyWithinSecs: 30,
  version: async (wish, world) => staticPodVersion(world, (await nodes(wish, world))[0]),
  plan: async (wish, world) => ({
    steps: await hostPlan(world, await nodes(wish, world), staticPodSetup(wish)),
    notes: ["A cluster that kind makes anew knows nothing of this: run it again then."],
  }),
  undo: async (wish, world) => ({ steps: await hostUndo(world, await nodes(wish, world), staticPodSetup(wish)) }),
};

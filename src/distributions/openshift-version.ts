/** The version of OpenShift itself, as its ClusterVersion says it. */
import type { World } from "./plan/contract.ts";

/** `4.15.3`; undefined where it cannot be seen. */
export async function openshiftVersion(world: World): Promise<string | undefined> {
  const answer = await world.try([
    "oc",
    "get",
    "clusterversion",
    "version",
    "-o",
    "jsonpath={.status.desired.version}",
  ]);
  return answer?.code === 0 ? /^\d+\.\d+\.\S+/.exec(answer.stdout.trim())?.[0] : undefined;
}

/** Kinds of cluster whose API server a service of the host starts: they differ by their files, the restart and a note. */
import { isAtLeast, readKubernetesVersion } from "../kubernetes-version.ts";
import { type Distribution, type Place, Refused, type Wish, type World } from "./contract.ts";
import { type HostSetup, hostPlan, hostUndo, places } from "./host-files.ts";

export interface HostService extends Pick<Distribution, "name" | "title" | "doc" | "kubernetes"> {
  /** Seconds from a request to its arrival; 30 unless told. */
  readonly verifyWithinSecs?: number;
  setup(wish: Wish, world: World, on: Place): Promise<HostSetup>;
  /** Prints the version, and Kubernetes' version in it. Run on the first host. */
  readonly version?: readonly string[];
  /** The first version whose configuration holds all of this. */
  readonly least?: { readonly version: string; readonly why: string };
  readonly notes: readonly string[];
}

export const everyServer =
  "With several servers, name them all with --host: each API server tells only of its own requests.";

export function hostService({ setup, version, least, notes, ...told }: HostService): Distribution {
  return {
    verifyWithinSecs: 30,
    ...told,
    tools: [],
    takesHosts: true,
    route: "webhook",
    ...(version === undefined
      ? {}
      : {
          async version(wish, world) {
            const answer = await world.try(version, places(wish)[0]);
            const found = answer?.code === 0 ? /v\d+\.\d+[^\s)]*/.exec(answer.stdout)?.[0] : undefined;
            const read = readKubernetesVersion(found ?? "");
            if (read !== undefined && least !== undefined && !isAtLeast(read, least.version))
              throw new Refused(
                `${told.title} ${found} is too old: ${least.why}`,
                `update it to ${least.version} or later`,
              );
            return found;
          },
        }),
    plan: async (wish, world) => ({
      steps: await hostPlan(world, places(wish), (on) => setup(wish, world, on)),
      notes: notes.filter((note) => note !== everyServer || wish.hosts.length < 2),
    }),
    undo: async (wish, world) => ({
      steps: await hostUndo(world, places(wish), (on) => setup({ ...wish, merge: "replace" }, world, on)),
    }),
  };
}

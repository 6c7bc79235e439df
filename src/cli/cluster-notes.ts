/** Notes whose events have been judged: a cluster that its events' wrappings name makes itself known so. */

import type { Config } from "../config/schema.ts";
import type { ClusterIds } from "../domain/cluster-name.ts";
import type { State } from "../domain/store.ts";

export interface ClusterNotesWorld {
  readonly register: (name: string) => Promise<unknown>;
  readonly state: Pick<State, "touchCluster">;
  readonly log: (level: "info" | "warn", message: string) => void;
}

/** How often, in milliseconds of receipt, it is noted that a cluster still sends. */
const touchEvery = 10_000;

/** Takes names with the newest receipt of each, RFC 3339. What cannot be noted is tried again with the next. */
export function clusterNotes({ register, state, log }: ClusterNotesWorld) {
  const noted = new Map<string, number>();
  return (clusters: ReadonlyMap<string, string>): void => {
    for (const [cluster, receivedAt] of clusters) {
      const at = new Date(receivedAt);
      if (at.getTime() - (noted.get(cluster) ?? 0) < touchEvery) continue;
      noted.set(cluster, at.getTime());
      void note(cluster, at);
    }
  };

  async function note(cluster: string, at: Date): Promise<void> {
    try {
      if (await register(cluster)) log("info", `cluster ${cluster} has sent its first events`);
      await state.touchCluster(cluster, at);
    } catch (error) {
      noted.delete(cluster);
      log("warn", `it could not be noted that cluster ${cluster} sends: ${(error as Error).message}`);
    }
  }
}

/** What the configuration calls clusters that others name by their ids. */
export function clusterIdsOf(clusters: Config["clusters"]): ClusterIds {
  return new Map(
    clusters.flatMap(({ name, id }) => (id === undefined ? [] : [[id.toLowerCase().replace(/\/$/, ""), name]])),
  );
}

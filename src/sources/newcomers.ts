/** The clusters that a source has taken batches of. Who may name any cluster could make clusters, and labels of metrics, without end. */
import type { SourceWorld } from "../domain/source.ts";

/** So many may be made known between two starts by whom nothing vouches for. */
const mostNewcomers = 1000;

export interface Newcomers {
  /** Those whose batches were kept. */
  readonly known: ReadonlySet<string>;
  /** Whether a batch of this cluster may be taken, from somebody who names it himself. */
  mayCome(cluster: string): Promise<boolean>;
  /** A batch of it was kept. Never rejects: its sender must hear that it was kept, and the next batch tries again. */
  came(cluster: string): Promise<void>;
}

export function newcomers(world: Pick<SourceWorld, "clusters" | "log">): Newcomers {
  const known = new Set<string>();
  let count = 0;
  return {
    known,
    async mayCome(cluster) {
      return known.has(cluster) || count < mostNewcomers || (await world.clusters.isKnown(cluster));
    },
    async came(cluster) {
      if (known.has(cluster)) return;
      try {
        if (await world.clusters.register(cluster)) {
          count++;
          world.log("info", `cluster ${cluster} sends its first batch`);
        }
        known.add(cluster);
      } catch (error) {
        world.log("error", `cluster ${cluster} could not be noted: ${error}`);
      }
    },
  };
}

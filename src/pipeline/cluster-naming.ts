/** Each event's own cluster, where what wraps it names one and nobody else did. */
import { type ClusterIds, clusterOf, type NamedCluster } from "../domain/cluster-name.ts";
import type { Entry } from "../domain/store.ts";

/** Who may send may name clusters: after so many, events stay with their batch, and metrics and lists stay bounded. */
const mostNamed = 1000;

/** The entry as that event's: the same one, or the same under another cluster. */
export type Whose = (entry: Entry, told: NamedCluster | undefined) => Entry;

export function clusterNaming(ids: ClusterIds): Whose {
  const named = new Set<string>();
  return (entry, told) => {
    const cluster = clusterOf(entry, told, ids);
    if (cluster === entry.cluster) return entry;
    if (!named.has(cluster) && named.size >= mostNamed) return entry;
    named.add(cluster);
    return { ...entry, cluster };
  };
}

/** What the API asks of whoever knows the clusters. */
import type { Clusters } from "./schema.ts";

export interface ClustersPart {
  view(): Promise<Clusters>;
  /** Makes a cluster known; true when it was not. */
  register(name: string): Promise<boolean>;
}

/** What clusters are called: by whoever configures a source, or by what wraps their events on the way. */
import type { Batch } from "./batch.ts";

/** Letters, digits, `.`, `_` and `-`. */
export const clusterNamePattern = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;

/** A cluster as its cloud or its log forwarder tells it beside an event. */
export interface NamedCluster {
  /** What is this cluster's alone: Azure's `resourceId`, OpenShift's `cluster_id`. In small letters. */
  readonly id: string;
  /** What people call it, or the id again. */
  readonly name: string;
}

/** By `NamedCluster.id`, the name that the operator gave it. */
export type ClusterIds = ReadonlyMap<string, string>;

/** Undefined for what could be no cluster's name. */
export function namedCluster(name: string | undefined, id = name): NamedCluster | undefined {
  if (name === undefined || id === undefined || !clusterNamePattern.test(name)) return undefined;
  return { id: id.toLowerCase(), name };
}

/** Whose an event is: what its wrapping says counts only where nobody said whose the batch is. */
export function clusterOf(batch: Pick<Batch, "cluster" | "assumed">, told: NamedCluster | undefined, ids: ClusterIds) {
  if (!batch.assumed || told === undefined) return batch.cluster;
  return ids.get(told.id) ?? told.name;
}

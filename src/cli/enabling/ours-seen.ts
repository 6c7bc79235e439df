/** What our server tells of clusters, and of those it turned away. */
import type { Clusters, ClusterView } from "../../api/clusters/schema.ts";
import { asker, type ServerChoice, Unreachable } from "../client.ts";
import { type Io, UsageError } from "../io.ts";

export type OursSeen =
  | { readonly ok: true; readonly value: Clusters }
  | { readonly ok: false; readonly why: string; readonly help: { readonly help?: string } };

export async function oursSeen(choice: ServerChoice, io: Pick<Io, "env">): Promise<OursSeen> {
  try {
    return { ok: true, value: (await asker(choice, io)("GET", "/api/v1/clusters")) as Clusters };
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof UsageError)) throw error;
    return { ok: false, why: error.message, help: error.help === undefined ? {} : { help: error.help } };
  }
}

export const clusterOf = ({ items }: Clusters, cluster: string): ClusterView | undefined =>
  items.find(({ name }) => name === cluster);

/** Requests not taken in for this reason, since our start. */
export const refusals = ({ rejected }: Clusters, reason: string): number =>
  rejected.find(({ value }) => value === reason)?.count ?? 0;

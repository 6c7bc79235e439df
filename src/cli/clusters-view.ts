/** Each cluster as the API shows it: its state in one word, and what it has sent. */

import { clusterToken } from "../api/clusters/endpoints.ts";
import type { ClustersPart } from "../api/clusters/part.ts";
import type { ClusterState, ClusterView } from "../api/clusters/schema.ts";
import type { Metric } from "../domain/signals.ts";
import type { Cluster, State } from "../domain/store.ts";
import { type Rates, rates } from "./rates.ts";

export interface ClustersWorld {
  readonly state: Pick<State, "clusters" | "tokens">;
  /** Makes a cluster known that has not sent yet; true when it was not known. */
  readonly expectCluster: (name: string) => Promise<boolean>;
  readonly sum: (metric: Metric, labels: Readonly<Record<string, string>>) => Promise<number>;
  /** What keeps batches from being taken or judged, if anything does. */
  readonly trouble: () => Promise<string | undefined>;
  readonly sources: () => readonly string[];
  readonly silentAfterSecs: number;
  readonly now: () => Date;
}

export interface ClusterViews extends ClustersPart {
  stop(): void;
}

const levels = ["Metadata", "Request", "RequestResponse", "other"];
const stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic", "other"];
const reasons = ["overloaded", "disk-full", "unwritable", "stopping", "too-large", "unauthorized", "slow", "cut"];
const [minute, quarter] = [2, 30];

export function clustersView(world: ClustersWorld): ClusterViews {
  const eventsOf = (cluster: string, labels = {}) => world.sum("tiercel_ingest_events_total", { cluster, ...labels });
  const growth = rates(async () => {
    const totals = new Map<string, number>();
    for (const { name } of await world.state.clusters()) totals.set(name, await eventsOf(name));
    return totals;
  });
  const counts = async (values: readonly string[], count: (value: string) => Promise<number>) => {
    const counted = await Promise.all(values.map(async (value) => ({ value, count: await count(value) })));
    return counted.filter(({ count }) => count > 0);
  };
  return {
    async view() {
      const tokens = new Set((await world.state.tokens()).map(({ name }) => name));
      const trouble = await world.trouble();
      const items = (await world.state.clusters()).map(async (cluster): Promise<ClusterView> => {
        const { name, createdAt, lastSeenAt } = cluster;
        const [events, doubles, quarantined] = await Promise.all([
          eventsOf(name),
          world.sum("tiercel_ingest_doubles_total", { cluster: name }),
          world.sum("tiercel_events_quarantined_total", { cluster: name }),
        ]);
        return {
          ...{ name, createdAt, lastEvent: lastSeenAt, events, doubles, quarantined },
          ...stateOf(cluster, { doubles, quarantined, trouble }, world),
          ...speed(growth, name),
          sources: await counts(world.sources(), (source) => eventsOf(name, { source })),
          levels: await counts(levels, (level) => eventsOf(name, { level })),
          stages: await counts(stages, (stage) => eventsOf(name, { stage })),
          hasToken: tokens.has(clusterToken(name)),
        };
      });
      return {
        items: await Promise.all(items),
        rejected: await counts(reasons, (reason) => world.sum("tiercel_ingest_rejected_total", { reason })),
      };
    },
    register: (name) => world.expectCluster(name),
    stop: () => growth.stop(),
  };
}

const speed = (growth: Rates, name: string) => ({
  eventsPerSec: { minute: growth.perSec(name, minute), quarter: growth.perSec(name, quarter) },
  spark: growth.spark(name),
});

interface Facts {
  readonly doubles: number;
  readonly quarantined: number;
  readonly trouble: string | undefined;
}

function stateOf(
  { lastSeenAt }: Cluster,
  { doubles, quarantined, trouble }: Facts,
  { silentAfterSecs, now }: ClustersWorld,
): { readonly state: ClusterState; readonly why: string | null } {
  if (trouble !== undefined) return { state: "error", why: trouble };
  if (lastSeenAt === null) return { state: "waiting", why: "nothing has come yet" };
  const quiet = (now().getTime() - Date.parse(lastSeenAt)) / 1000;
  if (quiet > silentAfterSecs) return { state: "silent", why: `nothing has come for ${Math.round(quiet)} s` };
  if (quarantined > 0)
    return { state: "warning", why: `${quarantined} parts of its batches could not be read and are in quarantine` };
  if (doubles > 0) return { state: "warning", why: `${doubles} batches were sent again after they had been kept` };
  return { state: "connected", why: null };
}

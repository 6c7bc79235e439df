/** Each cluster as the API shows it: its state in one word, and what it has sent. */
import { clusterToken } from "../api/clusters/endpoints.ts";
import type { ClustersPart } from "../api/clusters/part.ts";
import type { ClusterState, ClusterView } from "../api/clusters/schema.ts";
import type { Feed } from "../api/sources/feed.ts";
import type { Metric } from "../domain/signals.ts";
import type { Cluster, State } from "../domain/store.ts";
import { type Feeds, troubleWords } from "./feeds.ts";

export interface ClustersWorld {
  readonly state: Pick<State, "clusters" | "tokens">;
  /** Makes a cluster known that has not sent yet; true when it was not known. */
  readonly expectCluster: (name: string) => Promise<boolean>;
  readonly sum: (metric: Metric, labels: Readonly<Record<string, string>>) => Promise<number>;
  /** What keeps batches from being taken or judged, if anything does. */
  readonly trouble: () => Promise<string | undefined>;
  readonly sources: () => readonly string[];
  readonly feeds: Pick<Feeds, "of">;
  /** Sources that have fallen silent about a cluster. */
  readonly silences: () => readonly { readonly source: string; readonly cluster: string; readonly since: string }[];
  readonly silentAfterSecs: number;
  readonly maxLagSecs: number;
  readonly now: () => Date;
}

const reasons = [
  "overloaded",
  "disk-full",
  "unwritable",
  "stopping",
  "too-large",
  "unauthorized",
  "tls",
  "slow",
  "cut",
];

export function clustersView(world: ClustersWorld): ClustersPart {
  const eventsOf = (cluster: string, labels = {}) => world.sum("tiercel_ingest_events_total", { cluster, ...labels });
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
        const [feed, events, doubles, quarantined] = await Promise.all([
          world.feeds.of({ cluster: name }),
          eventsOf(name),
          world.sum("tiercel_ingest_doubles_total", { cluster: name }),
          world.sum("tiercel_events_quarantined_total", { cluster: name }),
        ]);
        return {
          ...{ name, createdAt, lastEvent: lastSeenAt, events, doubles, quarantined },
          ...stateOf(cluster, feed, trouble, world),
          ...feed,
          sources: await counts(world.sources(), (source) => eventsOf(name, { source })),
          hasToken: tokens.has(clusterToken(name)),
        };
      });
      return {
        items: await Promise.all(items),
        rejected: await counts(reasons, (reason) => world.sum("tiercel_ingest_rejected_total", { reason })),
      };
    },
    register: (name) => world.expectCluster(name),
  };
}

function stateOf(
  { name, lastSeenAt }: Cluster,
  feed: Feed,
  trouble: string | undefined,
  { silences, silentAfterSecs, maxLagSecs, now }: ClustersWorld,
): { readonly state: ClusterState; readonly why: string | null } {
  if (trouble !== undefined) return { state: "error", why: trouble };
  if (lastSeenAt === null) return { state: "waiting", why: "nothing has come yet" };
  const quiet = (now().getTime() - Date.parse(lastSeenAt)) / 1000;
  if (quiet > silentAfterSecs) return { state: "silent", why: `nothing has come for ${Math.round(quiet)} s` };
  const { lagSecs } = feed;
  if (lagSecs > maxLagSecs)
    return { state: "warning", why: `what came ${Math.round(lagSecs)} s ago is still to be judged` };
  const silent = silences().filter(({ cluster }) => cluster === name);
  if (silent.length > 0)
    return {
      state: "warning",
      why: silent.map(({ source, since }) => `${source} is silent since ${since}`).join("; "),
    };
  const words = troubleWords(feed);
  return words === null ? { state: "connected", why: null } : { state: "warning", why: words };
}

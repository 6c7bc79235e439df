/** Each source as the API shows it: its health put into one word, and what it has taken in. */
import type { Feed } from "../api/sources/feed.ts";
import type { Source as Shown, SourceState } from "../api/sources/schema.ts";
import type { Metric } from "../domain/signals.ts";
import type { Source } from "../domain/source.ts";
import type { State } from "../domain/store.ts";
import { type Feeds, troubleWords } from "./feeds.ts";

export interface OpenSource {
  readonly name: string;
  readonly type: string;
  readonly source: Pick<Source, "health" | "address">;
  readonly startedAt: Date;
  /** Something always comes; else silence says nothing. */
  readonly isSteady: boolean;
  /** It comes in by another's door, and is not shown before anything has. */
  readonly isBeside?: boolean;
}

export interface SourcesWorld {
  readonly sources: readonly OpenSource[];
  readonly state: Pick<State, "clusters">;
  readonly sum: (metric: Metric, labels: Readonly<Record<string, string>>) => Promise<number>;
  readonly feeds: Pick<Feeds, "of">;
  readonly silentAfterSecs: number;
  readonly maxLagSecs: number;
  readonly now: () => Date;
}

export async function shownSources(world: SourcesWorld): Promise<readonly Shown[]> {
  const clusters = await world.state.clusters();
  return Promise.all(
    world.sources.filter(isShown).map(async (open) => {
      const { name, type, source } = open;
      const { lastBatchAt, queue } = source.health();
      const feed = await world.feeds.of({ source: name });
      const { state, why } = stateOf(open, feed, world);
      const count = (metric: Metric) => world.sum(metric, { source: name });
      return {
        name,
        type,
        state,
        why,
        address: source.address ?? null,
        lastEvent: lastBatchAt?.toISOString() ?? null,
        batches: await count("tiercel_ingest_batches_total"),
        events: await count("tiercel_ingest_events_total"),
        bytes: await count("tiercel_ingest_bytes_total"),
        quarantined: await count("tiercel_events_quarantined_total"),
        ...feed,
        queue: queue === undefined ? null : { lagSecs: queue.lagSecs, messages: queue.messages ?? null },
        clusters,
      };
    }),
  );
}

const isShown = ({ source, isBeside }: OpenSource) => !isBeside || source.health().lastBatchAt !== null;

function stateOf(
  { source, startedAt, isSteady }: OpenSource,
  feed: Feed,
  { silentAfterSecs, maxLagSecs, now }: SourcesWorld,
): { readonly state: SourceState; readonly why: string | null } {
  const { state, why = null, lastBatchAt, queue } = source.health();
  if (state !== "running") return { state, why };
  if (queue !== undefined && queue.lagSecs > maxLagSecs)
    return { state: "lagging", why: `what is read now came to its queue ${Math.round(queue.lagSecs)} s ago` };
  const { lagSecs } = feed;
  if (lagSecs > maxLagSecs)
    return { state: "lagging", why: `what came ${Math.round(lagSecs)} s ago is still to be judged` };
  const quiet = (now().getTime() - (lastBatchAt ?? startedAt).getTime()) / 1000;
  if (isSteady && quiet > silentAfterSecs)
    return {
      state: "silent",
      why: lastBatchAt === null ? "nothing has come since the start" : `nothing has come for ${Math.round(quiet)} s`,
    };
  const trouble = troubleWords(feed);
  return trouble === null ? { state: "connected", why } : { state: "warning", why: trouble };
}

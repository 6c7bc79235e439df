/** What comes in from a cluster, or by a source: how fast, how late, how deep, and what was not as it should be. */
import type { Feed } from "../api/sources/feed.ts";
import type { Metric } from "../domain/signals.ts";
import type { QuarantineCount } from "../domain/store.ts";
import type { DayBook } from "./day-book.ts";

export type Whose = { readonly cluster: string } | { readonly source: string };

export interface FeedsWorld {
  readonly sum: (metric: Metric, labels: Readonly<Record<string, string>>) => Promise<number>;
  readonly book: DayBook;
  readonly quarantineCounts: (from: string) => Promise<readonly QuarantineCount[]>;
  /** Seconds by which judging is behind. */
  readonly lagSecs: () => Promise<number>;
  readonly now: () => Date;
}

export interface Feeds {
  of(whose: Whose): Promise<Feed>;
}

const levels = ["Metadata", "Request", "RequestResponse", "other"];
const stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic", "other"];
const dayMillis = 24 * 3_600_000;

export function feeds(world: FeedsWorld): Feeds {
  const { sum, book, quarantineCounts, lagSecs, now } = world;
  const eventsOf = (whose: Whose, labels = {}) => sum("tiercel_ingest_events_total", { ...whose, ...labels });
  const counted = async (whose: Whose, label: string, values: readonly string[]) => {
    const counts = values.map(async (value) => ({ value, count: await eventsOf(whose, { [label]: value }) }));
    return (await Promise.all(counts)).filter(({ count }) => count > 0);
  };
  return {
    async of(whose) {
      const unread = (await quarantineCounts(new Date(now().getTime() - dayMillis).toISOString()))
        .filter((one) => ("cluster" in whose ? one.cluster === whose.cluster : one.source === whose.source))
        .reduce((total, { count }) => total + count, 0);
      return {
        ...book.pace(whose),
        delaySecs: book.delaySecs(whose),
        lagSecs: await lagSecs(),
        levels: await counted(whose, "level", levels),
        stages: await counted(whose, "stage", stages),
        lastDay: { quarantined: unread, ...book.troubles(whose) },
      };
    },
  };
}

/** What was not as it should be, in words; null where all was. */
export function troubleWords({ lastDay: { quarantined, rejected, doubles } }: Pick<Feed, "lastDay">): string | null {
  const words = [
    counted(
      quarantined,
      "part of a batch could not be read and is",
      "parts of batches could not be read and are",
      "in quarantine",
    ),
    ...rejected.map(({ value, count }) => counted(count, "request was", "requests were", `refused: ${value}`)),
    counted(doubles, "batch that was kept was", "batches that were kept were", "sent again"),
  ].filter((one) => one !== undefined);
  return words.length === 0 ? null : `in the last 24 h ${words.join("; ")}`;
}

function counted(count: number, one: string, many: string, rest: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : many} ${rest}`;
}

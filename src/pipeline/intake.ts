/** Where sources deliver: the journal takes a batch, then it is counted. */
import type { Batch, Deliver } from "../domain/batch.ts";
import type { Signals } from "../domain/signals.ts";
import type { Journal, State } from "../domain/store.ts";

export interface IntakeWorld {
  readonly journal: Pick<Journal, "append">;
  readonly state: Pick<State, "touchCluster">;
  readonly signals: Signals;
  readonly log: (level: "warn", message: string) => void;
}

/** How often, in milliseconds, it is noted that a cluster still sends. */
const touchEvery = 10_000;

export function intake({ journal, state, signals, log }: IntakeWorld): Deliver {
  const touched = new Map<string, number>();
  return async (batch) => {
    const { double } = await journal.append(batch);
    const { source, cluster, body, receivedAt } = batch;
    const labels = { source, cluster };
    if (double) return signals.count("tiercel_ingest_doubles_total", labels);
    signals.count("tiercel_ingest_batches_total", labels);
    signals.count("tiercel_ingest_bytes_total", labels, body.length);
    signals.gauge("tiercel_source_last_event_timestamp_seconds", receivedAt.getTime() / 1000, labels);
    // Whose it is turns out when it is judged.
    if (!batch.assumed) void touch(batch);
  };

  /** The batch is kept whatever becomes of this. */
  async function touch({ cluster, receivedAt }: Batch): Promise<void> {
    const now = receivedAt.getTime();
    if (now - (touched.get(cluster) ?? 0) < touchEvery) return;
    touched.set(cluster, now);
    try {
      await state.touchCluster(cluster, receivedAt);
    } catch (error) {
      log(
        "warn",
        `it could not be noted that cluster ${cluster} sends: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}

/** Gives back, now and then, what is older or bigger than the configuration allows, and tells how big the stores are. */
import type { Config } from "../config/schema.ts";
import type { Signals } from "../domain/signals.ts";
import type { Index, KeptJournal } from "../domain/store.ts";
import { sweep } from "../pipeline/retention.ts";
import type { Log } from "./log.ts";

export interface RetainingWorld {
  readonly config: Pick<Config, "journal" | "index">;
  readonly journal: KeptJournal;
  readonly index: Index;
  readonly signals: Signals;
  readonly log: Log;
  readonly now: () => Date;
}

const everyMillis = 60_000;

/** Sweeps at once and then every minute, until stopped; a sweep that fails is told of and tried again. */
export function retaining({ config, journal, index, signals, log, now }: RetainingWorld): { stop(): Promise<void> } {
  const limits = {
    journalDays: config.journal.max_age_days,
    journalBytes: config.journal.max_bytes,
    indexDays: config.index.max_age_days,
    indexBytes: config.index.max_bytes,
  };
  let running = round();
  const timer = setInterval(() => {
    running = running.then(round);
  }, everyMillis);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };

  async function round(): Promise<void> {
    try {
      const { removedEntries, removedRows } = await sweep({ journal, index, limits, now });
      if (removedEntries + removedRows > 0)
        log("info", `retention gave back ${removedEntries} batches of the journal, ${removedRows} rows of the index`);
      signals.gauge("tiercel_store_bytes", await journal.bytes(), { store: "journal" });
      signals.gauge("tiercel_store_bytes", await index.bytes(), { store: "index" });
      for (const [table, rows] of Object.entries(await index.counts()))
        signals.gauge("tiercel_store_rows", rows, { store: "index", table });
    } catch (error) {
      log("error", `retention failed: ${error instanceof Error ? error.message : error}; it is tried again`);
    }
  }
}

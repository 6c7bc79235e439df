/** Where the index is kept: one embedded kind so far, loaded when first asked for. */
import type { Index } from "../../domain/store.ts";

export { DamagedIndex, IndexInUse, NewerIndex } from "./refusals.ts";

export interface IndexOptions {
  /** A folder of the index alone; made with mode 0700 where it is missing. */
  readonly dir: string;
  /** What DuckDB may hold in memory; beyond it, it spills into `dir`. Default 512 MiB. */
  readonly memory_limit_bytes?: number;
  /** How many threads a query may use. Default 2. */
  readonly threads?: number;
  /** How many of the latest activities make a block. Default 65,536. */
  readonly block_rows?: number;
  /** Throws away what is there, readable or not, and starts empty: for a rebuild out of the journal. */
  readonly fresh?: boolean;
}

/**
 * Opens or makes the index. Throws `DamagedIndex`, `NewerIndex` or `IndexInUse`, each with its remedy. DuckDB is a
 * big library, so it is loaded here and not by whoever merely imports this.
 */
export async function openIndex(options: IndexOptions): Promise<Index> {
  const { openDuckdbIndex } = await import("./duckdb.ts");
  return openDuckdbIndex(options);
}

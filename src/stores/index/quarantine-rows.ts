/** What could not be read, as rows. */
import type { QuarantineCount, Quarantined } from "../../domain/store.ts";
import type { Read } from "./counting.ts";
import { type Cell, column, key, nanosWithin, type Table } from "./rows.ts";
import { conditions, given, type Parameter } from "./where.ts";
import { jsonWithin } from "./within.ts";

export const quarantineTable: Table<Quarantined> = {
  name: "quarantine",
  read: ["doc"],
  texts: async (_, rows) => rows.map(([doc]) => String(doc)),
  at: ({ receivedAt }) => nanosWithin(receivedAt),
};

export function quarantineRow(item: Quarantined): readonly Cell[] {
  return [
    ...key(item.id, quarantineTable.at(item), item.receivedAt),
    jsonWithin(item),
    column(item.source),
    column(item.cluster),
  ];
}

/** What was received from then on, by source and cluster. */
export async function quarantineCounts(read: Read, from: string): Promise<readonly QuarantineCount[]> {
  const parameters: Parameter[] = [];
  const found = conditions({ from }, given(parameters));
  const rows = await read(
    `SELECT source, cluster, count(*) FROM quarantine WHERE ${found.join(" AND ")} GROUP BY ALL ORDER BY ALL`,
    parameters,
  );
  return rows.map(([source, cluster, count]) => ({
    source: String(source),
    cluster: String(cluster),
    count: Number(count),
  }));
}

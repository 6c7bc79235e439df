/** What could not be read, as rows. */
import type { Quarantined } from "../../domain/store.ts";
import { type Cell, column, key, nanosWithin, type Table } from "./rows.ts";
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

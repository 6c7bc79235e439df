/** Detections as rows: what they are filtered and counted by; their texts lie elsewhere (detection-texts.ts). */
import type { Detection } from "../../domain/detection.ts";
import { sentenceOf } from "../../domain/sentence.ts";
import { type KeptDetection, linesOf } from "./detection-texts.ts";
import { type Cell, column, key, nanosWithin, type Table } from "./rows.ts";

export const detectionTable: Table<Detection> = {
  name: "detections",
  read: ["doc", "kept"],
  texts: async (read, rows) => {
    const names = rows.flatMap(([doc, kept]) => (doc === null && typeof kept === "bigint" ? [kept] : []));
    const lines = await linesOf(read, "items", names);
    const texts = rows.map(([doc, kept]) => (doc === null ? lines.get(kept as bigint) : String(doc)));
    return texts.filter((text) => text !== undefined);
  },
  at: ({ time }) => nanosWithin(time),
};

/** `written` is the journal's position, `kept` the name of its line in `detection_texts`. */
export function detectionRow({ event: _, ...item }: KeptDetection, written: bigint, kept: bigint): readonly Cell[] {
  return [
    ...key(item.id, detectionTable.at(item), item.receivedAt),
    column(item.cluster),
    column(item.rule),
    column(item.priority),
    column(item.user),
    column(item.namespace),
    column(item.verb),
    column(item.resource),
    null,
    column(item.name),
    String(item.severity),
    column(item.policy),
    column(item.sourceIP),
    column(item.userAgent),
    item.tags.length === 0 ? "" : column(`\n${item.tags.join("\n")}\n`),
    column(item.fingerprint),
    item.activity,
    words(
      spoken(item),
      item.rule,
      item.user,
      item.namespace,
      item.resource,
      item.name,
      item.policy,
      item.cluster,
      // Some are long, and what is too long is cut at its end.
      item.output,
    ),
    null,
    written,
    kept,
  ];
}

/** What a search looks through, in small letters. */
function words(...texts: readonly (string | null)[]): string {
  const text = texts
    .filter((one) => one !== null)
    .join("\n")
    .toLowerCase();
  return column(text.length > longestWords ? text.slice(0, longestWords) : text) ?? "";
}

const longestWords = 4096;

/** The sentence that people read is what they search in. */
const spoken = (item: Detection) =>
  sentenceOf(item)
    .map(({ text }) => text)
    .join("");

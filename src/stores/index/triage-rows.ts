/** What was decided about groups, as rows of a query. */

import type { Triage } from "../../domain/asked.ts";
import { nanosWithin } from "./rows.ts";
import { least } from "./sparks.ts";
import type { Parameter } from "./where.ts";

/** What was decided as rows, and which of the resolved came again: whatever the filter, for a state is that of now. */
export function decisions(triage: readonly Triage[], give: (value: Parameter) => string): readonly [string, string] {
  const none = "SELECT NULL::VARCHAR AS fp, NULL::VARCHAR, NULL::BIGINT, NULL::BIGINT WHERE false";
  const resolved = triage.filter(({ state }) => state === "resolved").map(({ at }) => nanosWithin(at));
  const returned =
    resolved.length === 0
      ? "SELECT NULL::VARCHAR AS fp WHERE false"
      : `SELECT DISTINCT fp FROM detections JOIN decided ON fp = fingerprint
         WHERE state = 'resolved' AND moment > decided_at AND moment > ${give(least(resolved))}`;
  return [triage.length === 0 ? none : `VALUES ${triage.map((one) => decidedRow(one, give)).join(", ")}`, returned];
}

function decidedRow({ fingerprint, state, at, until }: Triage, give: (value: Parameter) => string): string {
  const ends = until === undefined ? "NULL::BIGINT" : give(nanosWithin(until));
  return `(${give(fingerprint)}, ${give(state)}, ${give(nanosWithin(at))}, ${ends})`;
}

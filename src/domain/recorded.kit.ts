/** Activities for tests: out of plain events, and out of the recordings in the shared data. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Activity } from "./activity.ts";
import { activityOf, mergeActivities } from "./activity-of.ts";
import { decode } from "./decode.ts";
import { shownEvent } from "./event-text.ts";
import { activityID } from "./request-id.ts";

const root = process.env.TIERCEL_CONFORMANCE ?? join(import.meta.dirname, "../../../shared/conformance");
export const hasRecordings = existsSync(root);

/** The activities of events, their stages merged, in the order of their first ones, with the latest event of each. */
export function activitiesFrom(events: readonly unknown[]): Activity[] {
  const found = new Map<string, Activity>();
  let item = 0;
  const body = new TextEncoder().encode(JSON.stringify(events));
  for (const part of decode(body)) {
    if (part.kind !== "event") throw new Error(part.kind === "rejected" ? part.rejected.reason : part.reason);
    const id = activityID(part.event, "prod", (text) => text);
    const place = { entry: 1, item: ++item, length: part.event.raw.length };
    const facts = { id, cluster: "prod", receivedAt: "2026-01-01T00:00:00Z", detections: 0, place };
    const activity = { ...activityOf(part.event, facts), event: shownEvent(part.event) };
    const before = found.get(id);
    found.set(id, before === undefined ? activity : mergeActivities(before, activity));
  }
  // As the API answers them: without anything that is no JSON.
  return [...found.values()].map((activity) => JSON.parse(JSON.stringify(activity)));
}

/** Of one step that was recorded on a real API server: `22-exec-get-websocket`. */
export function recorded(step: string): Activity[] {
  const path = join(root, "providers/admission/live-pairs", `${step}.json`);
  return activitiesFrom(JSON.parse(readFileSync(path, "utf8")).nativeAuditEvents);
}

/** Of a file of lines in the corpus, each an event, or what `pick` takes out of a line. */
export function corpus(file: string, pick: (line: Record<string, unknown>) => unknown = (line) => line): Activity[] {
  const lines = readFileSync(join(root, "corpus", file), "utf8")
    .split("\n")
    .filter(Boolean);
  return activitiesFrom(lines.map((line) => pick(JSON.parse(line))));
}

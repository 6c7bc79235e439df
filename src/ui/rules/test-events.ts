/** Events to try rules on: the latest that were detected, or the latest of all. */
import type { Activity } from "../../domain/activity.ts";
import type { Detection } from "../../domain/detection.ts";
import { get } from "../api.ts";

export type From = "detections" | "activities" | "paste";

export interface Picked {
  /** One event a line, or what was pasted. */
  readonly payload: string;
  /** The rule that each event's detection was of. */
  readonly fired: readonly (string | undefined)[];
}

const most = 30;

export async function picked(from: From, text: string, signal: AbortSignal): Promise<Picked> {
  const asked = { limit: most, text: text === "" ? undefined : text };
  if (from === "activities") {
    const { items } = await get<{ readonly items: readonly Activity[] }>("activities", asked, signal);
    return { payload: items.map(({ event }) => JSON.stringify(event)).join("\n"), fired: [] };
  }
  const { items } = await get<{ readonly items: readonly Detection[] }>("detections", asked, signal);
  // One may be gone between the two questions.
  const whole = await Promise.allSettled(
    items.map(({ id }) => get<{ readonly event?: unknown }>(`detections/${encodeURIComponent(id)}`, {}, signal)),
  );
  const kept = items.flatMap(({ rule }, at) => {
    const answer = whole[at];
    const event = answer?.status === "fulfilled" ? answer.value.event : undefined;
    return event === undefined || event === null ? [] : [{ rule, event }];
  });
  return { payload: kept.map(({ event }) => JSON.stringify(event)).join("\n"), fired: kept.map(({ rule }) => rule) };
}

/** How long something lasted, where less than a millisecond is something too. */
import { durationText } from "../times.ts";

export const lastedText = (millis: number): string => (millis < 1 ? "under 1 ms" : durationText(millis));

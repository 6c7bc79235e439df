/** What came of a request, in one word (reference 04 §1.7). */
import type { Outcome } from "./activity.ts";

/** `code` is the latest answer's; a panic ended the request whatever had been answered before. */
export function outcomeOf(code: number | null, stages: readonly string[]): Outcome {
  if (code === 401 || code === 403) return "denied";
  if (stages.includes("Panic")) return "failed";
  // A code of 0 is what serialisers write where none was set.
  if (code === null || code < 100) return "unfinished";
  return code >= 400 ? "failed" : "done";
}

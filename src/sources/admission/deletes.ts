/** A pod deleted without grace makes two reviews; the second tells nothing new (reference 03 §3.3). */
import { textAt } from "../../domain/foreign/layer.ts";
import type { JsonValue } from "../../domain/json-value.ts";

const windowMs = 5000;
const mostRemembered = 10_000;

/** Answers whether a review is the second one of a delete seen within five seconds. */
export function seenDeletes(): (review: JsonValue, now: number) => boolean {
  /** When each was seen, oldest first. */
  const seen = new Map<string, number>();
  return (review, now) => {
    const request = review.member("request");
    if (textAt(request, "operation") !== "DELETE") return false;
    const uid = textAt(request, "oldObject", "metadata", "uid");
    if (uid === undefined) return false;
    const parts = [
      textAt(request, "userInfo", "username"),
      textAt(request, "resource", "resource"),
      textAt(request, "namespace"),
      textAt(request, "oldObject", "metadata", "name"),
      uid,
    ];
    const key = JSON.stringify(parts);
    for (const [old, at] of seen) {
      if (now - at <= windowMs && seen.size <= mostRemembered) break;
      seen.delete(old);
    }
    if (seen.has(key)) return true;
    seen.set(key, now);
    return false;
  };
}

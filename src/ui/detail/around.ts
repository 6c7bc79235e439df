/** What happened around an event: which questions are asked, and what of the answers is near enough. */
import type { Activity } from "../../domain/activity.ts";
import type { Detection } from "../../domain/detection.ts";
import type { Search } from "../filter.ts";

export interface AroundQuestion {
  readonly key: "user" | "object" | "source";
  readonly title: string;
  /** As the activity's filter has it: also the address of the whole. */
  readonly filter: Search;
}

const minute = 60_000;
const actors = ["human", "machine", "anonymous"];

/** Those that can be asked: somebody without a name has done nothing that could be told apart. */
export function aroundQuestions(detection: Detection): readonly AroundQuestion[] {
  const { user, namespace, resource, name, sourceIP, cluster, time } = detection;
  const within = (minutes: number): Search => ({
    cluster,
    actor: actors,
    from: new Date(Date.parse(time) - minutes * minute).toISOString(),
    to: new Date(Date.parse(time) + minutes * minute).toISOString(),
  });
  const questions: AroundQuestion[] = [];
  if (user !== null && user !== "")
    questions.push({
      key: "user",
      title: "The same user, 15 minutes before and after",
      filter: { user, ...within(15) },
    });
  if (resource !== null && name !== null && name !== "")
    questions.push({
      key: "object",
      title: "The same object, an hour before and after",
      filter: {
        resource: resource.split("/")[0] ?? resource,
        name,
        ...(namespace ? { namespace } : {}),
        ...within(60),
      },
    });
  if (sourceIP !== null && sourceIP !== "")
    questions.push({
      key: "source",
      title: "The same address, 15 minutes before and after",
      filter: { sourceIP, ...within(15) },
    });
  return questions;
}

/** The nearest to the moment, in the order they happened; and how many are left out before and after. */
export function nearest(
  activities: readonly Activity[],
  time: string,
  most: number,
): { readonly shown: readonly Activity[]; readonly earlier: number; readonly later: number } {
  const at = Date.parse(time);
  const distance = ({ time: moment }: Activity) => Math.abs(Date.parse(moment) - at);
  const near = new Set([...activities].sort((a, b) => distance(a) - distance(b)).slice(0, most));
  const ordered = [...activities].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const shown = ordered.filter((one) => near.has(one));
  const first = ordered.indexOf(shown[0] as Activity);
  return { shown, earlier: Math.max(0, first), later: ordered.length - Math.max(0, first) - shown.length };
}

/** How long before or after: `3 s before`, `12 min after`, `then`. */
export function offsetText(time: string, moment: string): string {
  const millis = Date.parse(time) - Date.parse(moment);
  const of = Math.abs(millis);
  if (of < 500) return "then";
  const text =
    of < 60_000
      ? `${Math.round(of / 1000)} s`
      : of < 3_600_000
        ? `${Math.round(of / 60_000)} min`
        : `${Math.round(of / 3_600_000)} h`;
  return `${text} ${millis < 0 ? "before" : "after"}`;
}

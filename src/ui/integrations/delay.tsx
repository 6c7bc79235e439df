/** How late events come: from their API server to here, and from here to where they can be seen. */
import type { Feed } from "../../api/sources/feed.ts";
import type { Source } from "../../api/sources/schema.ts";
import { durationText } from "../times.ts";

interface DelayProps {
  readonly of: Pick<Feed, "delaySecs" | "lagSecs">;
  readonly queue?: Source["queue"];
}

export function Delay({ of: { delaySecs, lagSecs }, queue = null }: DelayProps) {
  if (delaySecs === null) return "–";
  const judged = lagSecs < 1 ? "" : `, judged ${durationText(lagSecs * 1000)} later`;
  const waiting =
    queue === null || queue.lagSecs < 1 ? "" : `; its queue is ${durationText(queue.lagSecs * 1000)} behind`;
  return (
    <span title="The median of the latest events, from their stage in the API server to their receipt here">
      {durationText(delaySecs * 1000)}
      {judged}
      {waiting}
    </span>
  );
}

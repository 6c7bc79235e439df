/** How late events come: from their API server to here, and from here to where they can be seen. */
import type { Feed } from "../../api/sources/feed.ts";
import { durationText } from "../times.ts";

export function Delay({ of: { delaySecs, lagSecs } }: { readonly of: Pick<Feed, "delaySecs" | "lagSecs"> }) {
  if (delaySecs === null) return "–";
  const behind = lagSecs < 1 ? "" : `, judged ${durationText(lagSecs * 1000)} later`;
  return (
    <span title="The median of the latest events, from their stage in the API server to their receipt here">
      {durationText(delaySecs * 1000)}
      {behind}
    </span>
  );
}

/** What Tiercel finds out about the stream of events itself, as it stands in the journal: so it is told once, whatever is killed when. */
import type { Batch } from "./batch.ts";
import { ownSource } from "./detection.ts";
import { isObject, memberOf, textIn } from "./plain.ts";
import type { Blindness } from "./source.ts";

export type Notice =
  /** A source that brought a cluster's events has brought none since; and brings some again. */
  | ({ readonly notice: "silent"; readonly why: string | null } & Silence)
  | ({ readonly notice: "back" } & Silence)
  | ({ readonly notice: "blind"; readonly source: string; readonly at: string } & Blindness);

interface Silence {
  readonly source: string;
  readonly cluster: string;
  /** When the last batch before it came, and when this was found out; RFC 3339. */
  readonly since: string;
  readonly at: string;
}

/** No audit event and no alert has it; what senders make up under it is ignored. */
export const noticeKind = "TiercelNotice";

/** The same bytes for the same notice: what is written twice is a double. */
export function noticeBatch(notice: Notice): Batch {
  const body = new TextEncoder().encode(`${JSON.stringify({ kind: noticeKind, notice })}\n`);
  return { source: ownSource, cluster: notice.cluster, receivedAt: new Date(notice.at), body };
}

/** Undefined for what nobody of us wrote, or a version to come. */
export function noticeOf({ source, body }: Batch): Notice | undefined {
  if (source !== ownSource) return undefined;
  const value: unknown = JSON.parse(new TextDecoder().decode(body));
  const notice = memberOf(value, "notice");
  const known = ["silent", "back", "blind"].includes(textIn(notice, "notice") ?? "");
  return isObject(notice) && known && textIn(value, "kind") === noticeKind ? (notice as unknown as Notice) : undefined;
}

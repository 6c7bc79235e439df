/** A session as a stretch of time, with what its caller did in it and after it as marks. */
import type { Activity } from "../../domain/activity.ts";
import type { Session } from "../../domain/session-of.ts";
import { usePrefs } from "../prefs.ts";
import { clockText } from "../times.ts";
import styles from "./activity.module.css";
import { lastedText } from "./lasted.ts";

export interface SessionTimelineProps {
  readonly session: Session;
  readonly items: readonly Activity[];
  readonly until: string;
}

export function SessionTimeline({ session, items, until }: SessionTimelineProps) {
  const { zone } = usePrefs();
  const { start, end, durationMillis, outcome } = session;
  const [from, to] = [Date.parse(start), Date.parse(until)];
  const at = (time: string) =>
    `${Math.min(100, Math.max(0, ((Date.parse(time) - from) / Math.max(1, to - from)) * 100))}%`;
  const isOpen = end === null && outcome !== "denied" && outcome !== "failed";
  const lasted = durationMillis === null ? "no end seen" : lastedText(durationMillis);
  return (
    <figure style={{ margin: "8px 0" }}>
      <div
        className={styles.timeline}
        role="img"
        aria-label={`From ${clockText(start, zone)}, ${lasted}; ${items.length} other requests of the same caller until ${clockText(until, zone)}`}
      >
        <span className={styles.track} />
        <span
          className={styles.stretch}
          data-open={isOpen || undefined}
          style={{ left: 0, width: isOpen ? "100%" : at(end ?? start) }}
        />
        {items.map(({ id, time, outcome: result, detections }) => (
          <span
            key={id}
            className={styles.tick}
            data-outcome={result}
            data-detected={detections > 0 || undefined}
            style={{ left: at(time) }}
          />
        ))}
      </div>
      <figcaption className={styles.ends} aria-hidden="true">
        <span>{clockText(start, zone).slice(11)}</span>
        <span>{lasted}</span>
        <span>{clockText(until, zone).slice(11)}</span>
      </figcaption>
    </figure>
  );
}

/** Requests one below the other, each with how long after a moment it came. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Activity } from "../../domain/activity.ts";
import type { Detection } from "../../domain/detection.ts";
import { sentenceOf, sentenceText } from "../../domain/sentence.ts";
import { SeverityMark } from "../parts/severity.tsx";
import { When } from "../parts/time.tsx";
import { durationText } from "../times.ts";
import styles from "./activity.module.css";
import { OutcomeMark } from "./marks.tsx";

export interface LinesProps {
  readonly items: readonly Activity[];
  /** Offsets count from here. */
  readonly since: string;
  /** What stands before a line. */
  readonly before?: (item: Activity) => ReactNode;
}

export function Lines({ items, since, before }: LinesProps) {
  return (
    <ul className={styles.lines}>
      {items.map((item) => (
        <li key={item.id}>
          {before?.(item)}
          <div className={styles.line}>
            <span className={styles.offset} title={item.time}>
              {offsetText(since, item.time)}
            </span>
            <ActivityLink item={item} />
            <OutcomeMark outcome={item.outcome} code={item.code} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function offsetText(since: string, time: string): string {
  const millis = Date.parse(time) - Date.parse(since);
  return `${millis < 0 ? "−" : "+"}${durationText(Math.abs(millis))}`;
}

/** A request's sentence, leading to its panel among what its caller did around it. */
function ActivityLink({ item }: { readonly item: Activity }) {
  const at = Date.parse(item.time);
  const [from, to] = [at - 15 * 60_000, at + 15 * 60_000].map((time) => new Date(time).toISOString());
  const search = { sel: item.id, from, to, ...(item.user === null ? {} : { user: item.user }) };
  return (
    <Link to="/activity" search={search as never} className={styles.lineText}>
      {sentenceText(sentenceOf(item))}
      {item.detections > 0 ? " · detected" : ""}
    </Link>
  );
}

export function DetectionLines({ items }: { readonly items: readonly Detection[] }) {
  return (
    <ul className={styles.lines}>
      {items.map((item) => (
        <li key={item.id} className={styles.line} data-bare>
          <SeverityMark value={item.severity} />
          <span>
            <Link to="/" search={{ sel: item.id, range: "all", activity: item.activity } as never}>
              {item.rule}
            </Link>{" "}
            <When time={item.time} relative />
          </span>
        </li>
      ))}
    </ul>
  );
}

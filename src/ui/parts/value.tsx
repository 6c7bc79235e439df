/** A value that is a button: what can be done with it stands in the one menu of the page. */
import type { ReactNode } from "react";
import styles from "./value.module.css";
import { openValueMenu } from "./value-menu-state.ts";

export interface ValueProps {
  readonly facet: string;
  /** As it stands in filters. */
  readonly value: string;
  /** The list that is filtered by it; the page's own where it has one. */
  readonly list?: "detections" | "activities";
  /** The moment it belongs to: what happened around it can be asked for. */
  readonly time?: string;
  readonly cluster?: string | null;
  readonly children?: ReactNode;
}

export function Value({ facet, value, list, time, cluster, children }: ValueProps) {
  const open = (anchor: HTMLElement) =>
    openValueMenu({ facet, value, list, time, cluster: cluster ?? undefined, anchor });
  // Not a button element: that is a box, which a line that is too long leaves out whole instead of cutting it.
  return (
    <span
      role="button"
      tabIndex={0}
      className={styles.value}
      data-facet={facet}
      data-value={value}
      aria-haspopup="menu"
      title={value}
      onClick={(event) => {
        event.stopPropagation();
        open(event.currentTarget);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        open(event.currentTarget);
      }}
    >
      {children ?? value}
    </span>
  );
}

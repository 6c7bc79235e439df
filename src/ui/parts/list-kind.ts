/** What a list page shows: told once by the page, read by all its parts. */
import type { ReactNode } from "react";
import type { Params } from "../api.ts";
import type { Filter } from "../filter.ts";
import type { FacetKind } from "./facets.tsx";
import type { Column } from "./rows.tsx";

export interface SeriesKind {
  /** As the histogram answers it; several may be drawn as one. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly colour: string;
}

export interface PanelProps {
  readonly id: string;
  onClose(): void;
  /** To the row after (1) or before (-1). */
  onStep(by: 1 | -1): void;
}

export interface ListKind<Item> {
  readonly title: string;
  readonly list: "detections" | "activities";
  /** Where the rows come from: the list itself, or what groups it. */
  readonly path: string;
  /** Sent with every request for rows. */
  readonly params?: Params;
  /** Where several of what the server answers make one row: all rows of all that was answered. Such a list is not live. */
  readonly stitch?: (answered: readonly unknown[]) => readonly Item[];
  readonly facets: readonly FacetKind[];
  /** From the ground up. */
  readonly series: readonly SeriesKind[];
  readonly columns: readonly Column<Item>[];
  id(item: Item): string;
  time(item: Item): string;
  /** The filter that is asked for where the address tells another. */
  readonly usual?: (filter: Filter) => Filter;
  readonly Panel: (props: PanelProps) => ReactNode;
  /** Beside the title: views, switches. */
  readonly tools?: ReactNode;
  /** What new rows are called: `new events`. */
  readonly news: string;
  /** False where rows are counted anew rather than added to. */
  readonly isLive?: boolean;
  /** What is shown where nothing was ever there. */
  readonly teach: ReactNode;
}

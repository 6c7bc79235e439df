/** Rows without end: only those in view are drawn, a key moves from one to the next. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import styles from "./rows.module.css";

export interface Column<Item> {
  readonly key: string;
  readonly title: string;
  /** As in `grid-template-columns`. */
  readonly width: string;
  /** Left out where the list is narrower than so many pixels. */
  readonly from?: number;
  cell(item: Item): ReactNode;
}

export interface RowsHandle {
  scrollToTop(): void;
  isAtTop(): boolean;
}

export interface RowsProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly columns: readonly Column<Item>[];
  /** Of the list's width, in pixels. */
  readonly width: number;
  readonly total?: number;
  id(item: Item): string;
  readonly selected?: string;
  /** The row that the keys are on. */
  readonly marked: number;
  onMark(index: number): void;
  onOpen(item: Item): void;
  /** Is called when the end comes near. */
  onEnd(): void;
  readonly tail?: ReactNode;
  readonly handle?: Ref<RowsHandle>;
}

export const rowHeight = 28;

export function Rows<Item>(props: RowsProps<Item>) {
  const { label, items, columns, width, total, id, selected, marked, onMark, onOpen, onEnd, tail, handle } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : id(item);
    },
  });
  useImperativeHandle(handle, () => ({
    scrollToTop: () => scroller.current?.scrollTo({ top: 0 }),
    isAtTop: () => (scroller.current?.scrollTop ?? 0) < rowHeight,
  }));
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 30) onEnd();
  }, [last, items.length, onEnd]);
  useEffect(() => {
    if (marked >= 0 && marked < items.length) rows.scrollToIndex(marked, { align: "auto" });
  }, [marked, items.length, rows.scrollToIndex]);
  const shown = columns.filter(({ from = 0 }) => width >= from);
  const template = { gridTemplateColumns: shown.map((column) => column.width).join(" ") };
  return (
    <div className={styles.table} role="grid" aria-label={label} aria-rowcount={(total ?? items.length) + 1}>
      <div role="rowgroup">
        <div className={styles.head} role="row" aria-rowindex={1} style={template}>
          {shown.map(({ key, title }) => (
            <div key={key} role="columnheader" className={styles.cell}>
              {title}
            </div>
          ))}
        </div>
      </div>
      <div ref={scroller} className={styles.scroller} role="rowgroup" tabIndex={-1}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }} role="presentation">
          {drawn.map(({ index, start, key }) => {
            const item = items[index];
            if (item === undefined) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: j, k and Enter do the same for the list whole
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={selected === id(item)}
                data-marked={marked === index || undefined}
                className={styles.row}
                style={{ ...template, transform: `translateY(${start}px)` }}
                tabIndex={marked === index ? 0 : -1}
                onClick={() => {
                  onMark(index);
                  onOpen(item);
                }}
              >
                {shown.map((column) => (
                  <div key={column.key} role="gridcell" className={styles.cell}>
                    {column.cell(item)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {tail}
      </div>
    </div>
  );
}

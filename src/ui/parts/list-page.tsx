/** The page of a list: when, how much, of what, and the rows; the same for events and activity. */
import { Button, Drawer } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type RefObject, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { isEmpty, withTimes } from "../filter.ts";
import { countText } from "../times.ts";
import { hiddenColumns } from "./column-menu.tsx";
import { Empty } from "./empty.tsx";
import { Facets } from "./facets.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { HistogramChart, type Series } from "./histogram.tsx";
import type { ListKind } from "./list-kind.ts";
import styles from "./list-page.module.css";
import { Page } from "./page.tsx";
import { Problem } from "./problem.tsx";
import { Rows, type RowsHandle } from "./rows.tsx";
import { useList } from "./use-list.ts";
import { useListKeys } from "./use-list-keys.ts";
import { setFiltered } from "./value-menu-state.ts";

export function ListPage<Item>({ kind }: { readonly kind: ListKind<Item> }) {
  const list = useList(kind);
  const { search, setSearch, filter, written, change, rows, facets, arrivals, isFollowing } = list;
  const items = useMemo(() => kind.stitch?.(list.items) ?? list.items, [kind.stitch, list.items]);
  const [marked, setMarked] = useState(-1);
  const [filters, setFilters] = useState(false);
  const handle = useRef<RowsHandle>(null);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const selected = typeof search.sel === "string" ? search.sel : undefined;
  const select = useCallback(
    (id: string | undefined) => setSearch({ sel: id } as never, id !== undefined && selected !== undefined),
    [setSearch, selected],
  );
  const step = (by: 1 | -1) => {
    // What is open may have moved since, or come with the address.
    const open = selected === undefined ? -1 : items.findIndex((item) => kind.id(item) === selected);
    const at = Math.min(Math.max((open < 0 ? marked : open) + by, 0), items.length - 1);
    setMarked(at);
    const item = items[at];
    if (selected !== undefined && item !== undefined) select(kind.id(item));
  };

  const columns = useMemo(() => {
    const hidden = hiddenColumns(search);
    return kind.columns.filter(({ key }) => !hidden.has(key));
  }, [kind.columns, search]);

  const { hold, show } = arrivals;
  useEffect(() => hold(selected !== undefined), [hold, selected]);
  const names = kind.facets.map(({ facet }) => facet).join(" ");
  const apply = useRef(change);
  apply.current = change;
  const now = useRef(written);
  now.current = written;
  useEffect(
    () =>
      setFiltered({
        list: kind.list,
        facets: names.split(" "),
        change: (to) => apply.current(to(now.current)),
      }),
    [kind.list, names],
  );
  const showNew = () => {
    show();
    handle.current?.scrollToTop();
    setMarked(-1);
  };
  useListKeys({
    step,
    open: () => {
      const item = items[Math.max(marked, 0)];
      if (item !== undefined) select(kind.id(item));
    },
    close: () => select(undefined),
    follow: () => setSearch({ live: isFollowing ? undefined : "1" } as never),
  });

  const onEnd = () => {
    if (rows.hasNextPage && !rows.isFetchingNextPage) void rows.fetchNextPage();
  };
  const facetPanel = (
    <Facets
      kinds={kind.facets}
      filter={filter}
      values={facets.values}
      onChange={change}
      open={list.open}
      onToggle={(facet) => list.setOpen((former) => toggled(former, facet))}
      searched={list.searched}
      onSearch={(facet, text) => list.setSearched((former) => ({ ...former, [facet]: text }))}
    />
  );
  return (
    <Page title={kind.title} actions={kind.tools} fills>
      <FilterBar kind={kind} list={list} onFilters={() => setFilters(true)} />
      <HistogramOf kind={kind} list={list} />
      <div className={styles.body}>
        <aside className={styles.facets} aria-label="Filters">
          {facetPanel}
        </aside>
        <div ref={ref} className={styles.rows}>
          {arrivals.waiting > 0 ? (
            <Button size="compact-xs" radius="xl" className={styles.pill} onClick={showNew}>
              {countText(arrivals.waiting)} {newsText(kind.news, arrivals.waiting)}
            </Button>
          ) : null}
          <div className="visually-hidden" aria-live="polite">
            {arrivals.waiting > 0 ? `${arrivals.waiting} ${newsText(kind.news, arrivals.waiting)}` : ""}
          </div>
          {rows.error && items.length === 0 ? (
            <Problem error={rows.error} retry={list.refresh} />
          ) : rows.isPending ? (
            <Skeleton />
          ) : items.length === 0 ? (
            <NothingHere kind={kind} list={list} />
          ) : (
            <Rows
              label={kind.title}
              items={items}
              columns={columns}
              width={width}
              total={kind.stitch === undefined ? facets.total : undefined}
              id={kind.id}
              selected={selected}
              marked={marked}
              onMark={setMarked}
              onOpen={(item) => select(kind.id(item))}
              onEnd={onEnd}
              handle={handle as RefObject<RowsHandle>}
              tail={rows.isFetchingNextPage ? <div className={styles.more}>more…</div> : null}
            />
          )}
        </div>
        {selected === undefined ? null : (
          <aside className={styles.panel} aria-label="Details">
            <Suspense fallback={<Skeleton />}>
              <kind.Panel key={selected} id={selected} onClose={() => select(undefined)} onStep={step} />
            </Suspense>
          </aside>
        )}
      </div>
      <Drawer
        opened={filters}
        onClose={() => setFilters(false)}
        position="left"
        size={300}
        title="Filters"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {facetPanel}
      </Drawer>
    </Page>
  );
}

const newsText = (news: string, count: number) => (count === 1 ? news.replace(/s$/, "") : news);

function toggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}

function HistogramOf<Item>({ kind, list }: { readonly kind: ListKind<Item>; readonly list: ListState<Item> }) {
  const { data } = list.histogram;
  if (data === undefined || data.series.length === 0 || data.stepMillis === 0)
    return <div className={styles.noHistogram} aria-hidden="true" />;
  const length = Math.max(0, ...data.series.map(({ counts }) => counts.length));
  const series: Series[] = kind.series.map(({ keys, title, colour }) => {
    const counts = Array.from({ length }, () => 0);
    for (const one of data.series.filter(({ key }) => keys.includes(key)))
      one.counts.forEach((count, at) => {
        counts[at] = (counts[at] ?? 0) + count;
      });
    return { key: title, title, colour, counts };
  });
  return (
    <HistogramChart
      label={`${kind.title} over time`}
      from={data.from}
      stepMillis={data.stepMillis}
      series={series}
      onZoom={(from, to) => list.change(withTimes(list.written, from, to))}
    />
  );
}

export type ListState<Item> = ReturnType<typeof useList<Item>>;

function NothingHere<Item>({ kind, list }: { readonly kind: ListKind<Item>; readonly list: ListState<Item> }) {
  const { written, change, filter } = list;
  const widens = filter.range !== "all" || filter.from !== undefined || filter.to !== undefined;
  if (isEmpty(written) && filter.range === "all") return kind.teach;
  return (
    <Empty
      title="Nothing matches"
      hint="No item of this time passes all filters."
      action={
        <Button.Group>
          {isEmpty(written) ? null : (
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => change({ ...written, is: {}, not: {}, text: undefined })}
            >
              Clear the filters
            </Button>
          )}
          {widens ? (
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => change({ is: written.is, not: written.not, text: written.text, range: "all" })}
            >
              Look at all time
            </Button>
          ) : null}
        </Button.Group>
      }
    />
  );
}

function Skeleton() {
  return (
    <div className={styles.skeleton} role="status" aria-label="Loading">
      {Array.from({ length: 14 }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={at} />
      ))}
    </div>
  );
}

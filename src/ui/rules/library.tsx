/** The rules library: every rule, where it comes from, who counts it, and how often it fired. */
import { Button, Drawer, SegmentedControl, Select } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { type Filter, isEmpty, readFilter, type Search, writeFilter } from "../filter.ts";
import { Empty } from "../parts/empty.tsx";
import { Facets } from "../parts/facets.tsx";
import { icons } from "../parts/icons.tsx";
import list from "../parts/list-page.module.css";
import { Page } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { Rows } from "../parts/rows.tsx";
import { SearchText } from "../parts/search-text.tsx";
import { useListKeys } from "../parts/use-list-keys.ts";
import styles from "./library.module.css";
import { columnsOf } from "./library-columns.tsx";
import { counted, libraryFacets, matching, type Order, ordered, orders } from "./library-filter.ts";
import { kinds } from "./library-kinds.ts";
import { RulePanel } from "./rule-panel.tsx";
import { libraryRanges, useLibrary } from "./use-library.ts";

const toggled = (set: ReadonlySet<string>, value: string): ReadonlySet<string> =>
  set.has(value) ? new Set([...set].filter((one) => one !== value)) : new Set([...set, value]);
const one = (value: Search[string] | undefined): string | undefined => (typeof value === "string" ? value : value?.[0]);

export default function LibraryPage() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const filter = useMemo(() => readFilter(search, libraryFacets), [search]);
  const range = libraryRanges.find(({ value }) => value === filter.range) ?? libraryRanges[1];
  const order = (one(search.sort) ?? "file") as Order;
  const { rules, items, isCounting, recordsError } = useLibrary(range);
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(kinds.filter(({ folded }) => !folded).map(({ facet }) => facet)),
  );
  const [searched, setSearched] = useState<Readonly<Record<string, string>>>({});
  const [marked, setMarked] = useState(-1);
  const [filters, setFilters] = useState(false);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const isNarrow = useMediaQuery("(max-width: 900px)");

  const set = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) =>
      void navigate({ to: ".", replace: true, search: ((former: Search) => ({ ...former, ...changes })) as never }),
    [navigate],
  );
  const change = useCallback(
    (next: Filter) =>
      void navigate({ to: ".", search: ((former: Search) => writeFilter(next, former, libraryFacets)) as never }),
    [navigate],
  );
  const shown = useMemo(() => ordered(matching(items ?? [], filter), order), [items, filter, order]);
  const values = useMemo(
    () => (items === undefined ? undefined : counted(items, filter, searched)),
    [items, filter, searched],
  );
  const lists = useMemo(() => new Set(rules.data?.lists ?? []), [rules.data]);
  const columns = useMemo(() => columnsOf(range.label, isCounting), [range.label, isCounting]);
  const selected = one(search.rule);
  const rule = items?.find(({ name }) => name === selected);
  const select = (name: string | undefined) => set({ rule: name });
  const step = (by: 1 | -1) => {
    const at = Math.min(Math.max(marked + by, 0), shown.length - 1);
    setMarked(at);
    if (selected !== undefined) select(shown[at]?.name);
  };
  useListKeys({
    step,
    open: () => select(shown[Math.max(marked, 0)]?.name),
    close: () => select(undefined),
    follow: () => {},
  });

  const facets = (
    <Facets
      kinds={kinds}
      filter={filter}
      values={values}
      onChange={change}
      open={open}
      onToggle={(facet) => setOpen((former) => toggled(former, facet))}
      searched={searched}
      onSearch={(facet, text) => setSearched((former) => ({ ...former, [facet]: text }))}
    />
  );
  const actions = (
    <Button size="xs" component={Link} to="/rules/editor" leftSection={icons.edit} variant="default">
      Rules Editor
    </Button>
  );
  return (
    <Page title="Rules" actions={actions} fills>
      <div className={styles.bar}>
        <Button
          className={list.onlyNarrow}
          size="xs"
          variant="default"
          leftSection={icons.filter}
          onClick={() => setFilters(true)}
        >
          Filters
        </Button>
        <SearchText placeholder="Search names, conditions, tags ( / )" filter={filter} onChange={change} />
        <Select
          size="xs"
          aria-label="Order"
          w={150}
          allowDeselect={false}
          value={order in orders ? order : "file"}
          onChange={(next) => set({ sort: next === "file" ? undefined : (next ?? undefined) })}
          data={Object.entries(orders).map(([value, label]) => ({ value, label }))}
        />
        <SegmentedControl
          size="xs"
          aria-label="Detections of"
          value={range.value}
          onChange={(next) => set({ range: next })}
          data={libraryRanges.map(({ value, label }) => ({ value, label }))}
        />
        {isEmpty(filter) ? null : (
          <Button size="xs" variant="subtle" onClick={() => change({ is: {}, not: {}, range: filter.range })}>
            Clear filters
          </Button>
        )}
        <span className={styles.count} role="status">
          {items === undefined
            ? ""
            : shown.length === items.length
              ? `${items.length} rules`
              : `${shown.length} of ${items.length} rules`}
        </span>
      </div>
      {recordsError ? <Problem error={recordsError} /> : null}
      {rules.data !== undefined && rules.data.problems.length > 0 ? (
        <div className={styles.problems} role="status">
          {icons.warning}
          {rules.data.problems.length === 1 ? "One mistake" : `${rules.data.problems.length} mistakes`} in the rules
          files: some rules are not loaded. <Link to="/rules/editor">See them in the editor</Link>.
        </div>
      ) : null}
      <div className={list.body}>
        <aside className={list.facets} aria-label="Filters">
          {facets}
        </aside>
        <div ref={ref} className={list.rows}>
          {rules.error ? (
            <Problem error={rules.error} retry={rules.refetch} />
          ) : items === undefined ? (
            <Waiting />
          ) : shown.length === 0 ? (
            <Empty
              title="No rule is left"
              hint="No rule has all that is asked for."
              action={
                <Button size="xs" variant="default" onClick={() => change({ is: {}, not: {}, range: filter.range })}>
                  Clear filters
                </Button>
              }
            />
          ) : (
            <Rows
              label="Rules"
              items={shown}
              columns={columns}
              width={width}
              id={({ name }) => name}
              selected={selected}
              marked={marked}
              onMark={setMarked}
              onOpen={({ name }) => select(name)}
              onEnd={nothing}
            />
          )}
        </div>
        {selected === undefined || items === undefined ? null : (
          <aside className={list.panel} aria-label="Rule">
            <RulePanel
              key={selected}
              name={selected}
              rule={rule}
              lists={lists}
              range={range}
              onClose={() => select(undefined)}
            />
          </aside>
        )}
      </div>
      <Drawer
        opened={filters && isNarrow === true}
        onClose={() => setFilters(false)}
        title="Filters"
        position="left"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {facets}
      </Drawer>
    </Page>
  );
}

const nothing = () => {};

function Waiting() {
  return (
    <div className={list.skeleton} role="status" aria-label="Loading">
      {Array.from({ length: 12 }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars that stand for nothing
        <div key={at} />
      ))}
    </div>
  );
}

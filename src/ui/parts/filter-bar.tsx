/** Above a list: search, the filters that hold, the time, and what can be done with the whole. */
import { ActionIcon, Button, CloseButton, Menu, Tooltip } from "@mantine/core";
import { noValue } from "../../domain/asked.ts";
import { apiUrl } from "../api.ts";
import { type Filter, isEmpty, timesOf, without, writeFilter } from "../filter.ts";
import { stringifySearch } from "../search.ts";
import { ColumnMenu, hiddenColumns } from "./column-menu.tsx";
import styles from "./filter-bar.module.css";
import { icons } from "./icons.tsx";
import type { ListKind } from "./list-kind.ts";
import type { ListState } from "./list-page.tsx";
import { SearchText } from "./search-text.tsx";
import { TimeRange } from "./time-range.tsx";
import { copy } from "./value-menu.tsx";

export interface FilterBarProps<Item> {
  readonly kind: ListKind<Item>;
  readonly list: ListState<Item>;
  onFilters(): void;
}

export function FilterBar<Item>({ kind, list, onFilters }: FilterBarProps<Item>) {
  const { written, change, setSearch, isFollowing, arrivals, refresh, params, rows } = list;
  return (
    <div className={styles.bar}>
      <div className={styles.line}>
        <Button
          className={styles.narrow}
          size="xs"
          variant="default"
          leftSection={icons.filter}
          onClick={onFilters}
          aria-label="Filters"
        >
          Filters
        </Button>
        <SearchText filter={written} placeholder="Search ( / )" onChange={change} />
        <TimeRange filter={list.filter} onChange={change} />
        {kind.isLive === false ? null : (
          <Tooltip label="Follow what arrives (l)">
            <Button
              size="xs"
              variant={isFollowing ? "filled" : "default"}
              disabled={!arrivals.isOpenEnded}
              aria-pressed={isFollowing}
              leftSection={isFollowing ? icons.pause : icons.play}
              onClick={() => setSearch({ live: isFollowing ? undefined : "1" } as never)}
            >
              {arrivals.state === "lost" && isFollowing ? "Live (lost)" : "Live"}
            </Button>
          </Tooltip>
        )}
        <Tooltip label="Ask again">
          <ActionIcon variant="default" size={30} aria-label="Ask again" onClick={refresh} loading={rows.isRefetching}>
            {icons.refresh}
          </ActionIcon>
        </Tooltip>
        <ColumnMenu
          columns={kind.columns}
          hidden={hiddenColumns(list.search)}
          onChange={(hidden) => setSearch({ hide: hidden.size === 0 ? undefined : [...hidden] } as never)}
        />
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={30} aria-label="Export and share">
              {icons.more}
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>All that the filter accepts</Menu.Label>
            {(["ndjson", "csv"] as const).map((format) => (
              <Menu.Item
                key={format}
                component="a"
                leftSection={icons.download}
                href={apiUrl(`${kind.list}/export`, { ...params, format })}
                download
              >
                Export as {format.toUpperCase()}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item leftSection={icons.link} onClick={() => void copy(location.href)}>
              Copy link
            </Menu.Item>
            <Menu.Item leftSection={icons.clock} onClick={() => void copy(frozen(kind, list))}>
              Copy link with fixed times
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <Chips kind={kind} filter={written} onChange={change} />
    </div>
  );
}

/** A relative range means another time tomorrow: a link for others says which. */
function frozen<Item>(kind: ListKind<Item>, { search, filter, asOf }: ListState<Item>): string {
  const names = kind.facets.map(({ facet }) => facet);
  const { from } = timesOf(filter, asOf);
  const { range: _, ...rest } = filter;
  const fixed = writeFilter({ ...rest, from, to: filter.to ?? asOf.toISOString() }, search, names);
  return `${location.origin}${location.pathname}${stringifySearch({ ...fixed, live: undefined })}`;
}

function Chips<Item>({
  kind,
  filter,
  onChange,
}: {
  readonly kind: ListKind<Item>;
  readonly filter: Filter;
  onChange(filter: Filter): void;
}) {
  if (isEmpty(filter)) return null;
  const title = (facet: string) => kind.facets.find((one) => one.facet === facet)?.title ?? facet;
  const word = (facet: string, value: string) =>
    value === noValue ? "none" : (kind.facets.find((one) => one.facet === facet)?.word?.(value) ?? value);
  const chips = (["is", "not"] as const).flatMap((side) =>
    Object.entries(filter[side]).flatMap(([facet, values]) => values.map((value) => ({ side, facet, value }))),
  );
  return (
    <ul className={styles.chips} aria-label="Filters that hold">
      {chips.map(({ side, facet, value }) => (
        <li key={`${side} ${facet} ${value}`} className={styles.chip} data-side={side}>
          <span className={styles.chipText}>
            {title(facet)} {side === "not" ? "is not" : "is"} <b>{word(facet, value)}</b>
          </span>
          <CloseButton
            size={16}
            aria-label={`Remove ${title(facet)} ${word(facet, value)}`}
            onClick={() => onChange(without(filter, facet, value))}
          />
        </li>
      ))}
      <li>
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => onChange({ ...filter, is: {}, not: {}, text: undefined })}
        >
          Clear all
        </Button>
      </li>
    </ul>
  );
}

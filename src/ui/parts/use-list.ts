/** A list's state: its filter out of the address, what the server answers to it, and what has arrived since. */
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { FacetValue, Histogram } from "../../domain/asked.ts";
import { get, live, type Params } from "../api.ts";
import { type Filter, readFilter, type Search, toParams, writeFilter } from "../filter.ts";
import { facetLimit } from "./facets.tsx";
import type { ListKind } from "./list-kind.ts";

export interface FacetsAnswer {
  readonly facets: Readonly<Record<string, readonly FacetValue[]>>;
  readonly total: number;
}
interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

const pageSize = 200;
const bars = 100;
/** What came while the list was followed; beyond it, the list is asked for anew. */
const mostFresh = 5000;
const recountMillis = 4000;

export function useList<Item>(kind: ListKind<Item>) {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const names = useMemo(() => kind.facets.map(({ facet }) => facet).concat("fingerprint", "activity"), [kind.facets]);
  const written = useMemo(() => readFilter(search, names), [search, names]);
  const filter = useMemo(() => kind.usual?.(written) ?? written, [written, kind.usual]);
  const [asOf, setAsOf] = useState(() => new Date());
  const params = useMemo(() => toParams(filter, asOf), [filter, asOf]);

  const change = useCallback(
    (next: Filter) => {
      setAsOf(new Date());
      void navigate({ to: ".", search: ((former: Search) => writeFilter(next, former, names)) as never });
    },
    [navigate, names],
  );
  const setSearch = useCallback(
    (changes: Search | Readonly<Record<string, undefined>>, replace = true) =>
      void navigate({ to: ".", replace, search: ((former: Search) => ({ ...former, ...changes })) as never }),
    [navigate],
  );

  const rows = useInfiniteQuery({
    queryKey: ["rows", kind.path, kind.params, params],
    queryFn: ({ pageParam, signal }) =>
      get<PageOf<Item>>(
        kind.path,
        { ...params, ...kind.params, limit: pageParam === undefined ? pageSize : 1000, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const [searched, setSearched] = useState<Readonly<Record<string, string>>>({});
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(kind.facets.filter(({ folded }) => !folded).map(({ facet }) => facet)),
  );
  const facets = useFacets(kind, params, [...open], searched);
  const histogram = useQuery({
    queryKey: ["histogram", kind.list, params],
    queryFn: ({ signal }) => get<Histogram>(`${kind.list}/histogram`, { ...params, buckets: bars }, signal),
    placeholderData: keepPreviousData,
  });

  const refresh = useCallback(() => {
    setAsOf(new Date());
    void queries.invalidateQueries({ queryKey: ["rows", kind.path] });
    void queries.invalidateQueries({ queryKey: ["facets", kind.list] });
    void queries.invalidateQueries({ queryKey: ["histogram", kind.list] });
  }, [queries, kind.path, kind.list]);

  const isFollowing = search.live === "1";
  const arrivals = useArrivals(kind, filter, isFollowing, () => {
    void queries.invalidateQueries({ queryKey: ["facets", kind.list] });
    void queries.invalidateQueries({ queryKey: ["histogram", kind.list] });
  });
  // What was asked for anew holds what had arrived.
  const asked = rows.dataUpdatedAt;
  const { forget } = arrivals;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer is the reason
  useEffect(() => forget(), [asked, forget]);

  const items = useMemo(
    () => merged(arrivals.fresh, rows.data?.pages.flatMap(({ items }) => items) ?? [], kind),
    [arrivals.fresh, rows.data, kind],
  );
  return {
    ...{ search, setSearch, filter, written, change, params, asOf, refresh, rows, items, facets, histogram },
    ...{ arrivals, isFollowing, open, setOpen, searched, setSearched },
  };
}

function useFacets<Item>(
  kind: ListKind<Item>,
  params: Params,
  open: readonly string[],
  searched: Readonly<Record<string, string>>,
) {
  const plain = open.filter((facet) => !searched[facet]);
  const first = useQuery({
    queryKey: ["facets", kind.list, params, plain],
    queryFn: ({ signal }) =>
      get<FacetsAnswer>(`${kind.list}/facets`, { ...params, facets: plain, facet_limit: facetLimit }, signal),
    placeholderData: keepPreviousData,
  });
  const [facet, text] = Object.entries(searched).find(([name, wanted]) => wanted && open.includes(name)) ?? [];
  const second = useQuery({
    queryKey: ["facets", kind.list, params, facet, text],
    queryFn: ({ signal }) =>
      get<FacetsAnswer>(
        `${kind.list}/facets`,
        { ...params, facets: [facet ?? ""], facet_limit: 20, facet_search: text },
        signal,
      ),
    enabled: facet !== undefined,
    placeholderData: keepPreviousData,
  });
  return {
    values: first.data === undefined ? undefined : { ...first.data.facets, ...second.data?.facets },
    total: first.data?.total,
    error: first.error,
  };
}

function useArrivals<Item>(kind: ListKind<Item>, filter: Filter, isFollowing: boolean, recount: () => void) {
  const [fresh, setFresh] = useState<readonly Item[]>([]);
  const [waiting, setWaiting] = useState<readonly Item[]>([]);
  const [state, setState] = useState<"open" | "lost">("open");
  const held = useRef(false);
  const counted = useRef(0);
  const follows = useRef(isFollowing);
  follows.current = isFollowing;
  const recounts = useRef(recount);
  recounts.current = recount;
  const isOpenEnded = filter.to === undefined && kind.isLive !== false;
  const key = JSON.stringify(filter);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter's text stands for the filter
  useEffect(() => {
    setFresh([]);
    setWaiting([]);
    if (!isOpenEnded) return;
    const { from: _, ...params } = toParams(filter, new Date());
    return live<Item>(
      `${kind.list}/live`,
      { ...params, ...kind.params },
      (items) => {
        const add = (former: readonly Item[]) => [...items, ...former].slice(0, mostFresh);
        if (follows.current && !held.current) setFresh(add);
        else setWaiting(add);
        if (!follows.current || held.current || Date.now() - counted.current < recountMillis) return;
        counted.current = Date.now();
        recounts.current();
      },
      setState,
    );
  }, [key, kind.list, isOpenEnded]);

  return {
    fresh,
    waiting: waiting.length,
    state,
    isOpenEnded,
    /** While somebody looks at a row, nothing moves under the eyes. */
    hold: useCallback((is: boolean) => {
      held.current = is;
    }, []),
    /** Puts what waits on top. */
    show: useCallback(() => {
      setWaiting((items) => {
        setFresh((former) => [...items, ...former].slice(0, mostFresh));
        return [];
      });
    }, []),
    forget: useCallback(() => {
      setFresh([]);
      setWaiting([]);
    }, []),
  };
}

/** Newest first, each once. */
function merged<Item>(fresh: readonly Item[], paged: readonly Item[], { id, time }: ListKind<Item>): readonly Item[] {
  if (fresh.length === 0) return paged;
  const seen = new Set<string>();
  const all: Item[] = [];
  for (const item of [...fresh, ...paged]) {
    if (seen.has(id(item))) continue;
    seen.add(id(item));
    all.push(item);
  }
  return all.sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0));
}

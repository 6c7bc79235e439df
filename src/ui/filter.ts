/** The filter of a list, as it stands in the address: pure functions from one state to the next. */
import type { Params } from "./api.ts";

/** The address's search: repeated names as lists. */
export type Search = Readonly<Record<string, string | readonly string[]>>;

type Values = Readonly<Record<string, readonly string[]>>;

export interface Filter {
  /** Accepted values by facet. */
  readonly is: Values;
  /** Refused values by facet. */
  readonly not: Values;
  readonly text?: string;
  /** `15m`, `24h`, `7d`, `all`: until now, whenever now is. */
  readonly range?: string;
  /** Instead of `range`: RFC 3339, inclusive. */
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
}

export const usualRange = "24h";

/** The relative ranges offered, with what they are called. */
export const ranges: readonly { readonly value: string; readonly label: string }[] = [
  { value: "15m", label: "Last 15 minutes" },
  { value: "1h", label: "Last hour" },
  { value: "6h", label: "Last 6 hours" },
  { value: "24h", label: "Last 24 hours" },
  { value: "3d", label: "Last 3 days" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
  { value: "all", label: "All time" },
];

const unitMillis: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of a relative range; undefined for `all` and for what is none. */
export function rangeMillis(range: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,5})([mhdw])$/.exec(range) ?? [];
  const millis = unitMillis[unit];
  return count === undefined || millis === undefined ? undefined : Number(count) * millis;
}

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;
const one = (value: string | readonly string[] | undefined): string | undefined => list(value)[0];

export function readFilter(search: Search, facets: readonly string[]): Filter {
  const values = (prefix: string) =>
    Object.fromEntries(
      facets.flatMap((facet) => {
        const found = list(search[prefix + facet]);
        return found.length === 0 ? [] : [[facet, found]];
      }),
    );
  const [text, range, from, to] = [one(search.text), one(search.range), one(search.from), one(search.to)];
  return {
    is: values(""),
    not: values("not_"),
    ...(text ? { text } : {}),
    ...(from || to ? {} : range ? { range } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

/** The search with this filter in it; what else stands there stays. */
export function writeFilter(filter: Filter, search: Search, facets: readonly string[]): Search {
  const own = new Set([...facets, ...facets.map((facet) => `not_${facet}`), "text", "range", "from", "to"]);
  const rest = Object.entries(search).filter(([name]) => !own.has(name));
  const is = Object.entries(filter.is).filter(([, values]) => values.length > 0);
  const not = Object.entries(filter.not).filter(([, values]) => values.length > 0);
  const { text, range, from, to } = filter;
  return Object.fromEntries([
    ...rest,
    ...is,
    ...not.map(([facet, values]) => [`not_${facet}`, values] as const),
    ...Object.entries({ text, range: from || to ? undefined : range, from, to }).flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [[name, value] as const],
    ),
  ]);
}

const added = (values: Values, facet: string, value: string): Values => ({
  ...values,
  [facet]: [...new Set([...(values[facet] ?? []), value])],
});

function removed(values: Values, facet: string, value?: string): Values {
  const { [facet]: former = [], ...rest } = values;
  const left = value === undefined ? [] : former.filter((one) => one !== value);
  return left.length === 0 ? rest : { ...rest, [facet]: left };
}

/** Accepts the value too. */
export const withIs = (filter: Filter, facet: string, value: string): Filter => ({
  ...filter,
  is: added(filter.is, facet, value),
  not: removed(filter.not, facet, value),
});

/** Accepts nothing but the value. */
export const withOnly = (filter: Filter, facet: string, value: string): Filter => ({
  ...filter,
  is: { ...filter.is, [facet]: [value] },
  not: removed(filter.not, facet),
});

export const withNot = (filter: Filter, facet: string, value: string): Filter => ({
  ...filter,
  is: removed(filter.is, facet, value),
  not: added(filter.not, facet, value),
});

/** Without a facet's filter, or one value of it. */
export const without = (filter: Filter, facet: string, value?: string): Filter => ({
  ...filter,
  is: removed(filter.is, facet, value),
  not: removed(filter.not, facet, value),
});

export function withRange(filter: Filter, range: string): Filter {
  const { from: _from, to: _to, ...rest } = filter;
  return { ...rest, range };
}

export function withTimes(filter: Filter, from: string | undefined, to: string | undefined): Filter {
  const { range: _, from: _from, to: _to, ...rest } = filter;
  return { ...rest, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** The times the filter means when it is `now`. */
export function timesOf(
  { range, from, to }: Filter,
  now: Date,
): { readonly from: string | undefined; readonly to: string | undefined } {
  if (from !== undefined || to !== undefined) return { from, to };
  const millis = rangeMillis(range ?? usualRange);
  return { from: millis === undefined ? undefined : new Date(now.getTime() - millis).toISOString(), to: undefined };
}

/** The filter as parameters of a request. */
export function toParams(filter: Filter, now: Date): Params {
  return {
    ...filter.is,
    ...Object.fromEntries(Object.entries(filter.not).map(([facet, values]) => [`not_${facet}`, values])),
    ...(filter.text === undefined ? {} : { text: filter.text }),
    ...timesOf(filter, now),
  };
}

export const isEmpty = ({ is, not, text }: Filter): boolean =>
  text === undefined && Object.keys(is).length === 0 && Object.keys(not).length === 0;

/** Every rule with how often it fired: the rules, and their records in a range of time and ever. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { RuleRecord } from "../../domain/asked.ts";
import { get } from "../api.ts";
import type { LibraryRule } from "./library-filter.ts";
import { rulesQuery } from "./queries.ts";

export const libraryRanges = [
  { value: "24h", label: "24 hours", millis: 86_400_000, buckets: 24 },
  { value: "7d", label: "7 days", millis: 7 * 86_400_000, buckets: 28 },
  { value: "30d", label: "30 days", millis: 30 * 86_400_000, buckets: 30 },
] as const;
export type LibraryRange = (typeof libraryRanges)[number];

const beginning = "1970-01-01T00:00:00Z";

export function useLibrary(range: LibraryRange) {
  const rules = useQuery(rulesQuery);
  const lately = useQuery({
    queryKey: ["rule-records", range.value],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - range.millis).toISOString();
      return get<readonly RuleRecord[]>("rules/records", { from, buckets: range.buckets }, signal);
    },
  });
  const ever = useQuery({
    queryKey: ["rule-records", "ever"],
    queryFn: ({ signal }) => get<readonly RuleRecord[]>("rules/records", { from: beginning, buckets: 1 }, signal),
  });
  const items = useMemo(() => {
    const records = new Map((lately.data ?? []).map((record) => [record.rule, record]));
    const lasts = new Map((ever.data ?? []).map(({ rule, last }) => [rule, last]));
    return rules.data?.items.map((rule): LibraryRule => {
      const { count = 0, spark = [] } = records.get(rule.name) ?? {};
      return { ...rule, count, spark, last: lasts.get(rule.name) ?? null };
    });
  }, [rules.data, lately.data, ever.data]);
  return { rules, items, isCounting: lately.isPending || ever.isPending, recordsError: lately.error ?? ever.error };
}

/** What else somebody did in a stretch of time, oldest first. */
import { useQuery } from "@tanstack/react-query";
import type { Activity } from "../../domain/activity.ts";
import { noValue, type Page } from "../../domain/asked.ts";
import { get } from "../api.ts";

export interface Around {
  readonly items: readonly Activity[];
  /** Until when all of it is there: busy callers are looked at for a shorter while. */
  readonly until: string;
  /** Whether even that was too much for one page. */
  readonly isCut: boolean;
}

const minute = 60_000;
const most = 500;

/** All that a caller asked for from one moment on, for as long as one page holds it. */
export function useAround(
  of: { readonly user: string | null; readonly cluster: string } | undefined,
  from: string,
  to: string,
) {
  return useQuery({
    queryKey: ["around", of?.user, of?.cluster, from, to],
    enabled: of !== undefined,
    queryFn: async ({ signal }): Promise<Around> => {
      const began = Date.parse(from);
      const whole = Date.parse(to) - began;
      let last: Around = { items: [], until: from, isCut: false };
      for (const millis of [whole, ...[2 * minute, minute / 6].filter((one) => one < whole)]) {
        const until = new Date(began + millis).toISOString();
        const page = await get<Page<Activity>>(
          "activities",
          { user: [of?.user ?? noValue], cluster: [of?.cluster ?? ""], from, to: until, events: "omit", limit: most },
          signal,
        );
        last = { items: [...page.items].reverse(), until, isCut: page.next !== null };
        if (page.next === null) break;
      }
      return last;
    },
    staleTime: 30_000,
  });
}

export const later = (time: string, millis: number): string => new Date(Date.parse(time) + millis).toISOString();
export const quarter = 15 * minute;

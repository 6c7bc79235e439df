/** Coming in: what was asked for somebody else is forgotten, and the page that was wanted is gone to. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { base } from "../api.ts";
import { type Session, sessionQuery } from "../session.ts";
import { below } from "./next.ts";

/** What was answered to whoever was here before. The session itself is watched, and changed by whoever calls this. */
export function forgetAnswers(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
}

export function useEntry(next: string) {
  const queries = useQueryClient();
  const router = useRouter();
  return {
    /** Whoever this is now. */
    be(session: Session): void {
      forgetAnswers(queries);
      queries.setQueryData(sessionQuery.queryKey, session);
    },
    go(): void {
      router.history.replace(below(base, next));
    },
  };
}

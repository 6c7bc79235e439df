/** Coming in: what was asked for somebody else is forgotten, and the page that was wanted is gone to. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { base } from "../api.ts";
import { type Session, sessionQuery } from "../session.ts";
import { below } from "./next.ts";

export function useEntry(next: string) {
  const queries = useQueryClient();
  const router = useRouter();
  return {
    /** Whoever this is now. */
    be(session: Session): void {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
    },
    go(): void {
      router.history.push(below(base, next));
    },
  };
}

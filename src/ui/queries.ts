/** What was asked of the server, kept while it is fresh. */
import { QueryClient } from "@tanstack/react-query";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // Waiting longer helps with a server that starts again, not with one that refuses.
      retry: (failures, error) => failures < 2 && "status" in error && (error.status === 0 || error.status === 503),
    },
  },
});

/** A back-test, begun and followed; broken off when whoever asked goes away. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Backtest } from "../../api/backtests/schema.ts";
import { get, send } from "../api.ts";

export interface BacktestWish {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly days: number;
  readonly rules: readonly string[];
}

export interface BacktestRun {
  start(wish: BacktestWish): void;
  cancel(): void;
  /** What was asked, of the answer that is shown. */
  readonly wish: BacktestWish | undefined;
  readonly test: Backtest | undefined;
  readonly isRunning: boolean;
  readonly error: unknown;
}

const everyMillis = 500;

export function useBacktest(): BacktestRun {
  const begin = useMutation({
    mutationFn: async (wish: BacktestWish) => (await send<{ readonly id: string }>("POST", "backtests", wish)).data.id,
  });
  const id = begin.data;
  const { data: test, error } = useQuery({
    queryKey: ["backtest", id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => get<Backtest>(`backtests/${id}`, {}, signal),
    refetchInterval: ({ state }) =>
      state.error || (state.data && state.data.state !== "running") ? false : everyMillis,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const isRunning = begin.isPending || (id !== undefined && error === null && (test?.state ?? "running") === "running");
  const running = useRef<string>(undefined);
  running.current = isRunning ? id : undefined;
  const stop = () => {
    const at = running.current;
    // One that is gone or done meanwhile needs no stopping.
    if (at !== undefined) void send("DELETE", `backtests/${at}`).catch(() => undefined);
  };
  const last = useRef(stop);
  last.current = stop;
  useEffect(() => () => last.current(), []);
  return {
    start: (wish) => {
      stop();
      begin.mutate(wish);
    },
    cancel: stop,
    wish: begin.variables,
    test,
    isRunning,
    error: begin.error ?? error,
  };
}

/** What the API asks of whoever runs back-tests. What is refused is thrown as a `RequestFailure`. */
import type { Backtest } from "./schema.ts";

export interface BacktestWish {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly days: number;
  readonly rules?: readonly string[];
}

export interface Backtests {
  /** Answers its id. */
  start(wish: BacktestWish): Promise<string>;
  get(id: string): Backtest | undefined;
  /** False where there is none of that id. */
  cancel(id: string): boolean;
}

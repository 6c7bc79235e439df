/** Where the state is kept: one embedded kind so far, loaded when first asked for. */
import type { State } from "../../domain/store.ts";

export { NewerState } from "./newer-state.ts";

export interface StateOptions {
  /** A folder of ours alone; made with mode 0700 where it is missing. */
  readonly dir: string;
  /** When a token was added is kept beside it. */
  readonly now?: () => Date;
}

/** Opens or makes the state; throws `NewerState` where a newer Tiercel wrote it. */
export async function openState(options: StateOptions): Promise<State> {
  const { openSqliteState } = await import("./sqlite.ts");
  return openSqliteState(options);
}

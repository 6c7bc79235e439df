/** Loads and asks rules beside the page, so that typing never waits for it. */
import { type Checker, checker } from "./checking.ts";

export interface Asked {
  readonly id: number;
  readonly call: keyof Checker;
  readonly args: readonly unknown[];
}
export interface Answered {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

const checks = checker(() => performance.now());

addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  const { id, call, args } = data;
  try {
    const act = checks[call] as (...args: readonly unknown[]) => unknown;
    postMessage({ id, result: act(...args) } satisfies Answered);
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies Answered);
  }
});

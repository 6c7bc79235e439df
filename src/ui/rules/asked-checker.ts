/** The checker behind the worker: the same questions, answered later. */
import type { Answered, Asked } from "./check.worker.ts";
import type { Checker } from "./checking.ts";

export type AskedChecker = {
  readonly [call in keyof Checker]: (...args: Parameters<Checker[call]>) => Promise<ReturnType<Checker[call]>>;
} & { close(): void };

export function askedChecker(): AskedChecker {
  const worker = new Worker(new URL("./check.worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let next = 0;
  worker.addEventListener("message", ({ data: { id, result, error } }: MessageEvent<Answered>) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asker?.resolve(result);
    else asker?.reject(new Error(error));
  });
  worker.addEventListener("error", ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || "the rules could not be checked"));
    waiting.clear();
  });
  const ask = (call: keyof Checker, args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, call, args } satisfies Asked);
    });
  return {
    check: (...args) => ask("check", args) as never,
    judge: (...args) => ask("judge", args) as never,
    explain: (...args) => ask("explain", args) as never,
    close: () => worker.terminate(),
  };
}

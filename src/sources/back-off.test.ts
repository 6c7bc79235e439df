import { expect, test, vi } from "vitest";
import { backOff, pause } from "./back-off.ts";

const waited = vi.hoisted((): number[] => []);
vi.mock("node:timers/promises", () => ({ setTimeout: async (millis: number) => void waited.push(millis) }));

test("waits double up to a bound, with jitter, and begin anew when it went well", async () => {
  const { signal } = new AbortController();
  const chances = [0.5, 0.5, 0, 0.99, 0.5];
  const backing = backOff({ firstMs: 100, lastMs: 400, signal, random: () => chances.shift() ?? 0 });
  for (let turn = 0; turn < 4; turn++) expect(await backing.wait()).toBe(true);
  backing.reset();
  await backing.wait();
  expect(waited).toEqual([100, 200, 200, 596, 100]);
});

test("who shall stop waits no more", async () => {
  const signal = AbortSignal.abort();
  expect([await backOff({ signal }).wait(), await pause(1e9, signal)]).toEqual([false, false]);
});

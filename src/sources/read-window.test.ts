import { expect, test } from "vitest";
import { ReadWindow } from "./read-window.ts";

function memory() {
  const held = new Map<string, string>();
  const written: number[] = [];
  return {
    held,
    written,
    get: async (key: string) => held.get(key),
    set: async (key: string, value: string) => {
      held.set(key, value);
      written.push(value.length);
    },
  };
}
const late = Number.MAX_SAFE_INTEGER;

test("it begins where it was told, and reaches back behind the newest entry", async () => {
  const kept = memory();
  const window = await ReadWindow.open(10_000, 2000, kept);
  expect(window.from).toBe(10_000);
  await window.keep([["a", 11_000]], late);
  expect(window.from).toBe(10_000);
  await window.keep([["b", 15_000]], late);
  expect(window.from).toBe(13_000);
  const again = await ReadWindow.open(99_000, 2000, kept);
  expect([again.from, again.has("b"), again.has("c")]).toEqual([13_000, true, false]);
});

test("an entry out of the future does not move it beyond now", async () => {
  const window = await ReadWindow.open(0, 1000, memory());
  await window.keep([["a", 9_000_000]], 50_000);
  expect([window.from, window.has("a")]).toEqual([49_000, true]);
});

test("what lies before the overlap is forgotten, and its room used again", async () => {
  const kept = memory();
  const window = await ReadWindow.open(0, 1000, kept);
  for (let page = 0; page < 50; page++)
    await window.keep(
      Array.from({ length: 1000 }, (_, nth) => [`${page} ${nth}`, page * 1000] as const),
      late,
    );
  expect(window.has("0 0")).toBe(false);
  expect(window.has("49 999")).toBe(true);
  expect(kept.held.size).toBeLessThanOrEqual(4);
});

test("a page costs what it holds, not what the overlap holds", async () => {
  const kept = memory();
  const window = await ReadWindow.open(0, 1_000_000, kept);
  for (let page = 0; page < 500; page++)
    await window.keep(
      Array.from({ length: 100 }, (_, nth) => [`${page} ${nth}`, page] as const),
      late,
    );
  // 50,000 marks of 15 bytes are held; no write is larger than a slot.
  expect(Math.max(...kept.written)).toBeLessThan(16_000);
  const again = await ReadWindow.open(0, 1_000_000, kept);
  for (const id of ["0 0", "250 50", "499 99"]) expect(again.has(id)).toBe(true);
});

test("marks kept by the former version count", async () => {
  const kept = memory();
  const window = await ReadWindow.open(0, 5000, kept);
  await window.keep([["a", 7000]], late);
  const [mark] = JSON.parse(kept.held.get("seen 0")!);
  kept.held.clear();
  kept.held.set("cursor", JSON.stringify({ time: 7000, seen: [[mark, 7000]] }));
  for (let start = 0; start < 2; start++) {
    const again = await ReadWindow.open(0, 5000, kept);
    expect([again.has("a"), again.from]).toEqual([true, 2000]);
  }
});

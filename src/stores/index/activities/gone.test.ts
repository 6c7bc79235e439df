import { expect, test } from "vitest";
import { Gone } from "./gone.ts";

test("who began to read before a row went still sees it", () => {
  const gone = new Gone();
  expect([...gone.seenBy(9, 10)]).toEqual([]);
  gone.set(7, 2);
  gone.set(3, 1);
  expect([...gone.seenBy(2, 10)]).toEqual([3, 7]);
  expect([...gone.seenBy(1, 10)]).toEqual([3]);
  expect([...gone.seenBy(2, 7)]).toEqual([3]);
  gone.set(5, 3);
  expect([...gone.seenBy(2, 10)]).toEqual([3, 7]);
  expect([...gone.seenBy(3, 10)]).toEqual([3, 5, 7]);
});

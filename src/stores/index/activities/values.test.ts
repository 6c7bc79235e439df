import { expect, test } from "vitest";
import { encodedFromBytes, textsToBytes } from "./parts.ts";
import { Values } from "./values.ts";

const many = Array.from({ length: 5000 }, (_, at) => (at % 7 === 0 ? `pod-${at}-ß` : `pod-${at}`));

test("each value has one number, however it comes, and is told again by it", () => {
  const values = new Values();
  const stretch = (texts: readonly string[]) => encodedFromBytes(textsToBytes(texts));
  const numbers = values.numbersOf([stretch(["", ...many.slice(0, 2000)]), stretch(many.slice(2000))]);
  expect(numbers[0]).toBe(0);
  expect([...numbers.subarray(1)].map((number) => values.text(number))).toEqual(many);
  expect(many.map((text) => values.numberOf(text))).toEqual([...numbers.subarray(1)]);
  expect(values.count).toBe(many.length + 1);
  expect(values.find("nobody")).toBeUndefined();
  expect(values.find("")).toBeUndefined();
  const long = "x".repeat(16_384);
  expect(values.text(values.numberOf(long))).toBe(long);
  expect(values.numberOf("")).not.toBe(0);
});

test("who forgets begins anew", () => {
  const values = new Values();
  for (const text of many) values.numberOf(text);
  const { era, bytes } = values;
  values.forget();
  expect(values.era).toBe(era + 1);
  expect(values.bytes).toBeLessThan(bytes);
  expect(values.numberOf("anew")).toBe(1);
});

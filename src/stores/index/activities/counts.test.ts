import { describe, expect, test } from "vitest";
import { Counts } from "./counts.ts";
import { frequentFromBytes, frequentToBytes } from "./frequent.ts";
import { Values } from "./values.ts";

/** What a block that has these texts, each in so many rows, tells of its two most frequent. */
function list(rows: Record<string, number>, values: Values) {
  const bytes = frequentToBytes(["", ...Object.keys(rows)], Float64Array.from([0, ...Object.values(rows)]), 2);
  return frequentFromBytes(bytes!, values);
}

describe("of lists of the most frequent", () => {
  test("the best are told where no other value can have as many rows", () => {
    const values = new Values();
    const counts = new Counts(values);
    counts.addFrequent(list({ a: 90, b: 80, c: 3, d: 2 }, values));
    counts.addFrequent(list({ x: 3, b: 85, a: 70 }, values));
    expect(counts.most(2)).toEqual([
      { value: "b", count: 165 },
      { value: "a", count: 160 },
    ]);
  });

  test("they are not where one of them is missing on a list", () => {
    const values = new Values();
    const counts = new Counts(values);
    counts.addFrequent(list({ a: 90, b: 80, c: 3 }, values));
    counts.addFrequent(list({ b: 85, d: 20, a: 10 }, values));
    expect(counts.most(2)).toBeUndefined();
    expect(counts.most(1)).toEqual([{ value: "b", count: 165 }]);
  });

  test("nor where a value on no list could stand before them, or as far", () => {
    const values = new Values();
    const counts = new Counts(values);
    counts.addFrequent(list({ a: 4, b: 3, c: 2 }, values));
    counts.addFrequent(list({ a: 4, b: 3, c: 2 }, values));
    counts.addFrequent(list({ a: 1, b: 3, c: 5 }, values));
    expect(counts.most(2)).toBeUndefined();
  });

  test("rows that are gone are left out", () => {
    const values = new Values();
    const counts = new Counts(values);
    const told = list({ a: 90, b: 80, c: 3 }, values);
    const gone = new Uint32Array(4);
    gone[told.ids[told.values.indexOf(values.find("a")!)]!] = 20;
    counts.addFrequent(told, gone);
    expect(counts.most(2)).toEqual([
      { value: "b", count: 80 },
      { value: "a", count: 70 },
    ]);
  });

  test("nor where fewer are on them than are wished for", () => {
    const values = new Values();
    const counts = new Counts(values);
    counts.addFrequent(list({ a: 90, b: 80, c: 3 }, values));
    expect(counts.most(3)).toBeUndefined();
  });

  test("whole counts are added to them", () => {
    const values = new Values();
    const counts = new Counts(values);
    counts.addFrequent(list({ a: 90, b: 80, c: 3 }, values));
    counts.add(Uint32Array.of(0, values.numberOf("b"), values.numberOf("d")), Uint32Array.of(7, 20, 50));
    expect(counts.most(2)).toEqual([
      { value: "b", count: 100 },
      { value: "a", count: 90 },
    ]);
    // Of this one the list may have left out three.
    expect(counts.most(3)).toBeUndefined();
  });
});

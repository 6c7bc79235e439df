import { expect, test } from "vitest";
import { readFilter, timesOf, toParams, withIs, withNot, withRange, withTimes, writeFilter } from "./filter.ts";
import { parseSearch, stringifySearch } from "./search.ts";

const facets = ["user", "verb"];

test("a filter stands in the address and is read from it again, beside what else stands there", () => {
  const search = parseSearch("?user=alice&user=bob&not_verb=get&range=7d&sel=d1&text=exec");
  const filter = readFilter(search, facets);
  expect(filter).toEqual({ is: { user: ["alice", "bob"] }, not: { verb: ["get"] }, text: "exec", range: "7d" });
  expect(parseSearch(stringifySearch(writeFilter(filter, search, facets)))).toEqual(search);
});

test("a value that was refused is accepted instead, and the other way about", () => {
  const refused = withNot({ is: { user: ["eve"] }, not: {} }, "user", "eve");
  expect(refused).toEqual({ is: {}, not: { user: ["eve"] } });
  expect(withIs(refused, "user", "eve")).toEqual({ is: { user: ["eve"] }, not: {} });
});

test("a relative range moves with now, absolute times do not", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  expect(timesOf({ is: {}, not: {}, range: "1h" }, now)).toEqual({ from: "2026-03-01T11:00:00.000Z", to: undefined });
  expect(timesOf({ is: {}, not: {}, range: "all" }, now)).toEqual({ from: undefined, to: undefined });
  const fixed = withTimes({ is: {}, not: {}, range: "1h" }, "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z");
  expect(toParams(fixed, now)).toEqual({ from: "2026-02-01T00:00:00Z", to: "2026-02-02T00:00:00Z" });
  expect(withRange(fixed, "6h")).toEqual({ is: {}, not: {}, range: "6h" });
});

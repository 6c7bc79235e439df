import { expect, test } from "vitest";
import { readFilter } from "../filter.ts";
import { parseSearch } from "../search.ts";
import { peopleFirst } from "./people.ts";

const actorsOf = (address: string) =>
  peopleFirst(readFilter(parseSearch(address), ["actor", "user", "sourceIP", "verb"])).is.actor;

test("machines are left out until somebody asks for them, or for one caller", () => {
  expect(actorsOf("?verb=create")).toEqual(["human", "anonymous"]);
  expect(actorsOf("?actor=machine")).toEqual(["machine"]);
  expect(actorsOf("?not_actor=human")).toBeUndefined();
  expect(actorsOf("?user=system:node:a")).toBeUndefined();
  expect(actorsOf("?sourceIP=192.0.2.7")).toBeUndefined();
});

import { expect, test } from "vitest";
import { newcomers } from "./newcomers.ts";
import { kitWorld } from "./world.kit.ts";

test("clusters that nobody vouches for are let in up to a bound; those that are known always are", async () => {
  const world = kitWorld("webhook");
  const clusters = { ...world.clusters, isKnown: async (name: string) => name === "registered" };
  const guests = newcomers({ ...world, clusters });
  for (let nth = 0; nth < 1000; nth++) {
    expect(await guests.mayCome(`c-${nth}`)).toBe(true);
    await guests.came(`c-${nth}`);
    await guests.came(`c-${nth}`);
  }
  const asked = ["c-7", "one-more", "registered"].map((name) => guests.mayCome(name));
  expect(await Promise.all(asked)).toEqual([true, false, true]);
  expect(guests.known.size).toBe(1000);
});

test("a cluster that could not be noted is no failure of its batch, and is tried again", async () => {
  const world = kitWorld("webhook");
  let fails = true;
  const register = async () => {
    if (fails) throw new Error("the state is locked");
    return true;
  };
  const guests = newcomers({ ...world, clusters: { ...world.clusters, register } });
  await guests.came("prod");
  expect([[...guests.known], world.said]).toEqual([
    [],
    ["cluster prod could not be noted: Error: the state is locked"],
  ]);
  fails = false;
  await guests.came("prod");
  expect([...guests.known]).toEqual(["prod"]);
});

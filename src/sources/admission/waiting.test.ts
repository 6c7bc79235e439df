import { expect, test } from "vitest";
import { Refusal } from "../../domain/batch.ts";
import { waiting } from "./waiting.ts";

test("what was not kept when the time is up is told, by cluster", async () => {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<boolean>();
  const line = waiting({
    maxBytes: 1000,
    deliver: async () => {
      throw new Refusal("disk-full", "the disk is full");
    },
    trouble: () => {},
    pause: () => stopped,
  });
  line.add("prod", "a");
  line.add("prod", "b");
  line.add("test", "c");
  const lost = line.drain(10_000);
  stop(false);
  expect(await lost).toEqual(
    new Map([
      ["prod", 2],
      ["test", 1],
    ]),
  );
});

test("where all was kept nothing is lost", async () => {
  const kept: string[] = [];
  const line = waiting({
    maxBytes: 1000,
    deliver: async (cluster, body) => void kept.push(`${cluster} ${body}`),
    trouble: () => {},
    pause: () => new Promise(() => {}),
  });
  line.add("prod", "a");
  line.add("test", "b");
  expect(await line.drain(10_000)).toEqual(new Map());
  expect(kept).toEqual(["prod a\n", "test b\n"]);
});

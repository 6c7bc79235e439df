import { expect, test } from "vitest";
import type { Batch } from "../domain/batch.ts";
import { decode } from "../domain/decode.ts";
import { silence } from "../domain/signals.ts";
import type { SourceWorld } from "../domain/source.ts";
import { demo } from "./demo.ts";

async function firstBatch(seed: number): Promise<Batch> {
  const { promise, resolve } = Promise.withResolvers<Batch>();
  const world: SourceWorld = {
    name: "demo",
    deliver: async (batch) => resolve(batch),
    memory: { get: async () => undefined, set: async () => {} },
    clusters: { tokenOwner: async () => undefined, isKnown: async () => true, register: async () => true },
    signals: silence,
    now: () => new Date("2026-01-01T00:00:00Z"),
    log: () => {},
  };
  const source = demo.open(demo.config.parse({ type: "demo", seed }), world);
  await source.start();
  const batch = await promise;
  await source.stop();
  return batch;
}

test("the demo begins with a burst that holds every notable request, all of them readable", async () => {
  const parts = [...decode((await firstBatch(1)).body)];
  expect(parts.filter(({ kind }) => kind !== "event")).toEqual([]);
  const told = parts.map((part) => part.kind === "event" && part.event.at("requestURI")?.text());
  expect(told).toContain("/api/v1/secrets?limit=500");
  // Two sessions begin; one of them ends at once, the other later.
  expect(told.filter((uri) => uri && /\/exec\?/.test(uri))).toHaveLength(3);
});

test("the same seed makes the same cluster", async () => {
  expect((await firstBatch(3)).body).toEqual((await firstBatch(3)).body);
});

test("a new demo cluster has a day behind it, with sessions that lasted and a deployment that was changed", async () => {
  const { promise, resolve } = Promise.withResolvers<Batch>();
  const batches: Batch[] = [];
  const world: SourceWorld = {
    name: "demo",
    deliver: async (batch) => {
      batches.push(batch);
      if (batches.length === 2) resolve(batch);
    },
    memory: { get: async () => undefined, set: async () => {} },
    clusters: { tokenOwner: async () => undefined, isKnown: async () => true, register: async () => true },
    signals: silence,
    now: () => new Date("2026-01-02T00:00:00Z"),
    log: () => {},
  };
  const source = demo.open(demo.config.parse({ type: "demo" }), world);
  await source.start();
  const read = [...decode((await promise).body)].flatMap((part) => (part.kind === "event" ? [part.event] : []));
  await source.stop();
  const text = (event: (typeof read)[number], ...path: string[]) => event.at(...path)?.text() ?? "";
  expect(text(read[0]!, "stageTimestamp").slice(0, 10)).toBe("2026-01-01");
  const changes = read.filter(
    (event) => text(event, "objectRef", "resource") === "deployments" && text(event, "verb") === "patch",
  );
  const generations = changes.map((event) => Number(text(event, "responseObject", "metadata", "generation")));
  expect(generations).toEqual(Array.from({ length: 16 }, (_, at) => 5 + at));
  const lasted = read
    .filter(
      (event) => /exec\?command=sh/.test(text(event, "requestURI")) && text(event, "stage") === "ResponseComplete",
    )
    .map((event) => Date.parse(text(event, "stageTimestamp")) - Date.parse(text(event, "requestReceivedTimestamp")));
  expect(Math.min(...lasted)).toBeGreaterThan(20_000);
});

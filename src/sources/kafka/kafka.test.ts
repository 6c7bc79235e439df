import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, hasPeer } from "../peers.kit.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { kafkaConfig } from "./config.ts";
import { kafka } from "./index.ts";
import { type Broker, startBroker } from "./kafka.kit.ts";

const runner = sourceRunner();

async function started(options: object) {
  const world = kitWorld("kafka");
  const source = await runner.start(
    kafka.open(kafkaConfig.parse({ type: "kafka", topics: ["audit"], ...options }), world),
  );
  return { source, ...world };
}

test("brokers that are not there are told with the reason, and it goes on trying", async () => {
  const { source } = await started({ brokers: [`127.0.0.1:${await freePort()}`] });
  await expect.poll(() => source.health().state, { timeout: 20_000 }).toBe("failing");
  expect(source.health().why).toMatch(/^Kafka at 127\.0\.0\.1:\d+: .+/);
});

describe.skipIf(!hasPeer("kafka"))("against Apache Kafka", () => {
  let peer: Broker;
  let broker: string;
  beforeAll(async () => {
    peer = await startBroker();
    broker = peer.address;
    await peer.topic("audit", "other");
  }, 90_000);
  afterAll(() => peer?.stop());

  const send = (values: readonly string[], topic = "audit") => peer.send(topic, values);
  const texts = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `{"kind":"Event","auditID":"a-${from + at}"}`);
  const sorted = (lines: readonly string[]) => [...lines].sort();

  // At least once: a busy broker may let a group or a producer try again, and the index holds what comes twice once.
  test("every message of every partition, over a restart", async () => {
    await send(texts(0, 300));
    const first = await started({ brokers: [broker], cluster: "prod" });
    await expect.poll(() => new Set(first.lines()).size, { timeout: 60_000 }).toBe(300);
    expect(first.kept.every(({ cluster }) => cluster === "prod")).toBe(true);
    expect(first.source.health().state).toBe("running");
    await runner.stop(first.source);
    await send(texts(300, 400));
    const second = await started({ brokers: [broker], cluster: "prod" });
    await expect
      .poll(() => texts(300, 400).every((text) => second.lines().includes(text)), { timeout: 60_000 })
      .toBe(true);
    expect(sorted([...new Set([...first.lines(), ...second.lines()])])).toEqual(sorted(texts(0, 400)));
    // It went on where the first one committed, and did not begin anew.
    expect(new Set(second.lines()).size).toBeLessThan(400);
  });

  test("what is refused is not committed, and comes again", async () => {
    await send(texts(400, 420), "other");
    const { lines, disk, source } = await started({ brokers: [broker], topics: ["other"], group: "second" });
    disk.refusals = 1;
    await expect.poll(() => source.health().why, { timeout: 30_000 }).toContain("the disk is full");
    await expect.poll(() => sorted([...new Set(lines())]), { timeout: 40_000 }).toEqual(sorted(texts(400, 420)));
  });

  test("each topic is a cluster where none is told", async () => {
    const { kept } = await started({ brokers: [broker], topics: ["other"], group: "third" });
    await expect.poll(() => kept.map(({ cluster }) => cluster), { timeout: 30_000 }).toContain("other");
  });
});

/** The SDK that runs in production against a hub that speaks AMQP on 127.0.0.1. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../peers.kit.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { eventHubsConfig } from "./config.ts";
import { FakeHub } from "./hub.kit.ts";
import { eventHubs } from "./index.ts";

let hub: FakeHub;
let port: number;
beforeEach(async () => {
  hub = new FakeHub();
  port = await hub.listen();
});
afterEach(() => hub.close());
const runner = sourceRunner();

const keyFor = (at: number) =>
  `Endpoint=sb://127.0.0.1:${at};SharedAccessKeyName=listen;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true`;

async function started(options: object = {}, world = kitWorld("aks")) {
  const config = eventHubsConfig.parse({ type: "event-hubs", connection_string: keyFor(port), ...options });
  const source = await runner.start(eventHubs.open(config, world));
  return { source, ...world };
}

const text = (nth: number) => `{"records":[{"category":"kube-audit","nth":${nth}}]}`;
const texts = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => text(from + at));
const send = (from: number, to: number) => {
  for (let nth = from; nth < to; nth++) hub.send(nth % 4, Buffer.from(text(nth)));
};
const sorted = (lines: readonly string[]) => [...lines].sort();
const long = { timeout: 30_000 };

test("every message of every partition, over a restart, each once", async () => {
  send(0, 200);
  const first = await started();
  await expect.poll(() => sorted(first.lines()), long).toEqual(sorted(texts(0, 200)));
  expect(first.source.health().state).toBe("running");
  // Each record names its own cluster.
  expect(first.kept.every(({ assumed }) => assumed)).toBe(true);
  send(200, 260);
  await expect.poll(() => first.lines().length, long).toBe(260);
  await runner.stop(first.source);
  send(260, 300);
  const second = await started({}, kitWorld("aks", first.remembered));
  await expect.poll(() => sorted(second.lines()), long).toEqual(sorted(texts(260, 300)));
}, 60_000);

test("what is refused has no checkpoint and comes again, and nothing behind it is passed over", async () => {
  const world = kitWorld("aks");
  world.disk.refusals = 12;
  send(0, 40);
  const { source, lines } = await started({}, world);
  await expect.poll(() => source.health().why, long).toBe("the disk is full");
  await expect.poll(() => sorted(lines()), long).toEqual(sorted(texts(0, 40)));
  expect(source.health().state).toBe("running");
}, 60_000);

test("wherever it dies, no message is lost, and at most the last batch of each partition comes again", async () => {
  send(0, 400);
  for (let batches = 1; batches < 9; batches += 2) {
    const dying = kitWorld("aks");
    dying.disk.dies = batches;
    const { source } = await started({ batch_bytes: 1024 }, dying);
    await expect.poll(() => dying.disk.dies, long).toBeLessThan(0);
    await runner.stop(source);
    const reborn = await started({ batch_bytes: 1024 }, kitWorld("aks", dying.remembered));
    await expect
      .poll(() => sorted([...new Set([...dying.lines(), ...reborn.lines()])]), long)
      .toEqual(sorted(texts(0, 400)));
    // A batch is some 25 messages here, and each partition has one under way.
    expect(dying.lines().length + reborn.lines().length - 400).toBeLessThanOrEqual(4 * 26);
    await runner.stop(reborn.source);
  }
}, 120_000);

test("a broken connection is made again, from the last checkpoint", async () => {
  const { lines, source } = await started();
  send(0, 20);
  await expect.poll(() => lines().length, long).toBe(20);
  hub.disconnect();
  send(20, 60);
  await expect.poll(() => sorted([...new Set(lines())]), long).toEqual(sorted(texts(0, 60)));
  await expect.poll(() => source.health().state, long).toBe("running");
}, 60_000);

test("a hub that is not there yet is waited for, and how to reach it is told", async () => {
  const elsewhere = await freePort();
  const { source, lines } = await started({ connection_string: keyFor(elsewhere) });
  await expect.poll(() => source.health().why, long).toContain("reachable from here by AMQP");
  const late = new FakeHub();
  await late.listen(elsewhere);
  late.send(0, Buffer.from(text(0)));
  await expect.poll(() => lines(), { timeout: 60_000 }).toEqual(texts(0, 1));
  await runner.stop(source);
  await late.close();
}, 120_000);

describe("what a hub refuses is told with its remedy, and it goes on when that is mended", () => {
  test("a key that is no longer valid", async () => {
    hub.claim = { status: 401, description: "InvalidSignature: The token has an invalid signature." };
    const { source, lines } = await started();
    await expect
      .poll(() => source.health().why, long)
      .toContain("is the key still valid, and has it the right Listen?");
    expect(source.health().why).not.toContain("c2VjcmV0");
    hub.claim = { status: 202, description: "Accepted" };
    send(0, 4);
    await expect.poll(() => lines().length, long).toBe(4);
    expect(source.health().state).toBe("running");
  }, 60_000);

  test("a consumer group that is not there", async () => {
    hub.groups.pop();
    const { source, lines } = await started();
    await expect.poll(() => source.health().why, long).toContain("consumer-group create --name tiercel");
    hub.groups.push("tiercel");
    send(0, 4);
    await expect.poll(() => lines().length, { timeout: 60_000 }).toBe(4);
  }, 120_000);

  test("a hub of another name", async () => {
    const { source } = await started({ event_hub: "insights-logs-guard" });
    await expect.poll(() => source.health().why, long).toContain("tiercel enable aks");
  }, 60_000);

  test("throttling", async () => {
    const busy = { condition: "com.microsoft:server-busy", description: "The server is busy. Please wait 10 seconds" };
    hub.refusals.push(...Array.from({ length: 12 }, () => busy));
    const { source, lines } = await started();
    await expect.poll(() => source.health().why, long).toContain("more throughput units");
    send(0, 8);
    await expect.poll(() => sorted([...new Set(lines())]), { timeout: 60_000 }).toEqual(sorted(texts(0, 8)));
  }, 120_000);

  test("a partition that another reader takes", async () => {
    const { source, lines } = await started();
    send(0, 8);
    await expect.poll(() => lines().length, long).toBe(8);
    hub.detach(1, { condition: "amqp:link:stolen", description: "New receiver with higher epoch of '0' is created." });
    await expect.poll(() => source.health().why, long).toContain("another reader of the consumer group tiercel");
    send(8, 16);
    await expect.poll(() => sorted(lines()), long).toEqual(sorted(texts(0, 16)));
    expect(source.health().state).toBe("running");
  }, 60_000);
});

test("a connection string in a file is read anew when the key has changed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-hub-"));
  const file = join(folder, "key");
  const { source, lines } = await started({ connection_string: undefined, connection_string_file: file });
  await expect.poll(() => source.health().why, long).toContain("connection_string_file must name a file");
  writeFileSync(file, `${keyFor(port)}\n`);
  send(0, 4);
  await expect.poll(() => lines().length, long).toBe(4);
  rmSync(folder, { recursive: true });
}, 60_000);

test("a hub that was made anew is read from its beginning, and says so", async () => {
  const { lines, said, source } = await started();
  send(0, 40);
  await expect.poll(() => lines().length, long).toBe(40);
  hub.remake();
  send(100, 104);
  await expect.poll(() => lines().includes(text(103)), { timeout: 60_000 }).toBe(true);
  expect(said.join()).toContain("made anew");
  expect(sorted(lines())).toEqual(sorted([...texts(0, 40), ...texts(100, 104)]));
  expect(source.health().state).toBe("running");
}, 120_000);

test("messages that grew too old before they were read are counted and told", async () => {
  const first = await started();
  send(0, 8);
  await expect.poll(() => first.lines().length, long).toBe(8);
  await runner.stop(first.source);
  send(8, 48);
  hub.retain(0, 3);
  const second = await started({}, kitWorld("aks", first.remembered));
  await expect.poll(() => second.lines().length, long).toBe(33);
  expect(second.said.join()).toContain("7 messages of partition 0 were gone before they were read");
  expect(second.missed).toMatchObject([{ kind: "lost", count: 7 }]);
}, 60_000);

test("where it begins can be told", async () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  for (let minute = 0; minute < 5; minute++) hub.send(0, Buffer.from(text(minute)), at(minute));
  const since = await started({ begin: at(2).toISOString() });
  await expect.poll(() => since.lines(), long).toEqual(texts(3, 5));
  await runner.stop(since.source);
  const latest = await started({ begin: "latest" });
  await expect.poll(() => hub.read, long).toEqual([0, 1, 2, 3]);
  hub.send(0, Buffer.from(text(5)));
  await expect.poll(() => latest.lines(), long).toEqual(texts(5, 6));
}, 60_000);

test("large messages, garbage, byte order marks and other AMQP bodies spoil no neighbour", async () => {
  const large = JSON.stringify({ records: [{ category: "kube-audit", pad: "x".repeat(10_000_000) }] });
  hub.send(0, Buffer.from(text(0)));
  hub.send(0, Buffer.from(large));
  hub.send(0, Buffer.from('{"half":\n{"other":'));
  hub.send(0, Buffer.from(`\uFEFF${text(1)}\n`));
  hub.send(0, text(2));
  hub.send(0, Buffer.from(text(3)));
  const { lines } = await started();
  await expect.poll(() => lines().length, { timeout: 60_000 }).toBe(6);
  const [first, big, half, ...rest] = lines();
  expect([first, big === large, ...rest]).toEqual([text(0), true, text(1), text(2), text(3)]);
  expect(JSON.parse(half ?? "").message.data).toBe(Buffer.from('{"half":\n{"other":').toString("base64"));
}, 90_000);

test("what is held at once is bounded, however long it was quiet", async () => {
  const { lines } = await started({ max_messages: 32 });
  await expect.poll(() => hub.read, long).toEqual([0, 1, 2, 3]);
  for (let turn = 0; turn < 30; turn++) {
    hub.send(0, Buffer.from(text(turn)));
    await expect.poll(() => lines().length, long).toBe(turn + 1);
  }
  expect(hub.mostCredit).toBeLessThanOrEqual(8);
}, 60_000);

test("how far behind it is can be seen", async () => {
  const old = new Date(Date.now() - 3_600_000);
  for (let nth = 0; nth < 40; nth++) hub.send(0, Buffer.from(text(nth)), old);
  const world = kitWorld("aks");
  const gate = Promise.withResolvers<void>();
  let batches = 0;
  const deliver: typeof world.deliver = async (batch) => {
    if (++batches === 3) await gate.promise;
    await world.deliver(batch);
  };
  const { source } = await started({ max_messages: 4, batch_bytes: 1024 }, { ...world, deliver });
  const messages = () => world.signals.value("tiercel_source_lag_messages", { source: "aks" });
  await expect.poll(messages, long).toBeGreaterThan(30);
  expect(source.health().queue?.lagSecs).toBeGreaterThan(3590);
  gate.resolve();
  await expect.poll(() => source.health().queue?.lagSecs, long).toBe(0);
  expect(messages()).toBe(0);
}, 60_000);

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CreateStreamCommand, KinesisClient, ListShardsCommand, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decode } from "../../domain/decode.ts";
import { hasPeer } from "../peers.kit.ts";
import { type KitWorld, kitWorld, sourceRunner } from "../world.kit.ts";
import { kinesisConfig } from "./config.ts";
import { kinesis } from "./index.ts";
import { type Moto, startMoto } from "./moto.kit.ts";

process.env.AWS_ACCESS_KEY_ID = "a-key";
process.env.AWS_SECRET_ACCESS_KEY = "a-secret";

const event = (auditID: string, pad = "") =>
  JSON.stringify({
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", auditID, stage: "ResponseComplete" },
    ...{ requestURI: `/api?${pad}`, verb: "get", user: { username: "a" } },
    stageTimestamp: "2026-01-01T00:00:00.000000Z",
  });
/** As CloudWatch Logs packs them. */
const payload = (...messages: string[]) =>
  gzipSync(
    JSON.stringify({
      ...{ messageType: "DATA_MESSAGE", owner: "123456789012", logGroup: "/aws/eks/prod/cluster" },
      logStream: "kube-apiserver-audit-0123456789abcdef0123456789abcdef",
      subscriptionFilters: ["tiercel"],
      logEvents: messages.map((message, nth) => ({ id: `${nth}`, timestamp: 1_767_225_600_000, message })),
    }),
  );

describe.skipIf(!hasPeer("moto"))("against moto's Kinesis", () => {
  let moto: Moto;
  let client: KinesisClient;
  let nth = 0;
  beforeAll(async () => {
    moto = await startMoto();
    client = new KinesisClient({ region: "eu-west-1", endpoint: moto.endpoint });
  });
  afterAll(async () => {
    client?.destroy();
    await moto?.stop();
  });

  async function streamOf(ShardCount: number) {
    const StreamName = `audit-${nth++}`;
    await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
    const shards = async () => (await client.send(new ListShardsCommand({ StreamName }))).Shards ?? [];
    await expect.poll(async () => (await shards()).length).toBe(ShardCount);
    const put = async (ids: readonly string[]) => {
      for (const id of ids) await putRaw(payload(event(id)), id);
    };
    const putRaw = (Data: Uint8Array, PartitionKey = "p") =>
      client.send(new PutRecordCommand({ StreamName, PartitionKey, Data }));
    return { StreamName, shards, put, putRaw };
  }
  const runner = sourceRunner();
  async function started(stream: string, options: object = {}, world: KitWorld = kitWorld("kinesis")) {
    const told = { type: "kinesis", stream, region: "eu-west-1", endpoint: moto.endpoint, poll_interval_secs: 0.2 };
    const config = kinesisConfig.parse({ ...told, begin: "oldest", ...options });
    const source = await runner.start(kinesis.open(config, world));
    return { ...world, source };
  }
  const parts = (lines: readonly string[]) => (lines.length === 0 ? [] : [...decode(Buffer.from(lines.join("\n")))]);
  const ids = (lines: readonly string[]) =>
    parts(lines).flatMap((part) => (part.kind === "event" ? [part.event.at("auditID")?.text() ?? ""] : []));
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `e-${from + at}`);
  const patience = { timeout: 20_000 };

  test("all shards, from where each was left, over a restart", async () => {
    const { StreamName, put } = await streamOf(3);
    await put(names(0, 30));
    const world = kitWorld("kinesis");
    const first = await started(StreamName, {}, world);
    await expect.poll(() => ids(first.lines()).sort(), patience).toEqual(names(0, 30).sort());
    await expect.poll(() => first.source.health(), patience).toMatchObject({ state: "running", queue: { lagSecs: 0 } });
    await runner.stop(first.source);
    await put(names(30, 40));
    await started(StreamName, {}, world);
    await expect.poll(() => ids(world.lines()).sort(), patience).toEqual(names(0, 40).sort());
  }, 60_000);

  test("what came before it was told to begin is not read, and what comes while it is away is", async () => {
    const { StreamName, put } = await streamOf(1);
    await put(["before"]);
    // Kinesis tells times to the millisecond.
    await expect.poll(() => Date.now() % 1000 !== 0).toBe(true);
    const begin = new Date(Date.now() + 1).toISOString();
    const world = kitWorld("kinesis");
    const first = await started(StreamName, { begin }, world);
    await expect.poll(() => first.source.health().state, patience).toBe("running");
    await runner.stop(first.source);
    await put(["while away"]);
    await started(StreamName, { begin: "now" }, world);
    await expect.poll(() => ids(world.lines()), patience).toEqual(["while away"]);
  }, 60_000);

  test("what is refused comes again, and nothing beyond it is checkpointed", async () => {
    const { StreamName, put } = await streamOf(1);
    await put(names(0, 5));
    const world = kitWorld("kinesis");
    world.disk.refusals = 2;
    const { source, lines, remembered } = await started(StreamName, {}, world);
    await expect.poll(() => source.health().why, patience).toContain("the disk is full");
    expect([...remembered.keys()]).toEqual(["begin"]);
    await expect.poll(() => ids(lines()), patience).toEqual(names(0, 5));
    expect(source.health().state).toBe("running");
  }, 60_000);

  test.each([
    ["GetRecords", "ProvisionedThroughputExceededException", "split it"],
    ["GetRecords", "ExpiredTokenException", "have expired"],
    ["GetRecords", "hang up", "stream audit-"],
    ["GetShardIterator", "AccessDeniedException", "kinesis:GetRecords"],
    ["ListShards", "LimitExceededException", "LimitExceededException"],
    ["ListShards", "ResourceNotFoundException", "no such stream"],
  ])(
    "after %s: %s it says why, and goes on",
    async (on, type, words) => {
      const { StreamName, put } = await streamOf(1);
      await put(["a"]);
      moto.faults.push({ on, type }, { on, type }, { on, type });
      const { source, lines } = await started(StreamName);
      await expect.poll(() => source.health().why, patience).toContain(words);
      await expect.poll(() => ids(lines()), { timeout: 30_000 }).toEqual(["a"]);
      await expect.poll(() => source.health(), patience).toMatchObject({ state: "running" });
      moto.faults.length = 0;
    },
    60_000,
  );

  test("an iterator that expired is asked for anew, and nobody need know", async () => {
    const { StreamName, put } = await streamOf(1);
    await put(names(0, 3));
    const { source, lines, said } = await started(StreamName);
    await expect.poll(() => ids(lines()), patience).toEqual(names(0, 3));
    moto.faults.push({ on: "GetRecords", type: "ExpiredIteratorException" });
    await expect.poll(() => moto.faults.length, patience).toBe(0);
    await put(names(3, 6));
    await expect.poll(() => ids(lines()), patience).toEqual(names(0, 6));
    expect([said, source.health().state]).toEqual([[], "running"]);
  }, 60_000);

  test("what the stream no longer retains is told, and the rest is read", async () => {
    const { StreamName, put, shards } = await streamOf(1);
    await put(["a"]);
    const [only] = await shards();
    const remembered = new Map([
      ["begin", "oldest"],
      [`shard ${only?.ShardId}`, "49000000000000000000000000000000000000000000000000000001"],
    ]);
    const blind: string[] = [];
    const world = { ...kitWorld("kinesis", remembered), blind: ({ why }: { why: string }) => void blind.push(why) };
    moto.faults.push({ on: "GetShardIterator", type: "InvalidArgumentException" });
    const { lines } = await started(StreamName, {}, world);
    await expect.poll(() => ids(lines()), patience).toEqual(["a"]);
    expect(blind).toEqual([`stream ${StreamName} retained no longer what was not read yet`]);
  }, 60_000);

  test("control messages, garbage, broken gzip and large payloads cost nothing else", async () => {
    const { StreamName, putRaw } = await streamOf(1);
    await putRaw(
      gzipSync(JSON.stringify({ messageType: "CONTROL_MESSAGE", logEvents: [{ id: "", message: "hello" }] })),
    );
    await putRaw(Buffer.from("klog text"));
    await putRaw(Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from("no gzip")]));
    await putRaw(payload(event("large", "x".repeat(10_000_000)), event("b")));
    await putRaw(payload(event("c")));
    const { lines, kept } = await started(StreamName, { batch_bytes: 65_536 });
    await expect.poll(() => ids(lines()), patience).toEqual(["large", "b", "c"]);
    expect(new Set(parts(lines()).map(({ kind }) => kind))).toEqual(new Set(["ignored", "rejected", "event"]));
    expect(kept.length).toBeGreaterThan(1);
  }, 60_000);

  const root = process.env.TIERCEL_CONFORMANCE ?? join(import.meta.dirname, "../../../../shared/conformance");
  const sets = join(root, "providers/eks/subscription");
  test.each(existsSync(sets) ? readdirSync(sets) : [])("recorded records, %s", async (set) => {
    const read = (name: string) => readFileSync(join(sets, set, name), "utf8");
    const { StreamName, putRaw } = await streamOf(1);
    await putRaw(Buffer.from(JSON.parse(read("kinesis-record.json")).kinesis.data, "base64"));
    const { lines } = await started(StreamName);
    const expected = read("expected.ndjson").split("\n").filter(Boolean);
    const events = () => parts(lines()).flatMap((part) => (part.kind === "event" ? [JSON.parse(part.event.raw)] : []));
    await expect.poll(events, patience).toEqual(expected.map((line) => JSON.parse(line)));
  });
});

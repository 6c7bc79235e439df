import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SourceWorld } from "../../domain/source.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { kinesisConfig } from "./config.ts";
import { kinesis } from "./index.ts";

process.env.AWS_ACCESS_KEY_ID = "a-key";
process.env.AWS_SECRET_ACCESS_KEY = "a-secret";

/**
 * A stream that is split and merged as Kinesis does it: the parents are closed, tell their end when they were read, and
 * stay listed. moto copies the parents' records into the children and goes on writing to the parents.
 */
class Stream {
  readonly shards = new Map<string, { readonly records: string[]; closed: boolean }>();
  /** Shards that cannot be read. */
  readonly broken = new Set<string>();
  #server: Http2Server | undefined;
  readonly #sessions = new Set<{ destroy(): void }>();

  async listen(): Promise<string> {
    const server = createServer((question, answer) => {
      const body: Buffer[] = [];
      question.on("data", (chunk: Buffer) => body.push(chunk));
      question.on("end", () => {
        const name = String(question.headers["x-amz-target"]).split(".")[1];
        const asked = JSON.parse(Buffer.concat(body).toString());
        const isBroken = this.broken.has(asked.ShardId);
        answer.writeHead(isBroken ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
        answer.end(JSON.stringify(isBroken ? { __type: "KMSDisabledException" } : this.#answer(name, asked)));
      });
    });
    server.on("session", (session) => this.#sessions.add(session));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.#server = server;
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
    this.#server?.close();
  }

  open(...shards: string[]): void {
    for (const shard of shards) this.shards.set(shard, { records: [], closed: false });
  }

  put(shard: string, ...records: string[]): void {
    this.shards.get(shard)?.records.push(...records);
  }

  end(...shards: string[]): void {
    for (const shard of shards) this.shards.get(shard)!.closed = true;
  }

  #answer(name: string | undefined, asked: Record<string, string>): object {
    if (name === "ListShards") {
      const all = [...this.shards.keys()];
      const at = Number(asked.NextToken ?? 0);
      const Shards = all.slice(at, at + 2).map((ShardId) => ({ ShardId }));
      return { Shards, ...(at + 2 < all.length && { NextToken: `${at + 2}` }) };
    }
    if (name === "GetShardIterator") {
      const after = asked.ShardIteratorType === "AFTER_SEQUENCE_NUMBER";
      return { ShardIterator: `${asked.ShardId} ${after ? Number(asked.StartingSequenceNumber) + 1 : 0}` };
    }
    const [shard = "", from = ""] = asked.ShardIterator?.split(" ") ?? [];
    const { records = [], closed = false } = this.shards.get(shard) ?? {};
    const to = Math.min(records.length, Number(from) + 2);
    const Records = records.slice(Number(from), to).map((text, at) => ({
      ...{ SequenceNumber: `${Number(from) + at}`, PartitionKey: "p", Data: Buffer.from(text).toString("base64") },
    }));
    const isOver = closed && to === records.length;
    return {
      Records,
      MillisBehindLatest: records.length - to,
      ...(!isOver && { NextShardIterator: `${shard} ${to}` }),
    };
  }
}

let stream: Stream;
let endpoint: string;
beforeEach(async () => {
  stream = new Stream();
  endpoint = await stream.listen();
});
afterEach(() => stream.close());
const runner = sourceRunner();

async function started(remembered?: Map<string, string>, options: object = {}, over: Partial<SourceWorld> = {}) {
  const world = { ...kitWorld("kinesis", remembered), ...over };
  const told = { type: "kinesis", stream: "s", region: "eu-west-1", endpoint, poll_interval_secs: 0.2, ...options };
  const source = await runner.start(kinesis.open(kinesisConfig.parse(told), world));
  return { ...world, source };
}
const patience = { timeout: 20_000 };

test("shards that are split and merged are read to their ends, and their children from their beginnings", async () => {
  stream.open("a");
  stream.put("a", "1", "2", "3");
  const first = await started();
  await expect.poll(first.lines, patience).toEqual(["1", "2", "3"]);
  stream.put("a", "4");
  stream.end("a");
  stream.open("b", "c");
  stream.put("b", "5");
  stream.put("c", "6");
  await expect.poll(() => first.lines().sort(), patience).toEqual(["1", "2", "3", "4", "5", "6"]);
  expect(first.remembered.get("shard a")).toBe("ended");
  stream.end("b", "c");
  stream.open("d");
  stream.put("d", "7");
  await expect.poll(() => first.lines().sort(), patience).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  await runner.stop(first.source);
  const again = await started(first.remembered);
  stream.put("d", "8");
  await expect.poll(again.lines, patience).toEqual(["8"]);
}, 60_000);

test("children that were made while it was away are read, and what was left of their parent", async () => {
  stream.open("a");
  stream.put("a", "1");
  const first = await started();
  await expect.poll(first.lines, patience).toEqual(["1"]);
  await runner.stop(first.source);
  stream.put("a", "2");
  stream.end("a");
  stream.open("b", "c");
  stream.put("c", "3");
  const { lines, source } = await started(first.remembered);
  await expect.poll(() => lines().sort(), patience).toEqual(["2", "3"]);
  await expect.poll(() => source.health().state, patience).toBe("running");
}, 60_000);

test("a stop amid the last answer of a closed shard does not end it: what was not kept comes next time", async () => {
  const [one, two] = ["1", "2"].map((name) => name.repeat(70_000)) as [string, string];
  stream.open("a");
  stream.put("a", one, two);
  stream.end("a");
  const kept = kitWorld("kinesis");
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  const deliver: SourceWorld["deliver"] = async (batch) => {
    asked++;
    await gate.promise;
    await kept.deliver(batch);
  };
  const { source } = await started(kept.remembered, { batch_bytes: 64 * 1024 }, { ...kept, deliver });
  await expect.poll(() => asked, patience).toBe(1);
  const stopped = runner.stop(source);
  gate.resolve();
  await stopped;
  expect(kept.lines()).toEqual([one]);
  const again = await started(kept.remembered);
  await expect.poll(again.lines, patience).toEqual([two]);
}, 60_000);

test("while one shard fails and another is read, health tells the failure", async () => {
  stream.open("a", "b");
  stream.broken.add("b");
  const { source, lines } = await started();
  await expect.poll(() => source.health().state, patience).toBe("failing");
  stream.put("a", "1");
  await expect.poll(lines, patience).toEqual(["1"]);
  expect(source.health()).toMatchObject({ state: "failing", why: expect.stringContaining("stream s") });
  stream.broken.clear();
  await expect.poll(() => source.health().state, patience).toBe("running");
}, 60_000);

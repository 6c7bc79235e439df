import { PubSub } from "@google-cloud/pubsub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lineOf } from "../one-line.ts";
import { freePort, hasPeer, peerPath, startPeer } from "../peers.kit.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { pubSubConfig } from "./config.ts";
import { pubSub } from "./index.ts";
import { wordsOf } from "./words.ts";

// Google's client would ask the machine's metadata server who it is: tests talk to 127.0.0.1 only.
process.env.METADATA_SERVER_DETECTION = "none";

const runner = sourceRunner();

async function started(options: object) {
  const world = kitWorld("pubsub");
  const config = pubSubConfig.parse({ type: "pubsub", project: "a-project", subscription: "audit", ...options });
  const source = await runner.start(pubSub.open(config, world));
  return { source, ...world };
}

const entry = (id: string, cluster: unknown = "prod") =>
  JSON.stringify({ insertId: id, resource: { type: "k8s_cluster", labels: { cluster_name: cluster } } });

test("a message of several lines stays one line", () => {
  expect(lineOf(Buffer.from("{}")).toString()).toBe("{}\n");
  const wrapped = lineOf(Buffer.from('{"a":\n1}')).toString();
  expect(wrapped.indexOf("\n")).toBe(wrapped.length - 1);
  expect(Buffer.from(JSON.parse(wrapped).message.data, "base64").toString()).toBe('{"a":\n1}');
});

test("refusals are told with their remedy", () => {
  const config = pubSubConfig.parse({ type: "pubsub", project: "a-project", subscription: "audit" });
  const refusal = (code: number) => wordsOf(Object.assign(new Error("no"), { code }), config);
  expect(refusal(5)).toContain("gcloud pubsub subscriptions create audit");
  expect(refusal(7)).toContain("roles/pubsub.subscriber");
  expect(refusal(16)).toContain("Workload Identity");
});

test("a key file that is not there is told, and it goes on trying", async () => {
  const { source } = await started({ key_file: "/nowhere/key.json" });
  await expect.poll(() => source.health().state, { timeout: 20_000 }).toBe("failing");
  expect(source.health().why).toContain("/nowhere/key.json");
});

test("a server that is not there is told with its address", async () => {
  const port = await freePort();
  const { source } = await started({ endpoint: `127.0.0.1:${port}` });
  await expect.poll(() => source.health().why, { timeout: 30_000 }).toContain("Pub/Sub projects/a-project");
}, 40_000);

describe.skipIf(!hasPeer("pubsub"))("against Google's fake of Pub/Sub", () => {
  let port: number;
  let endpoint: string;
  let client: PubSub;
  let stop = async () => {};

  const serve = async () => {
    ({ stop } = await startPeer(peerPath("pubsub/pubsub"), [String(port)], { port }));
  };
  const topic = async (name: string, options: object = {}) => {
    const [made] = await client.createTopic(name);
    await made.createSubscription(name, { ackDeadlineSeconds: 10, ...options });
    return (data: string) => made.publishMessage({ data: Buffer.from(data) });
  };

  beforeAll(async () => {
    port = await freePort();
    endpoint = `127.0.0.1:${port}`;
    await serve();
    client = new PubSub({ projectId: "a-project", apiEndpoint: endpoint });
  });
  afterAll(async () => {
    await client?.close();
    await stop();
  });

  // At least once: the set is what counts, the index holds what comes twice once.
  const texts = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => entry(`i-${from + at}`));
  const set = (lines: readonly string[]) => [...new Set(lines)].sort();

  test("every message, over a restart, and none that was acknowledged comes again", async () => {
    const publish = await topic("restart");
    await Promise.all(texts(0, 200).map(publish));
    const first = await started({ endpoint, subscription: "restart", max_messages: 50 });
    await expect.poll(() => set(first.lines()), { timeout: 30_000 }).toEqual(set(texts(0, 200)));
    // Whose each is, the judge reads off the entries.
    expect(first.kept.every(({ cluster, assumed }) => cluster === "restart" && assumed)).toBe(true);
    expect(first.source.health().state).toBe("running");
    await runner.stop(first.source);
    await Promise.all(texts(200, 250).map(publish));
    const second = await started({ endpoint, subscription: "restart" });
    await expect
      .poll(() => texts(200, 250).every((text) => second.lines().includes(text)), { timeout: 30_000 })
      .toBe(true);
    expect(new Set(second.lines()).size).toBeLessThan(250);
  }, 70_000);

  test("what is refused is given back, and comes again", async () => {
    const publish = await topic("refused");
    const { source, lines, disk } = await started({ endpoint, subscription: "refused" });
    disk.refusals = 1;
    await Promise.all(texts(0, 20).map(publish));
    await expect.poll(() => source.health().why, { timeout: 20_000 }).toContain("the disk is full");
    await expect.poll(() => set(lines()), { timeout: 30_000 }).toEqual(set(texts(0, 20)));
    expect(source.health().state).toBe("running");
  }, 60_000);

  test("garbage spoils no neighbour, 3 MB come whole", async () => {
    const publish = await topic("mixed");
    const large = entry("x".repeat(3_000_000));
    for (const data of [entry("a"), '{"half":\n', large, entry("b", "test")]) await publish(data);
    const { lines } = await started({ endpoint, subscription: "mixed" });
    const wrapped = lineOf(Buffer.from('{"half":\n')).toString().trim();
    await expect
      .poll(() => new Set(lines()), { timeout: 30_000 })
      .toEqual(new Set([entry("a"), wrapped, large, entry("b", "test")]));
  }, 60_000);

  test("the largest messages there are come whole", async () => {
    const publish = await topic("largest");
    // Pub/Sub's limit of 10 MB counts the request around the data: cloud.google.com/pubsub/quotas.
    const largest = [entry("x".repeat(9_990_000)), entry("y".repeat(9_990_000))];
    for (const data of largest) await publish(data);
    const { lines } = await started({ endpoint, subscription: "largest" });
    await expect.poll(() => set(lines()).map(({ length }) => length), { timeout: 60_000 }).toHaveLength(2);
    expect(set(lines())).toEqual(set(largest));
  }, 90_000);

  test("with exactly-once delivery, a lost acknowledgement is known, and its message is not kept twice", async () => {
    const publish = await topic("lost-once", { enableExactlyOnceDelivery: true });
    await Promise.all(texts(0, 5).map(publish));
    const { source, lines, signals } = await started({ endpoint, subscription: "lost-once" });
    const lost = () => signals.value("tiercel_source_acks_lost_total", { source: "pubsub" });
    await expect.poll(lost, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect.poll(() => set(lines()), { timeout: 20_000 }).toEqual(set(texts(0, 5)));
    // A minute is the least deadline there, so the refused ones come again when the stream has ended.
    await runner.stop(source);
    expect(lines().length).toBe(5);
  }, 60_000);

  test("with exactly-once delivery, an acknowledgement that fails for the moment is tried again", async () => {
    const publish = await topic("slow-once", { enableExactlyOnceDelivery: true });
    await Promise.all(texts(0, 5).map(publish));
    const first = await started({ endpoint, subscription: "slow-once" });
    await expect.poll(() => set(first.lines()), { timeout: 20_000 }).toEqual(set(texts(0, 5)));
    await runner.stop(first.source);
    expect(first.signals.value("tiercel_source_acks_lost_total", { source: "pubsub" })).toBe(0);
    const second = await started({ endpoint, subscription: "slow-once" });
    await publish(texts(5, 6)[0]!);
    await expect.poll(second.lines, { timeout: 30_000 }).toEqual(texts(5, 6));
  }, 70_000);

  test("a subscription that comes late is waited for, with the remedy told", async () => {
    const { source, lines } = await started({ endpoint, subscription: "late" });
    await expect.poll(() => source.health().why, { timeout: 20_000 }).toContain("subscriptions create late");
    await (await topic("late"))(entry("a"));
    await expect.poll(() => set(lines()), { timeout: 40_000 }).toEqual([entry("a")]);
  }, 70_000);

  test("after a server was away, it is running again without a message", async () => {
    await topic("away");
    const { source, lines } = await started({ endpoint, subscription: "away" });
    await expect.poll(() => source.health().state, { timeout: 30_000 }).toBe("running");
    await stop();
    await expect.poll(() => source.health().state, { timeout: 40_000 }).toBe("failing");
    await serve();
    const publish = await topic("away");
    await expect.poll(() => source.health().state, { timeout: 60_000 }).toBe("running");
    await publish(entry("a"));
    await expect.poll(() => set(lines()), { timeout: 30_000 }).toEqual([entry("a")]);
  }, 150_000);
});

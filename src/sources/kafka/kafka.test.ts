import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admin, Producer } from "@platformatic/kafka";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, hasPeer, peerPath } from "../peers.kit.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { kafkaConfig } from "./config.ts";
import { kafka } from "./index.ts";

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
  const folder = mkdtempSync(join(tmpdir(), "tiercel-kafka-"));
  let broker: string;
  let stop = () => {};

  beforeAll(async () => {
    const [port, controller] = [await freePort(), await freePort()];
    broker = `127.0.0.1:${port}`;
    const config = join(folder, "server.properties");
    writeFileSync(
      config,
      `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
log.dirs=${join(folder, "data")}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
message.max.bytes=20000000
`,
    );
    const classPath = `${peerPath("kafka/lib")}/*`;
    const java = ["-Xmx512m", "-cp", classPath];
    const formatted = spawnSync("java", [
      ...java,
      "kafka.tools.StorageTool",
      ...["format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", config],
    ]);
    if (formatted.status !== 0) throw new Error(`${formatted.stdout}${formatted.stderr}`);
    const child = spawn("java", [...java, "kafka.Kafka", config], { stdio: "ignore" });
    stop = () => child.kill("SIGKILL");
    while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 200));
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [broker], retries: 20, retryDelay: 500 });
    await admin.createTopics({ topics: ["audit", "other"], partitions: 3, replicas: 1 });
    await admin.close();
  }, 90_000);
  afterAll(() => {
    stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = async (values: readonly string[], topic = "audit") => {
    const producer = new Producer({ clientId: "test", bootstrapBrokers: [broker], maxBytes: 20_000_000 } as never);
    const messages = values.map((value) => ({ topic, value: Buffer.from(value), key: Buffer.from(value.slice(-9)) }));
    await producer.send({ messages });
    await producer.close();
  };
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

  function answers(port: number): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
  }
});

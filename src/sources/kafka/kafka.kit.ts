/** Apache Kafka for tests, in KRaft mode, where it is installed. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admin, Producer } from "@platformatic/kafka";
import { freePort, peerPath } from "../peers.kit.ts";

export interface Broker {
  /** HOST:PORT */
  readonly address: string;
  topic(...names: readonly string[]): Promise<void>;
  send(topic: string, values: readonly string[]): Promise<void>;
  stop(): void;
}

/** One broker that holds its data in a folder of its own until it is stopped. */
export async function startBroker(): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-kafka-"));
  const [port, controller] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
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
  const java = ["-Xmx512m", "-cp", `${peerPath("kafka/lib")}/*`];
  const formatted = spawnSync("java", [
    ...java,
    "kafka.tools.StorageTool",
    ...["format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", config],
  ]);
  if (formatted.status !== 0) throw new Error(`${formatted.stdout}${formatted.stderr}`);
  const child = spawn("java", [...java, "kafka.Kafka", config], { stdio: "ignore" });
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    address,
    async topic(...names) {
      const admin = new Admin({ clientId: "test", bootstrapBrokers: [address], retries: 20, retryDelay: 500 });
      await admin.createTopics({ topics: [...names], partitions: 3, replicas: 1 });
      await admin.close();
    },
    async send(topic, values) {
      const producer = new Producer({ clientId: "test", bootstrapBrokers: [address], maxBytes: 20_000_000 } as never);
      const messages = values.map((value) => ({ topic, value: Buffer.from(value), key: Buffer.from(value.slice(-9)) }));
      await producer.send({ messages });
      await producer.close();
    },
    stop() {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

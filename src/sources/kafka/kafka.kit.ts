/** Apache Kafka for tests, in KRaft mode, where it is installed. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admin, Producer } from "@platformatic/kafka";
import { freePort, peerPath } from "../peers.kit.ts";

export interface Broker {
  /** HOST:PORT, where it asks for nothing. */
  readonly address: string;
  /** HOST:PORT, where it wants TLS and a login: `alice` with the password `a-password`. */
  readonly locked: string;
  topic(...names: readonly string[]): Promise<void>;
  remove(topic: string): Promise<void>;
  send(topic: string, values: readonly string[]): Promise<void>;
  stop(): void;
}

/** One broker that holds its data in a folder of its own until it is stopped; `tls` is its certificate for 127.0.0.1. */
export async function startBroker(tls?: { readonly cert: string; readonly key: string }): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-kafka-"));
  const [port, controller, locked] = [await freePort(), await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
  const lock = tls === undefined ? { listener: "", protocol: "", rest: "" } : lockOf(folder, locked, tls);
  const config = join(folder, "server.properties");
  writeFileSync(
    config,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}${lock.listener}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}${lock.listener}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${lock.protocol}
controller.listener.names=CONTROLLER
${lock.rest}
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
    // A broker keeps what a SCRAM login is proved by, and is given it as its log is made.
    ...scram.flatMap((mechanism) => ["--add-scram", `${mechanism}=[name=alice,password=a-password]`]),
  ]);
  if (formatted.status !== 0) throw new Error(`${formatted.stdout}${formatted.stderr}`);
  const child = spawn("java", [...java, "kafka.Kafka", config], { stdio: "ignore" });
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    address,
    locked: `127.0.0.1:${locked}`,
    async topic(...names) {
      const admin = new Admin({ clientId: "test", bootstrapBrokers: [address], retries: 20, retryDelay: 500 });
      await admin.createTopics({ topics: [...names], partitions: 3, replicas: 1 });
      await admin.close();
    },
    async remove(topic) {
      const admin = new Admin({ clientId: "test", bootstrapBrokers: [address], retries: 20, retryDelay: 500 });
      await admin.deleteTopics({ topics: [topic] });
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

const scram = ["SCRAM-SHA-256", "SCRAM-SHA-512"];

/** A listener that wants TLS and one of three logins. */
function lockOf(folder: string, port: number, { cert, key }: { readonly cert: string; readonly key: string }) {
  const pem = join(folder, "broker.pem");
  writeFileSync(pem, `${key}\n${cert}`);
  const logins = [
    ["plain", "plain.PlainLoginModule", 'user_alice="a-password"'],
    ["scram-sha-256", "scram.ScramLoginModule", ""],
    ["scram-sha-512", "scram.ScramLoginModule", ""],
  ].map(
    ([name, module, users]) =>
      `listener.name.locked.${name}.sasl.jaas.config=org.apache.kafka.common.security.${module} required ${users};`,
  );
  return {
    listener: `,LOCKED://127.0.0.1:${port}`,
    protocol: ",LOCKED:SASL_SSL",
    rest: [
      "ssl.keystore.type=PEM",
      `ssl.keystore.location=${pem}`,
      "listener.name.locked.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
      ...logins,
    ].join("\n"),
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

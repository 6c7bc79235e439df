import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownCertificate } from "../admission/own-certificate.ts";
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
  let authority: string;
  beforeAll(async () => {
    const { ca, ...tls } = await ownCertificate(["127.0.0.1"], kitWorld("").memory, new Date());
    authority = ca;
    peer = await startBroker(tls);
    broker = peer.address;
    await peer.topic("audit", "other");
  }, 90_000);
  afterAll(() => peer?.stop());
  const folder = mkdtempSync(join(tmpdir(), "tiercel-kafka-client-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

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
    // What wraps an event may know better.
    expect(kept.every(({ assumed }) => assumed)).toBe(true);
  });

  const long = { timeout: 60_000 };
  const set = (lines: readonly string[]) => sorted([...new Set(lines)]);

  test.each(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const)(
    "TLS and a login by %s",
    async (mechanism) => {
      const topic = `login-${mechanism.toLowerCase()}`;
      await peer.topic(topic);
      await send(texts(0, 10), topic);
      const { lines } = await started({
        ...{ brokers: [peer.locked], topics: [topic], group: topic },
        tls: { ca_file: file("ca.pem", authority) },
        sasl: { mechanism, username: "alice", password: "a-password" },
      });
      await expect.poll(() => set(lines()), long).toEqual(sorted(texts(0, 10)));
    },
    90_000,
  );

  test("a wrong password is told with its remedy, and the right one is taken when it comes", async () => {
    await peer.topic("password");
    await send(texts(0, 5), "password");
    const password_file = file("password", "wrong");
    const { source, lines } = await started({
      ...{ brokers: [peer.locked], topics: ["password"], group: "password" },
      tls: { ca_file: file("ca.pem", authority) },
      sasl: { mechanism: "SCRAM-SHA-512", username: "alice", password_file },
    });
    await expect
      .poll(() => source.health().why, long)
      .toContain("are sasl.username, its password and mechanism right?");
    expect(source.health().why).not.toContain("wrong");
    file("password", "a-password\n");
    await expect.poll(() => set(lines()), long).toEqual(sorted(texts(0, 5)));
    expect(source.health().state).toBe("running");
  }, 150_000);

  test("an authority that nobody named is told, and is trusted when it is named", async () => {
    await peer.topic("authority");
    await send(texts(0, 5), "authority");
    const { ca: other } = await ownCertificate(["127.0.0.1"], kitWorld("").memory, new Date());
    const ca_file = file("other.pem", other);
    const { source, lines } = await started({
      ...{ brokers: [peer.locked], topics: ["authority"], group: "authority", tls: { ca_file } },
      sasl: { mechanism: "PLAIN", username: "alice", password: "a-password" },
    });
    await expect.poll(() => source.health().why, long).toContain("tls.ca_file must name the certificate of who signed");
    file("other.pem", authority);
    await expect.poll(() => set(lines()), long).toEqual(sorted(texts(0, 5)));
  }, 150_000);

  test("a topic that is not there is told, and read when it comes, and again after it was deleted", async () => {
    const { source, lines } = await started({ brokers: [broker], topics: ["late"], group: "late" });
    await expect.poll(() => source.health().why, long).toContain("is there a topic called late?");
    await peer.topic("late");
    await send(texts(0, 5), "late");
    await expect.poll(() => set(lines()), long).toEqual(sorted(texts(0, 5)));
    await peer.remove("late");
    await expect.poll(() => source.health().state, long).toBe("failing");
    await peer.topic("late");
    await send(texts(5, 10), "late");
    await expect.poll(() => set(lines()), { timeout: 90_000 }).toEqual(sorted(texts(0, 10)));
    await expect.poll(() => source.health().state, long).toBe("running");
  }, 240_000);

  test("two servers of one group share the partitions, and one stands in for the other", async () => {
    await peer.topic("shared");
    const options = { brokers: [broker], topics: ["shared"], group: "shared" };
    const first = await started(options);
    await send(texts(0, 60), "shared");
    await expect.poll(() => set(first.lines()), long).toEqual(sorted(texts(0, 60)));
    const second = await started(options);
    let sent = 60;
    const both = () => set([...first.lines(), ...second.lines()]);
    // Until partitions have moved.
    while (second.lines().length === 0 && sent < 3000) {
      await send(texts(sent, sent + 30), "shared");
      sent += 30;
      await expect.poll(() => both().length, long).toBe(sent);
    }
    expect(second.lines().length).toBeGreaterThan(0);
    await runner.stop(first.source);
    await send(texts(sent, sent + 60), "shared");
    await expect.poll(both, long).toEqual(sorted(texts(0, sent + 60)));
  }, 240_000);

  test("a message of 10 MB comes whole, and one of several lines stays one", async () => {
    await peer.topic("large");
    const large = `{"kind":"Event","pad":"${"x".repeat(10_000_000)}"}`;
    await send(["{\n}", large, ...texts(0, 3)], "large");
    const { lines } = await started({ brokers: [broker], topics: ["large"], group: "large" });
    const wrapped = `{"message":{"data":"${Buffer.from("{\n}").toString("base64")}"}}`;
    await expect.poll(() => new Set(lines()), long).toEqual(new Set([wrapped, large, ...texts(0, 3)]));
  }, 120_000);

  test("how far behind it is can be seen", async () => {
    await peer.topic("behind");
    await send(texts(0, 3), "behind");
    const { source, lines, disk, signals } = await started({ brokers: [broker], topics: ["behind"], group: "behind" });
    const waiting = () => signals.value("tiercel_source_lag_messages", { source: "kafka" });
    await expect.poll(() => set(lines()), long).toEqual(sorted(texts(0, 3)));
    disk.refusals = 1_000_000;
    await send(texts(3, 40), "behind");
    await expect.poll(waiting, long).toBeGreaterThan(0);
    disk.refusals = 0;
    await expect.poll(() => set(lines()), { timeout: 90_000 }).toEqual(sorted(texts(0, 40)));
    await expect.poll(waiting, long).toBe(0);
    await expect.poll(() => source.health().queue?.lagSecs, long).toBe(0);
  }, 240_000);
});

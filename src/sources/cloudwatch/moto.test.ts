import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, hasPeer, peerPath, startPeer } from "../peers.kit.ts";
import { kitWorld } from "../world.kit.ts";
import { cloudWatchConfig } from "./config.ts";
import { cloudWatch } from "./index.ts";

const logGroupName = "/aws/eks/demo/cluster";
const audit = "kube-apiserver-audit-6f1d2c3b4a5968778695a4b3c2d1e0f1";
const other = "kube-apiserver-6f1d2c3b4a5968778695a4b3c2d1e0f1";

describe.skipIf(!hasPeer("moto"))("against moto's CloudWatch Logs", () => {
  let endpoint: string;
  let client: CloudWatchLogsClient;
  let stop = async () => {};

  beforeAll(async () => {
    process.env.AWS_ACCESS_KEY_ID = "a-key";
    process.env.AWS_SECRET_ACCESS_KEY = "a-secret";
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    const server = await startPeer(peerPath("moto/bin/moto_server"), ["-H", "127.0.0.1", "-p", String(port)], endpoint);
    stop = server.stop;
    client = new CloudWatchLogsClient({ region: "eu-west-1", endpoint });
    await client.send(new CreateLogGroupCommand({ logGroupName }));
    for (const logStreamName of [audit, other])
      await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  });
  afterAll(async () => {
    client?.destroy();
    await stop();
  });

  const put = (logStreamName: string, texts: readonly string[], timestamp = Date.now()) =>
    client.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: texts.map((message) => ({ message, timestamp })),
      }),
    );

  test("audit streams alone, every event once, over a restart, late ones too", async () => {
    const world = kitWorld("eks");
    const { lines } = world;
    const open = async () => {
      const source = cloudWatch.open(
        cloudWatchConfig.parse({
          ...{ type: "cloudwatch", eks_cluster: "demo", region: "eu-west-1", endpoint },
          ...{ poll_interval_secs: 0.1, begin: new Date(Date.now() - 60_000).toISOString() },
        }),
        world,
      );
      await source.start();
      return source;
    };
    const texts = Array.from({ length: 250 }, (_, nth) => `{"kind":"Event","auditID":"a-${nth}"}`);
    await put(audit, texts.slice(0, 100));
    await put(other, ["I1123 no audit event"]);
    const first = await open();
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(100);
    await put(audit, texts.slice(100, 200));
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(200);
    await first.stop();
    await put(audit, texts.slice(200, 249));
    await put(audit, texts.slice(249), Date.now() - 30_000);
    const second = await open();
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(250);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await second.stop();
    expect([...lines()].sort()).toEqual([...texts].sort());
  });
});

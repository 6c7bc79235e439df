/** Kinesis, put to what every source promises, by moto. */
import { gzipSync } from "node:zlib";
import { CreateStreamCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, describe } from "vitest";
import { hasPeer } from "../peers.kit.ts";
import { sourceContract } from "../source.contract.ts";
import { kinesis } from "./index.ts";
import { type Moto, startMoto } from "./moto.kit.ts";

process.env.AWS_ACCESS_KEY_ID = "a-key";
process.env.AWS_SECRET_ACCESS_KEY = "a-secret";

describe.skipIf(!hasPeer("moto"))("moto's Kinesis", () => {
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

  sourceContract({
    kind: kinesis,
    cluster: "prod",
    answersWhenKept: false,
    mostWaiting: 1,
    isExact: true,
    hasOutage: true,
    wrong: [
      [{ stream: "a/b" }, "stream: must be a stream's name"],
      [{ begin: "yesterday" }, "begin: "],
      [{ endpoint: "nowhere" }, "endpoint: "],
    ],
    async place() {
      const stream = `audit-${nth++}`;
      // One record at a time: moto numbers two that come at once alike, and keeps the second alone.
      let putting: Promise<void> = Promise.resolve();
      await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
      return {
        options: {
          ...{ stream, region: "eu-west-1", endpoint: moto.endpoint, cluster: "prod", begin: "oldest" },
          poll_interval_secs: 0.2,
        },
        put(events) {
          const its = putting.then(async () => {
            for (const [at, event] of events.entries())
              await client.send(
                new PutRecordCommand({ StreamName: stream, PartitionKey: `${at}`, Data: gzipSync(event) }),
              );
          });
          putting = its.catch(() => {});
          return its;
        },
        outage: {
          async begin() {
            moto.isDown = true;
          },
          async end() {
            moto.isDown = false;
          },
        },
        async close() {
          moto.isDown = false;
        },
      };
    },
  });
});

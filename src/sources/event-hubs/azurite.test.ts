/** Checkpoints in blobs, as Azurite keeps them; several readers of one consumer group. */
import { ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort, hasPeer, peerPath, startPeer } from "../peers.kit.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { blobCheckpoints } from "./blob-checkpoints.ts";
import { eventHubsConfig } from "./config.ts";
import { FakeHub } from "./hub.kit.ts";
import { eventHubs } from "./index.ts";

const long = { timeout: 60_000 };
const sorted = (lines: readonly string[]) => [...lines].sort();

describe.skipIf(!hasPeer("azurite"))("against Azurite", () => {
  let account: { readonly url: string; readonly key: string };
  let stop = async () => {};
  beforeAll(async () => {
    const port = await freePort();
    const program = peerPath("azurite/node_modules/azurite/dist/src/blob/main.js");
    const url = `http://127.0.0.1:${port}/devstoreaccount1`;
    ({ stop } = await startPeer(
      process.execPath,
      [
        program,
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        String(port),
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
      ],
      { port },
    ));
    // The account and the key that everybody's Azurite has.
    const secret = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    account = {
      url,
      key: `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${secret};BlobEndpoint=${url};`,
    };
  }, 60_000);
  afterAll(() => stop());

  let container: string;
  let nth = 0;
  beforeEach(async () => {
    container = `checkpoints-${nth++}`;
    await new ContainerClient(account.key, container).create();
  });
  const options = () => ({ container_url: `${account.url}/${container}`, connection_string: account.key });
  const open = () => blobCheckpoints(options(), undefined, "ns.example/Hub/tiercel");
  const where = ["ns.example", "Hub", "tiercel"] as const;
  const ownership = (partitionId: string, ownerId: string, etag?: string) => ({
    ...{ fullyQualifiedNamespace: where[0], eventHubName: where[1], consumerGroup: where[2] },
    ...{ partitionId, ownerId, ...(etag !== undefined && { etag }) },
  });

  test("a partition is claimed by one of two, and who read it last can be seen", async () => {
    const [one, two] = [await open(), await open()];
    const both = await Promise.all([
      one.claimOwnership([ownership("0", "one")]),
      two.claimOwnership([ownership("0", "two")]),
    ]);
    const [winner] = both.flat();
    expect(both.flat()).toHaveLength(1);
    const [held] = await two.listOwnership(...where);
    expect(held).toMatchObject({ partitionId: "0", ownerId: winner?.ownerId, etag: winner?.etag?.replaceAll('"', "") });
    expect(held?.lastModifiedTimeInMs).toBeGreaterThan(0);
    expect(await one.claimOwnership([ownership("0", "three", '"0x0"')])).toEqual([]);
    expect(await one.claimOwnership([ownership("0", "three", held?.etag)])).toHaveLength(1);
  });

  test("a checkpoint is as it was written, laid out as Azure's own clients do, until it is forgotten", async () => {
    const store = await open();
    expect(await store.listCheckpoints(...where)).toEqual([]);
    const checkpoint = { ...ownership("3", ""), offset: "4294967296", sequenceNumber: 7 };
    await store.updateCheckpoint(checkpoint);
    const { ownerId: _, ...kept } = checkpoint;
    expect(await (await open()).listCheckpoints(...where)).toEqual([kept]);
    const blob = new ContainerClient(account.key, container).getBlobClient("ns.example/hub/tiercel/checkpoint/3");
    expect((await blob.getProperties()).metadata).toMatchObject({ offset: "4294967296", sequencenumber: "7" });
    await store.forget("3");
    expect(await store.listCheckpoints(...where)).toEqual([]);
  });

  describe("a source", () => {
    const runner = sourceRunner();
    const hub = new FakeHub();
    let key: string;
    beforeAll(async () => {
      key = `Endpoint=sb://127.0.0.1:${await hub.listen()};SharedAccessKeyName=a;SharedAccessKey=Yg==;UseDevelopmentEmulator=true`;
    });
    afterAll(() => hub.close());
    const text = (at: number) => `{"records":[],"nth":${at}}`;
    const texts = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => text(from + at));
    const send = (from: number, to: number) => {
      for (let at = from; at < to; at++) hub.send(at % 4, Buffer.from(text(at)));
    };
    const started = async (checkpoints: object = options()) => {
      const world = kitWorld("aks");
      const config = eventHubsConfig.parse({ type: "event-hubs", connection_string: key, checkpoints });
      const source = await runner.start(eventHubs.open(config, world));
      return { source, ...world };
    };

    test("goes on where another one ended, and two share the partitions", async () => {
      send(0, 100);
      const first = await started();
      await expect.poll(() => sorted(first.lines()), long).toEqual(sorted(texts(0, 100)));
      await runner.stop(first.source);
      expect(first.remembered.size).toBe(0);
      send(100, 140);
      const second = await started();
      await expect.poll(() => sorted(second.lines()), long).toEqual(sorted(texts(100, 140)));
      const third = await started();
      // It takes its share from the one that has them all.
      await expect
        .poll(() => third.said.concat(second.said).join(), long)
        .toContain("another reader has taken partition");
      await expect.poll(() => hub.read, long).toEqual([0, 1, 2, 3]);
      send(140, 180);
      const all = () => sorted([...new Set([...second.lines(), ...third.lines()])]);
      await expect.poll(all, long).toEqual(sorted(texts(100, 180)));
      expect(third.lines().length).toBeGreaterThan(0);
      expect(second.source.health().state).toBe("running");
    }, 200_000);

    test("a container that is not there is told with its remedy", async () => {
      const { source } = await started({ ...options(), container_url: `${account.url}/nowhere` });
      await expect.poll(() => source.health().why, long).toContain("create the container nowhere");
    }, 90_000);
  });
});

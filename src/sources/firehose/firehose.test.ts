import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { Refusal } from "../../domain/batch.ts";
import { decode } from "../../domain/decode.ts";
import { silence } from "../../domain/signals.ts";
import type { Source } from "../../domain/source.ts";
import { firehoseConfig } from "./config.ts";
import { firehose } from "./index.ts";

const open: Source[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((source) => source.stop()));
});

async function started(options: object = {}) {
  const kept: { cluster: string; assumed: boolean; body: Uint8Array }[] = [];
  const known: string[] = [];
  const disk = { refusals: 0 };
  const source = firehose.open(firehoseConfig.parse({ type: "firehose", listen: "127.0.0.1:0", ...options }), {
    name: "firehose",
    deliver: async ({ body, cluster, assumed = false }) => {
      if (disk.refusals-- > 0) throw new Refusal("disk-full", "the disk is full");
      kept.push({ cluster, assumed, body });
    },
    clusters: {
      tokenOwner: async (secret) => (secret === "key-of-prod" ? { role: "ingest", cluster: "prod" } : undefined),
      isKnown: async () => true,
      register: async (cluster) => known.push(cluster) > 0,
    },
    memory: { get: async () => undefined, set: async () => {} },
    signals: silence,
    now: () => new Date("2026-01-01T00:00:00Z"),
    log: () => {},
  });
  open.push(source);
  await source.start();
  const send = async (records: readonly unknown[], { key = "key-of-prod", path = "/firehose" } = {}) => {
    const response = await fetch(`${source.address}${path}`, {
      method: "POST",
      headers: { "x-amz-firehose-access-key": key, "x-amz-firehose-request-id": "r-1" },
      body: JSON.stringify({ requestId: "r-1", timestamp: 1, records }),
    });
    return { status: response.status, said: await response.json() };
  };
  return { source, kept, known, disk, send };
}

const event = (auditID: string) => ({
  kind: "Event",
  apiVersion: "audit.k8s.io/v1",
  level: "Metadata",
  auditID,
  stage: "ResponseComplete",
  requestURI: "/api",
  verb: "get",
  user: { username: "a" },
  requestReceivedTimestamp: "2026-01-01T00:00:00.000000Z",
  stageTimestamp: "2026-01-01T00:00:00.000000Z",
});
const payload = (...ids: string[]) => ({
  messageType: "DATA_MESSAGE",
  owner: "1",
  logGroup: "/aws/eks/prod/cluster",
  logStream: "kube-apiserver-audit-0123456789abcdef0123456789abcdef",
  subscriptionFilters: ["f"],
  logEvents: ids.map((id) => ({ id, timestamp: 1, message: JSON.stringify(event(id)) })),
});
const packed = (value: unknown) => ({ data: gzipSync(JSON.stringify(value)).toString("base64") });
const parts = (body: Uint8Array) =>
  [...decode(body)].map((part) => (part.kind === "event" ? part.event.at("auditID")?.text() : part.kind));

test("records of CloudWatch Logs are kept before they are acknowledged, control messages are no events", async () => {
  const { kept, send } = await started();
  const answer = await send([
    packed(payload("a", "b")),
    packed({ ...payload(), messageType: "CONTROL_MESSAGE", logEvents: [{ id: "x", message: "CWL CONTROL MESSAGE" }] }),
    packed(payload("c")),
  ]);
  expect(answer).toEqual({ status: 200, said: { requestId: "r-1", timestamp: 1767225600000 } });
  expect(kept).toMatchObject([{ cluster: "prod", assumed: false }]);
  expect(parts(kept[0]!.body)).toEqual(["a", "b", "ignored", "c"]);
});

test("what is not kept is not acknowledged, and comes again", async () => {
  const { source, kept, disk, send } = await started();
  disk.refusals = 1;
  expect(await send([packed(payload("a"))])).toMatchObject({
    status: 503,
    said: { requestId: "r-1", errorMessage: "the disk is full" },
  });
  expect(source.health()).toMatchObject({ state: "failing", why: "the disk is full" });
  expect((await send([packed(payload("a"))])).status).toBe(200);
  expect(source.health().state).toBe("running");
  expect(kept).toHaveLength(1);
});

test("another's key, another's cluster and no key are refused", async () => {
  const { kept, send } = await started();
  expect((await send([packed(payload("a"))], { key: "wrong" })).status).toBe(401);
  expect((await send([packed(payload("a"))], { path: "/firehose/other" })).status).toBe(401);
  expect((await send([packed(payload("a"))], { path: "/firehose/prod" })).status).toBe(200);
  expect((await send([packed(payload("a"))], { path: "/else" })).status).toBe(404);
  expect(kept).toHaveLength(1);
});

test("where nobody says whose it is, the log group does", async () => {
  const { kept, known, send } = await started({ key_required: false });
  expect((await send([packed(payload("a"))])).status).toBe(200);
  expect(kept).toMatchObject([{ cluster: "default", assumed: true }]);
  expect([...decode(kept[0]!.body)]).toMatchObject([{ cluster: { name: "prod" } }]);
  expect(known).toEqual([]);
});

test("garbage costs only itself, too much is refused, no record is fine", async () => {
  const { kept, send } = await started({ max_body_bytes: 100_000 });
  const broken = { data: Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from("no gzip")]).toString("base64") };
  expect((await send([broken, packed(payload("a"))])).status).toBe(200);
  expect(parts(kept[0]!.body)).toContain("a");
  expect(parts(kept[0]!.body)).toContain("rejected");
  const bomb = { data: gzipSync(Buffer.alloc(10_000_000, 32)).toString("base64") };
  expect((await send([bomb])).status).toBe(413);
  expect((await send([{ data: 1 }])).status).toBe(400);
  expect((await send([])).status).toBe(200);
  expect(kept).toHaveLength(1);
});

test("beyond this machine a key is asked for", () => {
  expect(firehoseConfig.safeParse({ type: "firehose", listen: "0.0.0.0:7768", key_required: false }).success).toBe(
    false,
  );
  expect(firehoseConfig.safeParse({ type: "firehose", listen: "0.0.0.0:7768" }).success).toBe(true);
});

import { createSign, generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decode } from "../../domain/decode.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { pubSubPushConfig } from "./config.ts";
import { pubSubPush } from "./index.ts";

const audience = "https://tiercel.example/pubsub";
const service_account = "push@a-project.iam.gserviceaccount.com";
const google = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const secs = () => Math.floor(Date.now() / 1000);

/** As Google signs them: RS256, an hour long. */
function tokenOf(claims: object = {}, key = google.privateKey, kid = "google-1"): string {
  const told = {
    ...{ iss: "https://accounts.google.com", aud: audience, email: service_account, email_verified: true },
    ...{ iat: secs(), exp: secs() + 3600, sub: "1" },
    ...claims,
  };
  const signed = `${part({ alg: "RS256", kid, typ: "JWT" })}.${part(told)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}

/** Google's certificates, on this machine. */
let certs: { readonly server: Server; status: number; asked: number };
let certs_url: string;
beforeEach(async () => {
  const server = createServer((_, response) => {
    certs.asked++;
    response.writeHead(certs.status, { "content-type": "application/json", "cache-control": "max-age=3600" });
    response.end(JSON.stringify({ "google-1": google.publicKey.export({ type: "spki", format: "pem" }) }));
  });
  certs = { server, status: 200, asked: 0 };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  certs_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`;
});
afterEach(() => void certs.server.close());

const runner = sourceRunner();
async function started(options: object = {}) {
  const world = kitWorld("push");
  const told = { type: "pubsub-push", listen: "127.0.0.1:0", audience, service_account, certs_url, ...options };
  const source = await runner.start(pubSubPush.open(pubSubPushConfig.parse(told), world));
  const post = async (body: string, { token = tokenOf(), path = "/pubsub", headers = {} } = {}) => {
    const response = await fetch(`${source.address}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }), ...headers },
      body,
    });
    return { status: response.status, said: await response.text() };
  };
  return { ...world, source, post };
}

const entry = (id: string, cluster: unknown = "prod") =>
  JSON.stringify({ insertId: id, resource: { type: "k8s_cluster", labels: { cluster_name: cluster } } });
const wrapped = (data: string) =>
  JSON.stringify({
    message: { data: Buffer.from(data).toString("base64"), messageId: "1", publishTime: "2026-01-01T00:00:00Z" },
    subscription: "projects/a-project/subscriptions/audit",
  });

test("a message is kept before it is acknowledged, wrapped or bare, and what is assumed of its cluster is said to be", async () => {
  const { post, kept, known, source } = await started();
  expect((await post(wrapped(entry("a")))).status).toBe(204);
  expect((await post(entry("b", "test"))).status).toBe(204);
  expect((await post(wrapped(entry("c", 7)))).status).toBe(204);
  expect((await post(wrapped(entry("d")), { path: "/pubsub/dev" })).status).toBe(204);
  const headers = { "x-goog-pubsub-subscription-name": "projects/a-project/subscriptions/bare" };
  expect((await post("klog text", { headers })).status).toBe(204);
  expect(kept).toMatchObject([
    { cluster: "audit", assumed: true, text: `${entry("a")}\n`, cut: false },
    { cluster: "default", assumed: true, text: `${entry("b", "test")}\n`, cut: false },
    { cluster: "audit", assumed: true, text: `${entry("c", 7)}\n`, cut: false },
    { cluster: "dev", assumed: false, text: `${entry("d")}\n`, cut: false },
    { cluster: "bare", assumed: true, text: "klog text\n", cut: false },
  ]);
  // The others are noted when their events are judged: what wraps them says whose they are.
  expect([...known]).toEqual(["dev"]);
  expect(source.health().state).toBe("running");
  expect(certs.asked).toBe(1);
});

test.each([
  ["nobody's", "", "no bearer token"],
  ["another's signature", () => tokenOf({}, other.privateKey), "not signed by Google"],
  ["an unknown key", () => tokenOf({}, other.privateKey, "other-1"), "not signed by Google"],
  ["another audience", () => tokenOf({ aud: "https://else.example" }), "another audience"],
  ["another issuer", () => tokenOf({ iss: "https://else.example" }), "not Google's"],
  ["another account", () => tokenOf({ email: "x@a-project.iam.gserviceaccount.com" }), "not push@a-project"],
  ["an account that is not proved", () => tokenOf({ email_verified: false }), "not push@a-project"],
  ["yesterday's", () => tokenOf({ iat: secs() - 90_000, exp: secs() - 86_400 }), "time is over"],
  ["tomorrow's", () => tokenOf({ iat: secs() + 86_400, exp: secs() + 90_000 }), "time is over, or has not come"],
  ["garbage", "a.b.c", "cannot be read"],
  ["none at all", () => `${part({ alg: "none", kid: "google-1" })}.${part({ aud: audience })}.`, "not signed"],
])("%s token is refused, and not repeated", async (_, token, words) => {
  const { post, kept, signals } = await started();
  const sent = typeof token === "string" ? token : token();
  const { status, said } = await post(wrapped(entry("a")), { token: sent });
  expect(status).toBe(401);
  expect(said).toContain(words);
  if (sent !== "") expect(said).not.toContain(sent);
  expect(kept).toEqual([]);
  const labels = { source: "push", cluster: "", reason: "unauthorized" };
  expect(signals.value("tiercel_ingest_rejected_total", labels)).toBe(1);
});

test("while Google's certificates cannot be read nothing is acknowledged, and it says so", async () => {
  const { post, source } = await started();
  certs.status = 404;
  expect((await post(wrapped(entry("a")))).status).toBe(503);
  expect(source.health()).toMatchObject({ state: "failing", why: expect.stringContaining(certs_url) });
  certs.status = 200;
  expect((await post(wrapped(entry("a")))).status).toBe(204);
  expect(source.health().state).toBe("running");
});

test("what is not kept is not acknowledged", async () => {
  const { post, disk, kept, source } = await started();
  disk.refusals = 1;
  expect(await post(wrapped(entry("a")))).toEqual({ status: 503, said: "the disk is full" });
  expect(source.health()).toMatchObject({ state: "failing", why: "the disk is full" });
  expect((await post(wrapped(entry("a")))).status).toBe(204);
  expect(kept).toHaveLength(1);
});

test("10 MB come whole, more than is allowed does not, and wrong paths are told", async () => {
  const { post, kept } = await started();
  const large = entry("x".repeat(9_990_000));
  expect((await post(wrapped(large))).status).toBe(204);
  expect(kept[0]?.text).toBe(`${large}\n`);
  const { post: narrow } = await started({ max_body_bytes: 2000 });
  expect((await narrow(wrapped(entry("x".repeat(2000))))).status).toBe(413);
  expect((await post("{}", { path: "/else" })).status).toBe(404);
  expect((await post("{}", { path: "/pubsub/..%2fetc" })).status).toBe(404);
});

test("who may push must be told", () => {
  const told = (options: object) => pubSubPushConfig.safeParse({ type: "pubsub-push", ...options });
  const paths = (options: object) => told(options).error?.issues.map(({ path }) => path.join("."));
  expect(paths({})).toEqual(["audience", "service_account"]);
  expect(paths({ listen: "0.0.0.0:7769", token_required: false })).toEqual(["token_required"]);
  expect(told({ token_required: false }).success).toBe(true);
});

const recorded = join(
  process.env.TIERCEL_CONFORMANCE ?? join(import.meta.dirname, "../../../../shared/conformance"),
  "providers/gke/pubsub",
);
describe.skipIf(!existsSync(recorded))("recorded pushes", () => {
  test.each([1, 2])("push %i becomes the events it must", async (nth) => {
    const { post, kept } = await started();
    const push = readFileSync(join(recorded, `push-${nth}.json`), "utf8");
    expect((await post(push)).status).toBe(204);
    const told = [...decode(Buffer.from(kept[0]!.text))].map(
      (one) => one.kind === "event" && JSON.parse(one.event.raw),
    );
    const expected = [1, 2].flatMap((page) =>
      readFileSync(join(recorded, `expected-${page}.ndjson`), "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    );
    expect(told).toHaveLength(1);
    expect(expected).toContainEqual(told[0]);
  });
});

/** The webhook as API servers, proxies and strangers meet it. */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { type Batch, Refusal } from "../domain/batch.ts";
import { type HeldSignals, heldSignals } from "../domain/signals.ts";
import type { Source, SourceWorld } from "../domain/source.ts";
import { webhook } from "./webhook.ts";
import { webhookConfig } from "./webhook-config.ts";

const list = '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[]}';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
}

describe("the webhook", () => {
  const sources: Source[] = [];
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.stop();
  });

  async function serving(config: Record<string, unknown> = {}, more: Partial<SourceWorld> = {}) {
    const kept: Batch[] = [];
    const registered: string[] = [];
    const signals: HeldSignals = heldSignals();
    const world: SourceWorld = {
      name: "webhook",
      deliver: async (batch) => void kept.push({ ...batch, body: Buffer.from(batch.body) }),
      memory: { get: async () => undefined, set: async () => {} },
      clusters: {
        tokenOwner: async (secret) =>
          ({
            "berlin-token": { role: "ingest" as const, cluster: "berlin" },
            "any-token": { role: "ingest" as const, cluster: null },
            "admin-token": { role: "admin" as const, cluster: null },
          })[secret],
        isKnown: async (name) => name === "oslo",
        async register(name) {
          if (registered.includes(name)) return false;
          registered.push(name);
          return true;
        },
      },
      signals,
      now: () => new Date("2026-03-01T12:00:00Z"),
      log: () => {},
      ...more,
    };
    const source = webhook.open(webhookConfig.parse({ listen: "127.0.0.1:0", ...config }), world);
    await source.start();
    sources.push(source);
    const { port } = new URL(source.address!);
    return { source, kept, registered, signals, port: Number(port) };
  }
  const bodies = (kept: readonly Batch[]) =>
    kept.map(({ cluster, body, cut }) => `${cluster}${cut ? "…" : ""}: ${Buffer.from(body)}`);

  async function send(
    port: number,
    path: string,
    body: Uint8Array | string = list,
    more: RequestOptions = {},
  ): Promise<Answer> {
    return settled(httpRequest({ port, host: "127.0.0.1", path, method: "POST", agent: false, ...more }), body);
  }
  async function settled(request: ReturnType<typeof httpRequest>, body: Uint8Array | string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode!, text, headers: response.headers }));
    });
    request.end(body);
    return promise;
  }
  /** Writes raw bytes, then half closes or breaks, and gives what came back. */
  async function raw(port: number, text: string, end: "half" | "break" | "wait"): Promise<string> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let answered = "";
    socket.setEncoding("utf8");
    socket.on("data", (part) => (answered += part));
    socket.on("end", () => socket.end());
    await once(socket, "connect");
    socket.write(text);
    if (end === "half") socket.end();
    if (end === "break") setTimeout(() => socket.destroy(), 50);
    await once(socket, "close");
    return answered;
  }

  test("answers 200 once a batch is kept, under the cluster its path names", async () => {
    const { kept, registered, port } = await serving();
    const paths = [
      "/k8s_audit",
      "/k8s-audit/oslo",
      "/k8s_audit/berlin?timeout=30s",
      "/k8s-audit/",
      "/k8s_audit/eu%2Dwest",
    ];
    for (const path of paths) expect(await send(port, path)).toMatchObject({ status: 200, text: "{}\n" });
    expect(kept.map(({ cluster, source, receivedAt }) => `${source} ${cluster} ${receivedAt.toISOString()}`)).toEqual([
      "webhook default 2026-03-01T12:00:00.000Z",
      "webhook oslo 2026-03-01T12:00:00.000Z",
      "webhook berlin 2026-03-01T12:00:00.000Z",
      "webhook default 2026-03-01T12:00:00.000Z",
      "webhook eu-west 2026-03-01T12:00:00.000Z",
    ]);
    // Whose the others are turns out when they are judged: what wraps an event may say so.
    expect(registered).toEqual(["oslo", "berlin", "eu-west"]);
    expect(kept.map(({ assumed }) => assumed)).toEqual([true, false, false, true, false]);
  });

  test("answers nothing before the journal does", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { port } = await serving({}, { deliver: () => promise });
    let answered = false;
    const answer = send(port, "/k8s_audit").then((told) => {
      answered = true;
      return told;
    });
    await send(port, "/healthz", "", { method: "GET" });
    expect(answered).toBe(false);
    resolve();
    expect(await answer).toMatchObject({ status: 200 });
  });

  test("takes any bytes under any content type, in chunks too", async () => {
    const { kept, port } = await serving();
    for (const [body, type] of [
      ["", "application/json"],
      ["no JSON", "text/plain"],
      ['{"kind":"Ev', "application/json"],
      [list, "application/x-www-form-urlencoded"],
    ] as const)
      expect(await send(port, "/k8s_audit", body, { headers: { "content-type": type } })).toMatchObject({
        status: 200,
      });
    const chunked = httpRequest({ port, host: "127.0.0.1", path: "/k8s_audit", method: "POST", agent: false });
    chunked.write("one ");
    expect(await settled(chunked, "two")).toMatchObject({ status: 200 });
    expect(bodies(kept)).toEqual([
      "default: ",
      "default: no JSON",
      'default: {"kind":"Ev',
      `default: ${list}`,
      "default: one two",
    ]);
  });

  test("tells other methods and paths so, and never redirects", async () => {
    const { kept, port } = await serving();
    expect(await send(port, "/k8s_audit", "", { method: "GET" })).toMatchObject({
      status: 405,
      headers: { allow: "POST" },
    });
    expect(await send(port, "/k8s_audit/berlin", list, { method: "PUT" })).toMatchObject({ status: 405 });
    expect(await send(port, "/healthz", "", { method: "GET" })).toMatchObject({ status: 200, text: "ok\n" });
    expect(await send(port, "/healthz", "", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    expect(await send(port, "/healthz")).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
    for (const path of [
      "/",
      "/k8s_audit/a/b",
      "/k8s_auditor",
      "/k8s_audit/..",
      "/k8s_audit/%zz",
      "/k8s_audit/a%2Fb",
      "//k8s_audit",
    ])
      expect(await send(port, path)).toMatchObject({ status: 404 });
    expect(kept).toEqual([]);
  });

  test("unpacks what is packed, and keeps what cannot be unpacked as it came", async () => {
    const { kept, port } = await serving();
    const packed = {
      gzip: gzipSync(list),
      "x-gzip": gzipSync(list),
      deflate: deflateSync(list),
      br: brotliCompressSync(list),
      zstd: zstdCompressSync(list),
      identity: list,
      compress: list,
    };
    for (const [encoding, body] of Object.entries(packed))
      expect(await send(port, "/k8s_audit", body, { headers: { "content-encoding": encoding } })).toMatchObject({
        status: 200,
      });
    for (const encoding of ["gzip", "deflate", "br", "zstd"])
      expect(
        await send(port, "/k8s_audit", `no ${encoding}`, { headers: { "content-encoding": encoding } }),
      ).toMatchObject({ status: 200 });
    expect(bodies(kept)).toEqual([
      ...Array(7).fill(`default: ${list}`),
      "default: no gzip",
      "default: no deflate",
      "default: no br",
      "default: no zstd",
    ]);
  });

  test("refuses what is larger than allowed, packed or not, told beforehand or not", async () => {
    const { kept, port, signals } = await serving({ max_body_bytes: 2000 });
    expect(await send(port, "/k8s_audit", "x".repeat(2000))).toMatchObject({ status: 200 });
    const refused = {
      status: 413,
      text: "a body may have 2000 bytes (max_body_bytes)\n",
      headers: { connection: "close" },
    };
    expect(await send(port, "/k8s_audit", "x".repeat(2001))).toMatchObject(refused);
    expect(await send(port, "/k8s_audit", Buffer.alloc(30_000_000))).toMatchObject(refused);
    const chunked = httpRequest({ port, host: "127.0.0.1", path: "/k8s_audit", method: "POST", agent: false });
    chunked.write("x".repeat(1500));
    expect(await settled(chunked, "x".repeat(1500))).toMatchObject(refused);
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    expect(await send(port, "/k8s_audit", bomb, { headers: { "content-encoding": "gzip" } })).toMatchObject(refused);
    expect(kept).toHaveLength(1);
    expect(
      signals.value("tiercel_ingest_rejected_total", { source: "webhook", cluster: "default", reason: "too-large" }),
    ).toBe(4);
    expect(signals.value("tiercel_ingest_in_flight_bytes")).toBe(0);
  });

  test("tells a sender to come again in half a minute when the journal refuses", async () => {
    const { port, signals, source } = await serving(
      {},
      { deliver: () => Promise.reject(new Refusal("disk-full", "the disk is full")) },
    );
    expect(await send(port, "/k8s_audit")).toMatchObject({
      status: 503,
      text: "the disk is full\n",
      headers: { "retry-after": "30" },
    });
    expect(
      signals.value("tiercel_ingest_rejected_total", { source: "webhook", cluster: "default", reason: "disk-full" }),
    ).toBe(1);
    expect(source.health()).toMatchObject({ state: "failing", why: "the disk is full" });
  });

  test("tells so too when something is broken in us, and goes on", async () => {
    let broken = true;
    const { port } = await serving(
      {},
      {
        deliver: async () => {
          if (broken) throw new Error("a bug");
        },
      },
    );
    expect(await send(port, "/k8s_audit")).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
    broken = false;
    expect(await send(port, "/k8s_audit")).toMatchObject({ status: 200 });
  });

  test("refuses before it reads when too much is at work", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const deliver = () => {
      begun.resolve();
      return promise;
    };
    const { port, signals } = await serving({ max_concurrent_requests: 1 }, { deliver });
    const first = send(port, "/k8s_audit");
    await begun.promise;
    expect(await send(port, "/k8s_audit", Buffer.alloc(5_000_000))).toMatchObject({
      status: 503,
      headers: { "retry-after": "30" },
    });
    expect(
      signals.value("tiercel_ingest_rejected_total", { source: "webhook", cluster: "default", reason: "overloaded" }),
    ).toBe(1);
    resolve();
    expect(await first).toMatchObject({ status: 200 });
  });

  test("refuses when the bodies at work hold too many bytes", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const deliver = () => {
      begun.resolve();
      return promise;
    };
    const { port } = await serving({ max_in_flight_bytes: 5000, max_body_bytes: 5000 }, { deliver });
    const first = send(port, "/k8s_audit", "x".repeat(4000));
    await begun.promise;
    expect(await send(port, "/k8s_audit", "x".repeat(2000))).toMatchObject({ status: 503 });
    resolve();
    expect(await first).toMatchObject({ status: 200 });
    expect(await send(port, "/k8s_audit", "x".repeat(5000))).toMatchObject({ status: 200 });
  });

  test("lets the largest body in, in pieces or packed, where no more than one fits", async () => {
    const body = randomBytes(100_000).toString("hex");
    const { kept, port } = await serving({ max_in_flight_bytes: body.length, max_body_bytes: body.length });
    expect(await send(port, "/k8s_audit", body)).toMatchObject({ status: 200 });
    const packed = { headers: { "content-encoding": "gzip" } };
    expect(await send(port, "/k8s_audit", gzipSync(body), packed)).toMatchObject({ status: 200 });
    expect(kept.map((batch) => Buffer.from(batch.body).toString() === body)).toEqual([true, true]);
  });

  test("lets a sender that asks first go on, or not", async () => {
    const { kept, port } = await serving({ max_body_bytes: 1024 });
    const asking = (length: number) =>
      httpRequest({
        port,
        host: "127.0.0.1",
        path: "/k8s_audit",
        method: "POST",
        agent: false,
        headers: { expect: "100-continue", "content-length": length },
      });
    const welcome = asking(3);
    welcome.flushHeaders();
    await once(welcome, "continue");
    expect(await settled(welcome, "yes")).toMatchObject({ status: 200 });
    const unwelcome = asking(5000);
    let continued = false;
    unwelcome.on("continue", () => (continued = true));
    unwelcome.flushHeaders();
    const [response] = (await once(unwelcome, "response")) as [IncomingMessage];
    unwelcome.on("error", () => {});
    unwelcome.destroy();
    expect([response.statusCode, continued]).toEqual([413, false]);
    expect(bodies(kept)).toEqual(["default: yes"]);
  });

  test("keeps what came of a body that broke off, and answers who can still read", async () => {
    const { promise: cut, resolve } = Promise.withResolvers<void>();
    const kept: Batch[] = [];
    const deliver = async (batch: Batch) => {
      kept.push(batch);
      resolve();
    };
    const { port } = await serving({}, { deliver });
    const head = "POST /k8s_audit HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n";
    await raw(port, `${head}{"kind":"Ev`, "break");
    await cut;
    expect(await raw(port, `${head}{"kind":"Half`, "half")).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\{\}\n$/);
    const chunked = "POST /k8s_audit HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    expect(await raw(port, `${chunked}4\r\nhere\r\n`, "half")).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(await raw(port, `${chunked}4\r\nthis\r\nnonsense\r\n`, "wait")).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(bodies(kept)).toEqual([
      'default…: {"kind":"Ev',
      'default…: {"kind":"Half',
      "default…: here",
      "default…: this",
    ]);
  });

  test("answers what is no HTTP, and stays", async () => {
    const { port } = await serving();
    expect(await raw(port, "hello\r\n\r\n", "wait")).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(await raw(port, `GET /healthz HTTP/1.1\r\nx: ${"y".repeat(70_000)}\r\n\r\n`, "wait")).toMatch(
      /^HTTP\/1\.1 431 /,
    );
    expect(
      await raw(port, "POST /k8s_audit HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n", "wait"),
    ).toMatch(/^HTTP\/1\.1 400 /);
    expect(await send(port, "/k8s_audit")).toMatchObject({ status: 200 });
  });

  test("TLS spoken to plain HTTP is counted", async () => {
    const { port, signals } = await serving();
    await expect(fetch(`https://127.0.0.1:${port}/k8s_audit`, { method: "POST", body: list })).rejects.toThrow();
    await expect
      .poll(() => signals.value("tiercel_ingest_rejected_total", { source: "webhook", cluster: "", reason: "tls" }))
      .toBe(1);
  });

  test("asks for a token where one is required, and believes its cluster", async () => {
    const { kept, port, signals } = await serving({ token_required: true });
    const by = (token: string | undefined, path: string) =>
      send(port, path, list, token === undefined ? {} : { headers: { authorization: token } });
    expect(await by(undefined, "/k8s_audit")).toMatchObject({
      status: 401,
      text: "a bearer token is needed\n",
      headers: { "www-authenticate": 'Bearer realm="tiercel"' },
    });
    expect(await by("Basic YTpi", "/k8s_audit")).toMatchObject({ status: 401 });
    expect(await by("Bearer wrong", "/k8s_audit")).toMatchObject({ status: 401, text: "nobody's token\n" });
    expect(await by("Bearer admin-token", "/k8s_audit")).toMatchObject({ status: 401 });
    expect(await by("Bearer berlin-token", "/k8s_audit/oslo")).toMatchObject({
      status: 401,
      text: "the token is another cluster's\n",
    });
    expect(await by("Bearer any-token", "/k8s_audit/paris")).toMatchObject({
      status: 401,
      text: "the path names no known cluster\n",
    });
    expect(kept).toEqual([]);
    expect(
      signals.value("tiercel_ingest_rejected_total", { source: "webhook", cluster: "", reason: "unauthorized" }),
    ).toBe(6);
    expect(await by("Bearer berlin-token", "/k8s_audit")).toMatchObject({ status: 200 });
    expect(await by("bearer berlin-token", "/k8s_audit/berlin")).toMatchObject({ status: 200 });
    expect(await by("Bearer any-token", "/k8s-audit/oslo")).toMatchObject({ status: 200 });
    expect(kept.map(({ cluster }) => cluster)).toEqual(["berlin", "berlin", "oslo"]);
  });

  test("a cluster that cannot be noted costs no batch", async () => {
    const clusters = {
      tokenOwner: async () => undefined,
      isKnown: async () => false,
      register: () => Promise.reject(new Error("locked")),
    };
    const { kept, port } = await serving({}, { clusters });
    expect(await send(port, "/k8s_audit/berlin")).toMatchObject({ status: 200 });
    expect(kept).toHaveLength(1);
  });

  test("stops without losing what it has begun, and takes nothing new", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const kept: Batch[] = [];
    const deliver = async (batch: Batch) => {
      begun.resolve();
      await promise;
      kept.push(batch);
    };
    const { source, port } = await serving({}, { deliver });
    const answer = send(port, "/k8s_audit", list, { agent: undefined, headers: { connection: "keep-alive" } });
    await begun.promise;
    const stopped = source.stop();
    await expect(send(port, "/healthz", "", { method: "GET" })).rejects.toThrow("ECONNREFUSED");
    resolve();
    expect(await answer).toMatchObject({ status: 200 });
    await stopped;
    expect(kept).toHaveLength(1);
    expect(source.health().state).toBe("stopped");
  });

  test("says when its address is taken", async () => {
    const { port } = await serving();
    await expect(serving({ listen: `127.0.0.1:${port}` })).rejects.toThrow("EADDRINUSE");
  });
});

describe("the webhook over TLS", () => {
  const made: string[] = [];
  const sources: Source[] = [];
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.stop();
    for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
  });
  function openssl(dir: string, ...args: string[]) {
    execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  }
  function authority(): string {
    const dir = mkdtempSync(join(tmpdir(), "tls-"));
    made.push(dir);
    openssl(dir, ..."req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=ca".split(" "));
    for (const [name, subject] of [
      ["server", "/CN=localhost"],
      ["berlin", "/CN=berlin"],
    ] as const) {
      openssl(dir, ...`req -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr -subj ${subject}`.split(" "));
      writeFileSync(join(dir, "ext"), "subjectAltName=IP:127.0.0.1\n");
      openssl(
        dir,
        ...`x509 -req -in ${name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out ${name}.crt -extfile ext`.split(
          " ",
        ),
      );
    }
    return dir;
  }

  const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
  test.skipIf(!hasOpenssl)("lets in who has a certificate, and believes its name", async () => {
    const dir = authority();
    const kept: Batch[] = [];
    const signals = heldSignals();
    const world: SourceWorld = {
      name: "webhook",
      deliver: async (batch) => void kept.push({ ...batch, body: Buffer.from(batch.body) }),
      memory: { get: async () => undefined, set: async () => {} },
      clusters: { tokenOwner: async () => undefined, isKnown: async () => false, register: async () => true },
      signals,
      now: () => new Date(),
      log: () => {},
    };
    const tls = {
      cert_file: join(dir, "server.crt"),
      key_file: join(dir, "server.key"),
      client_ca_file: join(dir, "ca.crt"),
      client_cn_is_cluster: true,
    };
    const source = webhook.open(webhookConfig.parse({ listen: "127.0.0.1:0", tls }), world);
    await source.start();
    sources.push(source);
    expect(source.address).toMatch(/^https:/);
    const ca = readFileSync(join(dir, "ca.crt"));
    const own = { cert: readFileSync(join(dir, "berlin.crt")), key: readFileSync(join(dir, "berlin.key")) };
    const send = (path: string, more: object) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const agent = new Agent({ keepAlive: false });
      const request = httpsRequest(
        new URL(path, source.address),
        { method: "POST", ca, agent, ...more },
        (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode!));
        },
      );
      request.on("error", reject);
      request.end(list);
      return promise;
    };
    expect(await send("/k8s_audit", own)).toBe(200);
    expect(await send("/k8s_audit/oslo", own)).toBe(401);
    await expect(send("/k8s_audit", {})).rejects.toThrow();
    expect(kept.map(({ cluster }) => cluster)).toEqual(["berlin"]);
    // Who has no certificate, and who does not trust ours: Node would hang up without a word, Go and OpenSSL say why.
    const { host } = new URL(source.address!);
    const distrusting = `s_client -connect ${host} -CAfile berlin.crt -cert berlin.crt -key berlin.key -verify_return_error`;
    await expect(promisify(execFile)("openssl", distrusting.split(" "), { cwd: dir })).rejects.toThrow(/verify failed/);
    await expect
      .poll(() => signals.value("tiercel_ingest_rejected_total", { source: "webhook", cluster: "", reason: "tls" }))
      .toBe(2);
  });
});

describe("the webhook's options", () => {
  const why = (config: object) => webhookConfig.safeParse(config).error?.issues.map(({ message }) => message);

  test("bind to this machine unless senders are asked who they are", () => {
    expect(webhookConfig.parse({}).listen).toBe("127.0.0.1:7765");
    expect(why({ listen: "0.0.0.0:7765" })).toEqual([
      "0.0.0.0:7765 can be reached from other machines, and nothing says who may send: set `token_required: true`, or `tls.client_ca_file`, or listen on 127.0.0.1; `insecure: true` lets anybody send made-up events and fill the disk",
    ]);
    expect(why({ listen: "[::]:7765", tls: { cert_file: "a", key_file: "b" } })).toHaveLength(1);
    const fine = [
      { listen: "[::1]:7765" },
      { listen: "0.0.0.0:7765", token_required: true },
      { listen: "0.0.0.0:7765", insecure: true },
      { listen: "0.0.0.0:7765", tls: { cert_file: "a", key_file: "b", client_ca_file: "c" } },
    ];
    for (const config of fine) expect(why(config)).toBeUndefined();
  });

  test("name what is wrong", () => {
    expect(why({ listen: "7765" })).toEqual(["must be ADDRESS:PORT, as 127.0.0.1:7765 or [::1]:7765"]);
    expect(why({ max_body: 5 })).toEqual(['Unrecognized key: "max_body"']);
  });
});

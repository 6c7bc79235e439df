/** The webhook source: takes the batches that API servers post, and answers once each is kept (reference 04 §2.6). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { Refusal } from "../domain/batch.ts";
import { type Source, type SourceHealth, type SourceWorld, sourceKind } from "../domain/source.ts";
import { listening } from "./listening.ts";
import { newcomers } from "./newcomers.ts";
import { answer, refuse } from "./webhook-answers.ts";
import { type Ending, type Reception, reception, room, unpacked } from "./webhook-body.ts";
import { type WebhookConfig, webhookConfig } from "./webhook-config.ts";
import { webhookFacts } from "./webhook-facts.ts";
import { targetOf } from "./webhook-path.ts";
import { senders } from "./webhook-senders.ts";
import { tlsMaterial, watchTls } from "./webhook-tls.ts";

export const webhook = sourceKind({
  type: "webhook",
  config: webhookConfig,
  facts: webhookFacts,
  open: (config, world) => webhookSource(config, world),
});

// An API server keeps idle connections for 90 s and sends every 30 s: who closed earlier would race its posts.
const keepAliveMs = 150_000;
const headersMs = 160_000;
/** For a whole request. API servers give up after 30 s; slower links of others may take longer. */
const requestMs = 180_000;
/** Without a byte for so long, a body has broken off. */
const stallMs = 60_000;
/** Nobody waits longer for the disk: an API server hangs up at 30 s, and would learn nothing. */
const holdMs = 25_000;
const stopMs = 25_000;
const lastKeepMs = 4_000;
const hangUpMs = 2_000;
const mostConnections = 8192;
const tlsCheckMs = 10_000;
/** The first byte of a TLS handshake (RFC 8446 §5.1). */
const tlsHandshake = 0x16;

/** What it takes in: audit events under its own name and alerts beside them, or nothing but alerts. */
export type Takes = "everything" | "alerts";

/** Under which name alerts are kept that come by an audit webhook's door. */
const alertsName = "falco";

export function webhookSource(
  config: Omit<WebhookConfig, "type">,
  world: SourceWorld,
  takes: Takes = "everything",
): Source {
  const space = room(config.max_in_flight_bytes, (used) => world.signals.gauge("tiercel_ingest_in_flight_bytes", used));
  const receiving = new WeakMap<Duplex, Reception>();
  const atWork = new Set<Promise<void>>();
  const open = new Set<ServerResponse>();
  const guests = newcomers(world);
  const senderOf = senders(config, world, guests);
  let stopping = false;
  let stopWatching = () => {};
  let address: string | undefined;
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
  /** Alerts say nothing of whether audit events still come. */
  let lastAlertAt: Date | null = null;
  const beside = takes === "everything" ? alertsName : undefined;

  const options = {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: 5000,
  };
  const server: Server | TlsServer = config.tls
    ? createTlsServer({ ...options, ...tlsOptions(config.tls), ALPNProtocols: ["http/1.1"] })
    : createServer(options);
  server.maxConnections = mostConnections;
  server.on("request", (request, response) => take(request, response, false));
  server.on("checkContinue", (request, response) => take(request, response, true));
  server.on("checkExpectation", (request, response) => take(request, response, false));
  server.on("clientError", clientError);
  // An API server that does not trust our certificate says so and hangs up: nothing else here would tell of it.
  server.on("tlsClientError", ({ code }: NodeJS.ErrnoException) => {
    if (code?.startsWith("ERR_SSL") === true) rejected("tls", "");
  });

  return {
    async start() {
      address = await listening(server, config.listen, config.tls ? "https" : "http");
      if (config.tls && "setSecureContext" in server)
        stopWatching = watchTls(
          config.tls,
          tlsCheckMs,
          (material) => {
            server.setSecureContext(material);
            world.log("info", "the webhook's certificate was read again");
          },
          (why) => world.log("warn", `the webhook's certificate changed but cannot be used, the former stays: ${why}`),
        );
      if (config.insecure && !config.token_required && !config.tls?.client_ca_file)
        world.log("warn", `${address} takes audit events from anybody who reaches it (\`insecure: true\`)`);
      health = { ...health, state: "running" };
    },
    async stop() {
      stopping = true;
      stopWatching();
      for (const response of open) response.shouldKeepAlive = false;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const timer = setTimeout(() => server.closeAllConnections(), stopMs);
      await closed;
      clearTimeout(timer);
      // Bodies that broke off have nobody who waits for them; they are kept all the same, where the disk answers.
      const kept = Promise.all(atWork);
      await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, lastKeepMs).unref())]);
      health = { ...health, state: "stopped" };
    },
    health: () => health,
    get address() {
      return address;
    },
    also:
      beside === undefined
        ? []
        : [
            {
              ...{ name: beside, type: "falco", health: () => ({ ...health, lastBatchAt: lastAlertAt }) },
              get address() {
                return address;
              },
            },
          ],
  };

  function take(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) {
    open.add(response);
    // A sender that hung up before its answer; its body was kept or cut all the same.
    response.on("error", (error) => world.log("info", `a sender hung up: ${error.message}`));
    response.on("close", () => {
      open.delete(response);
      if (stopping) server.closeIdleConnections();
    });
    const work = handle(request, response, expectsContinue)
      .catch((error) => {
        // A bug of ours; the sender keeps its batch and comes again.
        world.log("error", `the webhook failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
        refuse(request, response, 503, "could not be kept\n", { "retry-after": "30" });
      })
      .finally(() => atWork.delete(work));
    atWork.add(work);
  }

  async function handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    if (stopping) response.shouldKeepAlive = false;
    // A client that does not wait to be told to go on might send its body or not: such a connection ends.
    if (expectsContinue) response.shouldKeepAlive = false;
    const target = targetOf(request.url ?? "/");
    const { method } = request;
    const where = takes === "alerts" ? "post Falco's alerts to /falco" : "post audit events to /k8s_audit";
    if (target.kind === "nothing" || (takes === "alerts" && target.kind === "batches"))
      return refuse(request, response, 404, `${where}\n`);
    if (target.kind === "health") {
      if (method === "GET" || method === "HEAD") return answer(response, 200, "ok\n");
      return refuse(request, response, 405, "GET or HEAD\n", { allow: "GET, HEAD" });
    }
    if (method !== "POST") return refuse(request, response, 405, "POST\n", { allow: "POST" });

    const sender = await senderOf(request, target.cluster);
    if ("refused" in sender) {
      rejected("unauthorized", "");
      return refuse(request, response, 401, `${sender.refused}\n`, { "www-authenticate": 'Bearer realm="tiercel"' });
    }
    const declared = Number(request.headers["content-length"] ?? 0);
    const { cluster } = sender;
    if (declared > config.max_body_bytes) return tooLarge(request, response, cluster);
    if (atWork.size > config.max_concurrent_requests || !space.fits(declared))
      return overloaded(request, response, cluster);

    if (expectsContinue) response.writeContinue();
    const reading = reception(request, config.max_body_bytes, space);
    receiving.set(request.socket, reading);
    request.setTimeout(stallMs, () => reading.end("slowness"));
    let unpackedBytes = 0;
    try {
      const received = await reading.done;
      if (received.kind === "too-large") return tooLarge(request, response, cluster);
      if (received.kind === "overloaded") return overloaded(request, response, cluster);
      const body = await unpacked(received.body, request.headers["content-encoding"], config.max_body_bytes);
      if (body === "too-large") return tooLarge(request, response, cluster);
      if (body !== received.body) {
        // Both together might be more than ever fits, though the body alone is not too large.
        reading.giveBack();
        if (!space.take(body.length)) return overloaded(request, response, cluster);
        unpackedBytes = body.length;
      }
      const source = (target.kind === "alerts" ? beside : undefined) ?? world.name;
      await keep(request, response, { ...sender, source }, body, received.kind === "cut" ? received.by : undefined);
    } finally {
      if (receiving.get(request.socket) === reading) receiving.delete(request.socket);
      reading.giveBack();
      space.give(unpackedBytes);
    }
  }

  async function keep(
    request: IncomingMessage,
    response: ServerResponse,
    { cluster, assumed, source }: { readonly cluster: string; readonly assumed: boolean; readonly source: string },
    body: Buffer,
    cut: Ending | "break" | undefined,
  ): Promise<void> {
    if (cut) {
      rejected("cut", cluster);
      response.shouldKeepAlive = false;
      if (body.length === 0 && cut === "break") return;
    }
    const began = performance.now();
    const receivedAt = world.now();
    let late = false;
    const hold = setTimeout(() => {
      late = true;
      rejected("slow", cluster);
      refuse(request, response, 503, "the disk is slow\n", { "retry-after": "30" });
    }, holdMs);
    try {
      await world.deliver({ source, cluster, assumed, receivedAt, body, ...(cut && { cut: true }) });
      health = { state: "running", lastBatchAt: source === world.name ? receivedAt : health.lastBatchAt };
      if (source !== world.name) lastAlertAt = receivedAt;
      if (!assumed) await guests.came(cluster);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      rejected(error.kind, cluster);
      if (error.kind !== "stopping") health = { ...health, state: "failing", why: error.message };
      if (!late) refuse(request, response, 503, `${error.message}\n`, { "retry-after": "30" });
      return;
    } finally {
      clearTimeout(hold);
    }
    world.signals.observe("tiercel_ingest_ack_seconds", (performance.now() - began) / 1000);
    if (late) return;
    // Half a close leaves somebody who can read: what came is kept, so it need not come again. A transfer in disorder
    // or at a standstill may succeed when it is tried again.
    if (cut === "disorder") return answer(response, 400, "the body's chunks are in disorder\n");
    if (cut === "slowness") return answer(response, 408, "the body stood still\n");
    answer(response, 200, "{}\n");
  }

  /** The parser's complaints. Amid a body they end that body; before one there is nobody to know by name. */
  function clientError(error: Error & { code?: string; rawPacket?: Buffer }, socket: Duplex) {
    // TLS spoken to a server of plain HTTP.
    if (error.rawPacket?.[0] === tlsHandshake) rejected("tls", "");
    const reading = receiving.get(socket);
    if (reading) {
      const timeout = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
      reading.end(timeout ? "slowness" : error.code === "HPE_INVALID_EOF_STATE" ? "end" : "disorder");
      return;
    }
    const status = {
      ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
      HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
    };
    const line = status[error.code as keyof typeof status] ?? "400 Bad Request";
    if (!socket.writable || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    socket.end(`HTTP/1.1 ${line}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    // Who does not hang up by himself is hung up on.
    const timer = setTimeout(() => socket.destroy(), hangUpMs);
    socket.once("close", () => clearTimeout(timer));
  }

  function tooLarge(request: IncomingMessage, response: ServerResponse, cluster: string) {
    rejected("too-large", cluster);
    response.shouldKeepAlive = false;
    refuse(request, response, 413, `a body may have ${config.max_body_bytes} bytes (max_body_bytes)\n`);
  }

  function overloaded(request: IncomingMessage, response: ServerResponse, cluster: string) {
    rejected("overloaded", cluster);
    refuse(request, response, 503, "too much at once\n", { "retry-after": "30" });
  }

  /** Strangers could make labels without end: only whom we let in is told by cluster. */
  function rejected(reason: string, cluster: string) {
    world.signals.count("tiercel_ingest_rejected_total", { source: world.name, cluster, reason });
  }
}

function tlsOptions(files: NonNullable<WebhookConfig["tls"]>) {
  const { print: _, ...material } = tlsMaterial(files);
  return { ...material, requestCert: material.ca !== undefined, rejectUnauthorized: material.ca !== undefined };
}

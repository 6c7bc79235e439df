/** The admission source: reviews of clusters whose API server cannot be configured, as emulated audit events. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import { admissionLayer } from "../../domain/foreign/admission.ts";
import { textAt } from "../../domain/foreign/layer.ts";
import { parseJson } from "../../domain/json.ts";
import { type Source, type SourceHealth, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { listening } from "../listening.ts";
import { newcomers } from "../newcomers.ts";
import { reception, room } from "../webhook-body.ts";
import { defaultCluster } from "../webhook-config.ts";
import { isClusterName } from "../webhook-path.ts";
import { type Authorities, authorities } from "./authorities.ts";
import { certificate } from "./certificate.ts";
import { type AdmissionConfig, admissionConfig } from "./config.ts";
import { seenDeletes } from "./deletes.ts";
import { admissionFacts } from "./facts.ts";
import { type Printed, printedRights, printedWebhook } from "./printed.ts";
import { registrationWatch } from "./registration-watch.ts";
import { waiting } from "./waiting.ts";

export const admission = sourceKind({
  type: "admission",
  config: admissionConfig,
  facts: admissionFacts,
  open: (config, world) => admissionSource(config, world),
});

/** An API server sends objects of at most 3 MiB, old and new. */
const maxBodyBytes = 16 * 1024 ** 2;
const maxReceivedBytes = 256 * 1024 ** 2;
const stopMs = 10_000;

interface Admitted {
  readonly cluster: string;
}

function admissionSource(config: AdmissionConfig, world: SourceWorld): Source {
  const space = room(maxReceivedBytes, () => {});
  const isSecond = seenDeletes();
  const stopping = new AbortController();
  const guests = newcomers(world);
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
  let lost = 0;
  let signers: Authorities | undefined;
  let address: string | undefined;
  let stopReplacing = () => {};
  const server = createServer({ ALPNProtocols: ["http/1.1"], keepAliveTimeout: 150_000 });
  server.on("request", (request, response) => {
    handle(request, response).catch((error) => {
      world.log("error", `the admission webhook failed: ${error instanceof Error ? error.stack : error}`);
      answer(response, 500, "a bug of Tiercel's\n");
    });
  });

  const line = waiting({
    maxBytes: config.max_waiting_bytes,
    async pause(millis) {
      if (!stopping.signal.aborted) await wait(millis, undefined, { signal: stopping.signal }).catch(() => {});
      return !stopping.signal.aborted;
    },
    async deliver(cluster, body) {
      const receivedAt = world.now();
      await world.deliver({ source: world.name, cluster, receivedAt, body });
      health = { ...health, lastBatchAt: receivedAt };
      await guests.came(cluster);
    },
    trouble(why) {
      if (why !== undefined) {
        health = { ...health, state: "failing", why };
        world.signals.count("tiercel_source_errors_total", { source: world.name });
      } else health = { state: "running", lastBatchAt: health.lastBatchAt, ...(lost > 0 && { why: lostWords() }) };
    },
  });

  const registered = registrationWatch({
    ...{ config, world, known: guests.known },
    trust: () => ({ bundle: signers?.bundle() ?? "", gone: signers?.gone() ?? [] }),
  });

  const lostWords = () => `${lost} admission reviews since the start were let through unseen`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "https://any");
    if (url.pathname === "/healthz") return answer(response, 200, "ok\n");
    const [, path, named, token] =
      /^\/(k8s[_-]admission|webhook\.yaml|rbac\.yaml)(?:\/([^/]+))?(?:\/([^/]+))?\/?$/.exec(url.pathname) ?? [];
    if (path === undefined) return answer(response, 404, "admission reviews go to /k8s_admission\n");
    if (path === "webhook.yaml") return print(response, printedWebhook(url, config, signers?.bundle() ?? ""));
    if (path === "rbac.yaml") return print(response, printedRights(url, config));
    if (request.method !== "POST") return answer(response, 405, "POST\n");
    const admitted = await admit(request, named, token);
    if (admitted === undefined) {
      world.signals.count("tiercel_ingest_rejected_total", { source: world.name, cluster: "", reason: "unauthorized" });
      return answer(response, 401, "nobody's token, another cluster's, or one cluster too many\n");
    }
    const at = world.now();
    const reading = reception(request, maxBodyBytes, space);
    try {
      const received = await reading.done;
      if (received.kind === "cut") return answer(response, 400, "the review broke off\n");
      if (received.kind !== "whole") return letThrough(response, admitted, received.kind);
      await review(received.body, admitted.cluster, at, response);
    } finally {
      reading.giveBack();
    }
  }

  async function review(body: Buffer, cluster: string, at: Date, response: ServerResponse): Promise<void> {
    const text = body.toString();
    const parsed = parseJson(text);
    const value = parsed.ok ? parsed.value : undefined;
    if (value !== undefined && isSecond(value, at.getTime())) {
      world.signals.count("tiercel_ingest_doubles_total", { source: world.name, cluster });
      return allow(response, value.member("request") && textAt(value, "request", "uid"), textAt(value, "apiVersion"));
    }
    const layer = value && admissionLayer(value, micros(at));
    // What is no review is kept as it came; the decoder will say what is wrong with it.
    const kept = line.add(cluster, layer?.kind === "text" ? layer.text : text.replaceAll("\n", " "));
    if (kept === undefined)
      return letThrough(
        response,
        { cluster },
        "overloaded",
        value && textAt(value, "request", "uid"),
        value && textAt(value, "apiVersion"),
      );
    await Promise.race([kept, wait(config.answer_within_ms, undefined, { ref: false })]);
    allow(response, value && textAt(value, "request", "uid"), value && textAt(value, "apiVersion"));
  }

  /** We only look on: what we cannot take in goes its way, and that it was not seen is told. */
  function letThrough(response: ServerResponse, { cluster }: Admitted, reason: string, uid?: string, version?: string) {
    lost++;
    world.signals.count("tiercel_ingest_rejected_total", { source: world.name, cluster, reason });
    world.blind?.({ cluster, kind: "lost", why: `admission reviews were let through unseen (${reason})`, count: 1 });
    health = { ...health, state: "failing", why: `${lostWords()} (${reason})` };
    allow(response, uid, version);
  }

  /** They were answered long ago, and will not come again. */
  function unkept(cluster: string, count: number): void {
    const why = "admission reviews were let through, and could not be kept before the end";
    world.log("error", `${count} ${why} (cluster ${cluster})`);
    world.blind?.({ cluster, kind: "lost", why, count });
  }

  async function admit(
    request: IncomingMessage,
    named: string | undefined,
    token: string | undefined,
  ): Promise<Admitted | undefined> {
    const cluster = named ?? defaultCluster;
    if (!isClusterName(cluster)) return undefined;
    if (!config.token_required) return (await guests.mayCome(cluster)) ? { cluster } : undefined;
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "") ?? [];
    const owner =
      (await world.clusters.tokenOwner(token ?? bearer ?? "")) ?? (await world.clusters.tokenOwner(fromHex(token)));
    if (owner?.role !== "ingest" || (owner.cluster !== null && owner.cluster !== cluster)) return undefined;
    return owner.cluster !== null || (await guests.mayCome(cluster)) ? { cluster } : undefined;
  }

  return {
    async start() {
      signers = await authorities(world.memory, world.now);
      stopReplacing = await certificate({
        ...{ config, world, signers, announce: registered.look },
        show: (material) => server.setSecureContext({ ...material }),
      });
      address = await listening(server, config.listen, "https");
      registered.start();
      health = { ...health, state: "running" };
    },
    async stop() {
      stopReplacing();
      registered.stop();
      server.closeIdleConnections();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const [cluster, count] of await line.drain(stopMs)) unkept(cluster, count);
      stopping.abort();
      server.closeAllConnections();
      await closed;
      health = { ...health, state: "stopped" };
    },
    health: () => registered.told(health),
    get address() {
      return address;
    },
  };
}

/** The text whose bytes are written in hexadecimal; empty where that is not what it is. */
const fromHex = (text = ""): string => (/^([0-9a-f]{2})+$/.test(text) ? Buffer.from(text, "hex").toString() : "");

/** API servers take an answer for theirs by the uid alone, in the version they asked in. */
function allow(response: ServerResponse, uid = "", apiVersion = "admission.k8s.io/v1"): void {
  const review = { apiVersion, kind: "AdmissionReview", response: { uid, allowed: true } };
  answer(response, 200, JSON.stringify(review), "application/json");
}

function answer(response: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function print(response: ServerResponse, printed: Printed): void {
  if ("wrong" in printed) answer(response, 400, printed.wrong);
  else answer(response, 200, printed.yaml, "application/yaml");
}

/** As API servers write times: six digits. */
function micros(at: Date): string {
  return at.toISOString().replace("Z", "000Z");
}

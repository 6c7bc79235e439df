/** The admission source: reviews of clusters whose API server cannot be configured, as emulated audit events. */

import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import { admissionLayer } from "../../domain/foreign/admission.ts";
import { textAt } from "../../domain/foreign/layer.ts";
import { parseJson } from "../../domain/json.ts";
import { type Source, type SourceHealth, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { listening } from "../listening.ts";
import { reception, room } from "../webhook-body.ts";
import { defaultCluster } from "../webhook-config.ts";
import { isClusterName } from "../webhook-path.ts";
import { tlsMaterial, watchTls } from "../webhook-tls.ts";
import { type AdmissionConfig, admissionConfig } from "./config.ts";
import { seenDeletes } from "./deletes.ts";
import { admissionFacts } from "./facts.ts";
import { keptBundle, ownApiServer } from "./registration.ts";
import { waiting } from "./waiting.ts";
import { rbacYaml, webhookYaml } from "./webhook-yaml.ts";

export const admission = sourceKind({
  type: "admission",
  doc: "Takes AdmissionReviews at `/k8s_admission` or `/k8s-admission`, with `/<cluster>` behind, always allows, and makes audit events of them. It sees no reads, no refusals, no source addresses.",
  config: admissionConfig,
  facts: admissionFacts,
  open: (config, world) => admissionSource(config, world),
});

/** An API server sends objects of at most 3 MiB, old and new. */
const maxBodyBytes = 16 * 1024 ** 2;
const maxReceivedBytes = 256 * 1024 ** 2;
const tlsCheckMs = 10_000;
const renewCheckMs = 24 * 3_600_000;
const stopMs = 10_000;
/** How often our registration is looked at. */
const lookMs = 5 * 60_000;

interface Admitted {
  readonly cluster: string;
}

function admissionSource(config: AdmissionConfig, world: SourceWorld): Source {
  const space = room(maxReceivedBytes, () => {});
  const isSecond = seenDeletes();
  const stopping = new AbortController();
  const known = new Set<string>();
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
  let lost = 0;
  let ca = "";
  let address: string | undefined;
  let stopWatching = () => {};
  let looking: NodeJS.Timeout | undefined;
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
      if (known.has(cluster)) return;
      await world.clusters.register(cluster);
      known.add(cluster);
    },
    trouble(why) {
      if (why !== undefined) {
        health = { ...health, state: "failing", why };
        world.signals.count("tiercel_source_errors_total", { source: world.name });
      } else health = { state: "running", lastBatchAt: health.lastBatchAt, ...(lost > 0 && { why: lostWords() }) };
    },
  });

  /** What is wrong with our registration, where it can be looked at. */
  let unregistered: { readonly why: string; readonly failing: boolean } | undefined;
  let wasRegistered = false;

  async function look(): Promise<void> {
    const api = config.api_server ?? ownApiServer(process.env);
    if (api === undefined) return;
    const name = config.registration;
    const found = await keptBundle(api, name, ca);
    if (found.kind === "mended") world.log("info", `the caBundle of ${name} is ours again`);
    if (found.kind === "right" || found.kind === "mended") {
      wasRegistered = true;
      unregistered = undefined;
      return;
    }
    const why = "why" in found ? found.why : `there is no ValidatingWebhookConfiguration ${name}`;
    if (unregistered?.why !== why) world.log("warn", why);
    unregistered = { why, failing: found.kind === "wrong" || (found.kind === "absent" && wasRegistered) };
    // No review tells of it: API servers ask no webhook about webhooks.
    if (found.kind === "absent" && wasRegistered)
      for (const cluster of known)
        world.blind?.({ cluster, kind: "gap", why: `the ValidatingWebhookConfiguration ${name} was removed` });
  }

  function told(): SourceHealth {
    if (unregistered === undefined || health.state !== "running") return health;
    const { why, failing } = unregistered;
    return { ...health, state: failing ? "failing" : "running", why: health.why ?? why };
  }

  const lostWords = () => `${lost} admission reviews since the start were let through unseen`;

  async function secured(): Promise<void> {
    if (config.tls) {
      const { print: _, ...material } = tlsMaterial(config.tls);
      const caFile = config.tls.ca_file ?? config.tls.cert_file;
      ca = readFileSync(caFile, "utf8");
      server.setSecureContext({ ...material });
      stopWatching = watchTls(
        config.tls,
        tlsCheckMs,
        (changed) => {
          server.setSecureContext(changed);
          ca = readFileSync(caFile, "utf8");
          void look();
        },
        (why) => world.log("warn", `the admission webhook's certificate cannot be used, the former stays: ${why}`),
      );
      return;
    }
    // Loaded where it is needed: it takes a while.
    const { ownCertificate } = await import("./own-certificate.ts");
    const renew = async () => {
      const own = await ownCertificate(config.names, world.memory, world.now());
      ca = own.ca;
      server.setSecureContext({ cert: own.cert, key: own.key, minVersion: "TLSv1.2" });
    };
    await renew();
    const timer = setInterval(() => {
      renew().catch((error) =>
        world.log("error", `the admission webhook's certificate could not be renewed: ${error}`),
      );
    }, renewCheckMs).unref();
    stopWatching = () => clearInterval(timer);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "https://any");
    if (url.pathname === "/healthz") return answer(response, 200, "ok\n");
    const [, path, named, token] =
      /^\/(k8s[_-]admission|webhook\.yaml|rbac\.yaml)(?:\/([^/]+))?(?:\/([^/]+))?\/?$/.exec(url.pathname) ?? [];
    if (path === undefined) return answer(response, 404, "admission reviews go to /k8s_admission\n");
    if (path === "webhook.yaml") return registration(url, response);
    if (path === "rbac.yaml") return rights(url, response);
    if (request.method !== "POST") return answer(response, 405, "POST\n");
    const admitted = await admit(request, named, token);
    if (admitted === undefined) {
      world.signals.count("tiercel_ingest_rejected_total", { source: world.name, cluster: "", reason: "unauthorized" });
      return answer(response, 401, "nobody's token, or another cluster's\n");
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

  async function admit(
    request: IncomingMessage,
    named: string | undefined,
    token: string | undefined,
  ): Promise<Admitted | undefined> {
    const cluster = named ?? defaultCluster;
    if (!isClusterName(cluster)) return undefined;
    if (!config.token_required) return { cluster };
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "") ?? [];
    const owner =
      (await world.clusters.tokenOwner(token ?? bearer ?? "")) ?? (await world.clusters.tokenOwner(fromHex(token)));
    if (owner?.role !== "ingest" || (owner.cluster !== null && owner.cluster !== cluster)) return undefined;
    return { cluster };
  }

  function registration(url: URL, response: ServerResponse): void {
    const told = (name: string) => url.searchParams.get(name) ?? undefined;
    const cluster = told("cluster") ?? defaultCluster;
    const service = told("service") ?? "tiercel/tiercel-admission";
    const timeoutSeconds = Number(told("timeout") ?? 5);
    if (
      !isClusterName(cluster) ||
      !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(service) ||
      !(timeoutSeconds >= 1 && timeoutSeconds <= 30)
    ) {
      answer(
        response,
        400,
        "ask for ?cluster=NAME&service=NAMESPACE/NAME, or &url=https://HOST:PORT, &timeout=1…30, &kubernetes=1.30, &serviceaccount=NAME\n",
      );
      return;
    }
    const address = told("url");
    if (address === undefined && !/^[a-z0-9.-]+$/.test(cluster)) {
      answer(
        response,
        400,
        "an API server takes no such cluster name in a Service's path: use &url=https://HOST:PORT\n",
      );
      return;
    }
    const target = address === undefined ? { service } : { url: address };
    const account = told("serviceaccount") ?? "tiercel";
    const kubernetes = told("kubernetes");
    const path = address === undefined ? servicePath(cluster) : urlPath(cluster);
    answer(
      response,
      200,
      webhookYaml({ name: config.registration, target, path, ca, timeoutSeconds, account, kubernetes }),
      "application/yaml",
    );
  }

  function rights(url: URL, response: ServerResponse): void {
    const [namespace = "", account = ""] = (url.searchParams.get("serviceaccount") ?? "tiercel/tiercel").split("/");
    const isName = (text: string) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);
    if (!isName(namespace) || !isName(account)) answer(response, 400, "ask for ?serviceaccount=NAMESPACE/NAME\n");
    else answer(response, 200, rbacYaml({ registration: config.registration, namespace, account }), "application/yaml");
  }

  /** An API server refuses capitals and `_` in the path of a Service (validated as DNS names): the token goes in hexadecimal. */
  const servicePath = (cluster: string) => `/k8s-admission/${cluster}${config.token_required ? "/TOKEN-IN-HEX" : ""}`;
  const urlPath = (cluster: string) => `/k8s_admission/${cluster}${config.token_required ? "/TOKEN" : ""}`;

  return {
    async start() {
      await secured();
      address = await listening(server, config.listen, "https");
      void look();
      looking = setInterval(() => void look(), lookMs).unref();
      health = { ...health, state: "running" };
    },
    async stop() {
      stopWatching();
      clearInterval(looking);
      server.closeIdleConnections();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await line.drain(stopMs);
      stopping.abort();
      server.closeAllConnections();
      await closed;
      health = { ...health, state: "stopped" };
    },
    health: told,
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

/** As API servers write times: six digits. */
function micros(at: Date): string {
  return at.toISOString().replace("Z", "000Z");
}

/** The Pub/Sub push source: Google posts GKE's audit log entries to us, one a request. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Source, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { lineOf } from "../one-line.ts";
import { pushServer } from "../push-server.ts";
import { heldHealth } from "../source-health.ts";
import { reception, room } from "../webhook-body.ts";
import { clusterOption, defaultCluster } from "../webhook-config.ts";
import { isClusterName } from "../webhook-path.ts";
import { type PubSubPushConfig, pubSubPushConfig } from "./config.ts";
import { pubSubPushFacts } from "./facts.ts";
import { pushedOf } from "./message.ts";
import { tokenCheck } from "./token.ts";

export const pubSubPush = sourceKind({
  type: "pubsub-push",
  config: pubSubPushConfig,
  facts: pubSubPushFacts,
  open: (config, world) => pubSubPushSource(config, world),
});

const maxReceivedBytes = 512 * 1024 ** 2;

function pubSubPushSource(config: PubSubPushConfig, world: SourceWorld): Source {
  const space = room(maxReceivedBytes, () => {});
  const health = heldHealth(world);
  const check = tokenCheck(config);
  let address: string | undefined;
  const server = pushServer({
    ...{ listen: config.listen, tls: config.tls, what: "the Pub/Sub push endpoint", log: world.log, handle },
    broken: (response) => answer(response, 500, "a bug of Tiercel's"),
  });

  /** Any status of the 200s acknowledges; after any other Pub/Sub comes again, ever more slowly. */
  function answer(response: ServerResponse, status: number, words = ""): void {
    response.writeHead(status, { "content-type": "text/plain" }).end(words);
  }

  function refuse(response: ServerResponse, status: number, reason: string, words: string): void {
    world.signals.count("tiercel_ingest_rejected_total", { source: world.name, cluster: "", reason });
    // A body that is not waited for: the connection ends with the answer.
    response.setHeader("connection", "close");
    answer(response, status, words);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://any");
    if (pathname === "/healthz") return void response.end("ok\n");
    const [, named, isOurs] = /^(?=\/pubsub(?:\/([^/]+))?\/?$)(.)/.exec(pathname) ?? [];
    if (isOurs === undefined || (named !== undefined && !isClusterName(named)))
      return answer(response, 404, "pushes go to /pubsub or /pubsub/CLUSTER");
    if (request.method !== "POST") return answer(response, 405, "POST");
    const checked = await check(request.headers.authorization);
    if (checked.kind === "refused") return refuse(response, 401, "unauthorized", checked.why);
    if (checked.kind === "unknown") {
      health.fails(checked.why);
      return refuse(response, 503, "unauthorized", "who sends cannot be checked now");
    }
    const at = world.now();
    const reading = reception(request, config.max_body_bytes, space);
    try {
      const received = await reading.done;
      if (received.kind === "too-large")
        return refuse(response, 413, "too-large", `more than ${config.max_body_bytes} bytes`);
      if (received.kind === "overloaded") return refuse(response, 503, "overloaded", "too much at once");
      if (received.kind === "cut") return refuse(response, 400, "cut", "the request broke off");
      await keep(received.body, named, at, request, response);
    } finally {
      reading.giveBack();
    }
  }

  async function keep(
    body: Buffer,
    named: string | undefined,
    receivedAt: Date,
    { headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { data, subscription } = pushedOf(body, headers);
    const told = config.cluster ?? named;
    const assumed = told === undefined;
    const cluster = told ?? clusterOption.safeParse(subscription).data ?? defaultCluster;
    try {
      await world.deliver({ source: world.name, cluster, assumed, receivedAt, body: lineOf(data) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      health.fails(why);
      return refuse(response, 503, "not-kept", why);
    }
    health.kept(receivedAt);
    if (!assumed) await world.clusters.register(cluster);
    answer(response, 204);
  }

  return {
    async start() {
      address = await server.start();
      health.runs();
    },
    async stop() {
      await server.stop();
      health.stopped();
    },
    health: health.told,
    get address() {
      return address;
    },
  };
}

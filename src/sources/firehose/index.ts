/** The Firehose source: CloudWatch Logs pushes EKS' audit log through Amazon Data Firehose to us. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Source, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { newcomers } from "../newcomers.ts";
import { pushServer } from "../push-server.ts";
import { heldHealth } from "../source-health.ts";
import { reception, room } from "../webhook-body.ts";
import { defaultCluster } from "../webhook-config.ts";
import { isClusterName } from "../webhook-path.ts";
import { type FirehoseConfig, firehoseConfig } from "./config.ts";
import { firehoseFacts } from "./facts.ts";
import { deliveryOf } from "./request.ts";

export const firehose = sourceKind({
  type: "firehose",
  config: firehoseConfig,
  facts: firehoseFacts,
  open: (config, world) => firehoseSource(config, world),
});

function firehoseSource(config: FirehoseConfig, world: SourceWorld): Source {
  const space = room(config.max_in_flight_bytes, () => {});
  const health = heldHealth(world);
  const guests = newcomers(world);
  let address: string | undefined;
  const server = pushServer({
    ...{ listen: config.listen, tls: config.tls, what: "the Firehose endpoint", log: world.log, handle },
    broken: (response) => answer(response, 500, "", "a bug of Tiercel's"),
  });

  /** Firehose tries again until it is answered 200 with its own request's id. */
  function answer(response: ServerResponse, status: number, requestId: string, errorMessage?: string): void {
    const said = {
      requestId,
      timestamp: world.now().getTime(),
      ...(errorMessage === undefined ? {} : { errorMessage }),
    };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(said));
  }

  function refuse(response: ServerResponse, status: number, requestId: string, reason: string, words: string): void {
    world.signals.count("tiercel_ingest_rejected_total", { source: world.name, cluster: "", reason });
    answer(response, status, requestId, words);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://any");
    const id = String(request.headers["x-amz-firehose-request-id"] ?? "");
    if (pathname === "/healthz") return void response.end("ok\n");
    const [, named, isOurs] = /^(?=\/firehose(?:\/([^/]+))?\/?$)(.)/.exec(pathname) ?? [];
    if (isOurs === undefined) return answer(response, 404, id, "deliveries go to /firehose/CLUSTER");
    if (request.method !== "POST") return answer(response, 405, id, "POST");
    const whose = await whoseIs(request, named);
    if (whose === undefined)
      return refuse(response, 401, id, "unauthorized", "nobody's access key, or another cluster's");
    const at = world.now();
    const reading = reception(request, config.max_body_bytes, space);
    try {
      const received = await reading.done;
      if (received.kind === "too-large")
        return refuse(response, 413, id, "too-large", `more than ${config.max_body_bytes} bytes`);
      if (received.kind === "overloaded") return refuse(response, 503, id, "overloaded", "too much at once");
      if (received.kind === "cut") return answer(response, 400, id, "the request broke off");
      await keep(received.body, whose, at, id, response);
    } finally {
      reading.giveBack();
    }
  }

  async function keep(
    body: Buffer,
    { cluster, assumed }: Whose,
    receivedAt: Date,
    id: string,
    response: ServerResponse,
  ): Promise<void> {
    const delivery = await deliveryOf(body, config.max_body_bytes);
    if (!delivery.ok)
      return refuse(
        response,
        delivery.tooLarge ? 413 : 400,
        delivery.requestId || id,
        delivery.tooLarge ? "too-large" : "unreadable",
        delivery.why,
      );
    try {
      if (delivery.records > 0)
        await world.deliver({ source: world.name, cluster, assumed, receivedAt, body: delivery.body });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      health.fails(why);
      return refuse(response, 503, delivery.requestId || id, "not-kept", why);
    }
    health.kept(receivedAt);
    if (!assumed) await guests.came(cluster);
    answer(response, 200, delivery.requestId || id);
  }

  /** Undefined where who sends may not. */
  async function whoseIs(request: IncomingMessage, named: string | undefined): Promise<Whose | undefined> {
    const told = config.cluster ?? named;
    if (told !== undefined && !isClusterName(told)) return undefined;
    if (told !== undefined && told !== config.cluster && !(await guests.mayCome(told))) return undefined;
    if (!config.key_required) return whoseOf(told);
    const key = String(request.headers["x-amz-firehose-access-key"] ?? "");
    const owner = key === "" ? undefined : await world.clusters.tokenOwner(key);
    if (owner?.role !== "ingest") return undefined;
    if (owner.cluster !== null && told !== undefined && owner.cluster !== told) return undefined;
    return whoseOf(told ?? owner.cluster ?? undefined);
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

/** `assumed`: nobody said which cluster it is; the log group that CloudWatch names beside the events does. */
interface Whose {
  readonly cluster: string;
  readonly assumed: boolean;
}

const whoseOf = (told: string | undefined): Whose => ({ cluster: told ?? defaultCluster, assumed: told === undefined });

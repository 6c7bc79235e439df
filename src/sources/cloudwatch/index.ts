/** The CloudWatch source: EKS writes its audit events there and nowhere else (reference 03 §2.2). */
import type { CloudWatchLogsClient, FilteredLogEvent, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type Source, type SourceHealth, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { backOff, pause } from "../back-off.ts";
import { type CloudWatchConfig, cloudWatchConfig } from "./config.ts";
import { Cursor } from "./cursor.ts";

export const cloudWatch = sourceKind({
  type: "cloudwatch",
  doc: "Reads an EKS cluster's audit events from CloudWatch Logs. Credentials are those of the AWS SDK's own chain: Pod Identity, IRSA, the environment. Needs `logs:FilterLogEvents` on the log group.",
  config: cloudWatchConfig,
  open: (config, world) => cloudWatchSource(config, world),
});

/** `kube-apiserver-` alone would bring the API server's own log too. */
const streamPrefix = "kube-apiserver-audit-";
const firstRetryMs = 1000;
const lastRetryMs = 120_000;
const memoryKey = "cursor";

function cloudWatchSource(config: CloudWatchConfig, world: SourceWorld): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  const cluster = config.cluster ?? config.eks_cluster;
  const logGroupName = config.log_group ?? `/aws/eks/${config.eks_cluster}/cluster`;
  let health: SourceHealth = { state: "starting", lastBatchAt: null };
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    // Loaded where it is needed: nobody else waits for it.
    const { CloudWatchLogsClient, FilterLogEventsCommand: Command } = await import("@aws-sdk/client-cloudwatch-logs");
    const { region, endpoint } = config;
    const client = new CloudWatchLogsClient({
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint }),
      maxAttempts: 2,
    });
    try {
      const failing = backOff({ firstMs: firstRetryMs, lastMs: lastRetryMs, signal });
      while (!signal.aborted) {
        try {
          await poll(client, Command);
          health = { state: "running", lastBatchAt: health.lastBatchAt };
          failing.reset();
          await pause(config.poll_interval_secs * 1000, signal);
        } catch (error) {
          if (signal.aborted) break;
          fail(error);
          await failing.wait();
        }
      }
    } finally {
      client.destroy();
    }
  }

  /** One walk from the overlap's beginning to now. A page may be empty and not the last. */
  async function poll(client: CloudWatchLogsClient, Command: typeof FilterLogEventsCommand): Promise<void> {
    const kept = await world.memory.get(memoryKey);
    const begin = config.begin === "now" ? world.now().getTime() : Date.parse(config.begin);
    const cursor = new Cursor(begin, config.overlap_secs * 1000, kept);
    // Without one, a source that fails until tomorrow would begin with tomorrow.
    if (kept === undefined) await world.memory.set(memoryKey, cursor.text());
    const startTime = kept === undefined ? begin : cursor.from;
    const endTime = world.now().getTime();
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new Command({
          logGroupName,
          logStreamNamePrefix: streamPrefix,
          startTime,
          endTime,
          ...(config.filter_pattern !== undefined && { filterPattern: config.filter_pattern }),
          ...(nextToken !== undefined && { nextToken }),
        }),
        { abortSignal: signal },
      );
      nextToken = page.nextToken;
      if (await delivered(page.events ?? [], cursor)) await world.memory.set(memoryKey, cursor.text());
    } while (nextToken !== undefined && !signal.aborted);
  }

  /** Whether a page held anything new. The cursor moves when it is kept. */
  async function delivered(events: readonly FilteredLogEvent[], cursor: Cursor): Promise<boolean> {
    const fresh = new Map<string, FilteredLogEvent>();
    for (const event of events) {
      const { eventId, logStreamName = streamPrefix } = event;
      // What stands in for CloudWatch elsewhere may know no prefixes.
      if (eventId === undefined || cursor.has(eventId) || !logStreamName.startsWith(streamPrefix)) continue;
      fresh.set(eventId, event);
    }
    if (fresh.size === 0) return false;
    const messages = [...fresh.values()].map(({ message = "" }) => message.trim());
    const receivedAt = world.now();
    await world.deliver({ source: world.name, cluster, receivedAt, body: Buffer.from(`${messages.join("\n")}\n`) });
    health = { state: "running", lastBatchAt: receivedAt };
    await world.clusters.register(cluster);
    for (const [id, { timestamp = 0 }] of fresh) cursor.add(id, timestamp);
    return true;
  }

  function fail(error: unknown): void {
    const why = `${logGroupName}: ${wordsOf(error)}`;
    if (health.why !== why) world.log("error", why);
    health = { state: "failing", why, lastBatchAt: health.lastBatchAt };
    world.signals.count("tiercel_source_errors_total", { source: world.name });
  }

  return {
    async start() {
      running = run().catch((error) => {
        // A region that is nowhere told, a package that is not there.
        health = { state: "failing", why: wordsOf(error), lastBatchAt: null };
        world.log("error", `source ${world.name} has stopped: ${wordsOf(error)}`);
      });
    },
    async stop() {
      stopping.abort();
      await running;
      health = { ...health, state: "stopped" };
    },
    health: () => health,
  };
}

const remedies: Readonly<Record<string, string>> = {
  ResourceNotFoundException:
    'there is no such log group; turn audit logging on: `aws eks update-cluster-config --name NAME --logging \'{"clusterLogging":[{"types":["audit"],"enabled":true}]}\'`',
  AccessDeniedException: "grant `logs:FilterLogEvents` on it",
  CredentialsProviderError: "give the pod a role (Pod Identity or IRSA), or set AWS_ACCESS_KEY_ID",
  ExpiredTokenException: "the credentials have expired and were not renewed",
};

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const remedy = remedies[error.name];
  const said = error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
  return remedy === undefined ? said : `${said} (${remedy})`;
}

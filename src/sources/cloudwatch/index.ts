/** The CloudWatch source: EKS writes its audit events there and nowhere else (reference 03 §2.2). */
import type { CloudWatchLogsClient, FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { type Source, type SourceWorld, sourceKind } from "../../domain/source.ts";
import { awsWords, type HeldClient, heldClient } from "../aws.ts";
import { backOff, pause } from "../back-off.ts";
import { type ReadEntry, ReadWindow } from "../read-window.ts";
import { heldHealth } from "../source-health.ts";
import { type CloudWatchConfig, cloudWatchConfig } from "./config.ts";
import { cloudWatchFacts } from "./facts.ts";
import { type LogEvent, lineOf } from "./lines.ts";
import { followLiveTail, type LiveTail } from "./live-tail.ts";
import { Reread } from "./reread.ts";

export const cloudWatch = sourceKind({
  type: "cloudwatch",
  config: cloudWatchConfig,
  facts: cloudWatchFacts,
  open: (config, world) => cloudWatchSource(config, world),
});

/** `kube-apiserver-` alone would bring the API server's own log too. */
const streamPrefix = "kube-apiserver-audit-";
const retryMs = { firstMs: 1000, lastMs: 120_000 };

type LogsClient = HeldClient<CloudWatchLogsClient>;

/** Milliseconds since 1970, both included. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

function cloudWatchSource(config: CloudWatchConfig, world: SourceWorld): Source {
  const stopping = new AbortController();
  const { signal } = stopping;
  const cluster = config.cluster ?? config.eks_cluster;
  const logGroupName = config.log_group ?? `/aws/eks/${config.eks_cluster}/cluster`;
  const health = heldHealth(world);
  let running: Promise<void> = Promise.resolve();
  let tailWhy: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** The tail and the poll keep one after the other: what one has kept the other knows. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const its = turn.then(work);
    turn = its.catch(() => {});
    return its;
  }

  async function run(): Promise<void> {
    // Loaded where it is needed: nobody else waits for it.
    const { CloudWatchLogsClient } = await import("@aws-sdk/client-cloudwatch-logs");
    const { region, endpoint, live_tail_endpoint: tailEndpoint = endpoint } = config;
    const clientAt = (address: string | undefined) =>
      heldClient(
        () =>
          new CloudWatchLogsClient({
            ...(region !== undefined && { region }),
            // AWS names the live tail's own host by a prefix, which another address knows nothing of.
            ...(address !== undefined && { endpoint: address, disableHostPrefix: true }),
            maxAttempts: 2,
          }),
      );
    const client = clientAt(endpoint);
    const tailClient = tailEndpoint === endpoint ? client : clientAt(tailEndpoint);
    const failing = backOff({ ...retryMs, signal });
    const overlapMs = config.overlap_secs * 1000;
    const reread = new Reread(config.reread_secs * 1000, overlapMs, millis());
    let window: ReadWindow | undefined;
    let tailing: Promise<void> | undefined;
    try {
      while (!signal.aborted) {
        try {
          window ??= await ReadWindow.open(beginOf(config, world), overlapMs, world.memory);
          if (config.live_tail) tailing ??= followLiveTail(tailInto(window, client, tailClient));
          await poll(client.now, window, reread);
          health.runs(tailWhy);
          failing.reset();
          await pause(config.poll_interval_secs * 1000, signal);
        } catch (error) {
          if (signal.aborted) break;
          client.failed(error);
          health.fails(`${logGroupName}: ${awsWords(error, remedies)}`);
          await failing.wait();
        }
      }
      await tailing;
    } finally {
      client.close();
      tailClient.close();
    }
  }

  /** Sooner than polling, which goes on beside it and moves the window alone: a tail may leave events out. */
  function tailInto(window: ReadWindow, client: LogsClient, tailClient: LogsClient): LiveTail {
    const labels = { source: world.name, cluster };
    return {
      ...{ client: () => client.now, tailClient: () => tailClient.now },
      ...{ logGroupName, streamPrefix, filterPattern: config.filter_pattern, signal },
      keep: (events) =>
        inTurn(async () => {
          const fresh = ours(events).filter((event) => !window.has(textId(event)));
          await keep(fresh);
          await window.mark(fresh.map((event) => [textId(event), event.timestamp ?? 0]));
        }),
      runs: (why) => tailTold(why === undefined ? undefined : `live tail: ${why}; polling brings the rest`),
      fails(error) {
        client.failed(error);
        if (tailClient !== client) tailClient.failed(error);
        world.signals.count("tiercel_source_errors_total", { source: world.name });
        tailTold(`live tail: ${awsWords(error, tailRemedies)}; polling goes on`);
      },
    };

    function tailTold(why: string | undefined): void {
      if (why !== undefined && why !== tailWhy) world.log("warn", `source ${world.name}: ${why}`);
      if (why !== undefined) world.signals.count("tiercel_source_tail_gaps_total", labels);
      tailWhy = why;
      if (health.told().state === "running") health.runs(why);
    }
  }

  /** From the overlap's beginning to now; and, when it is time, what lies before it, for what came later still. */
  async function poll(client: CloudWatchLogsClient, window: ReadWindow, reread: Reread): Promise<void> {
    const asked = { from: window.from, at: millis() };
    for await (const events of pages(client, { from: asked.from, to: asked.at })) {
      await inTurn(async () => {
        const fresh = events.filter(({ eventId = "" }) => !window.has(eventId));
        await keep(config.live_tail ? fresh.filter((event) => !window.has(textId(event))) : fresh);
        await window.keep(fresh.flatMap(marksOf), millis());
      });
    }
    if (signal.aborted) return;
    const before = reread.due(asked.at, asked.from);
    reread.asked(asked);
    if (before === undefined) return;
    for await (const events of pages(client, before)) {
      const late = events.filter((event) => reread.isLate(event) && !window.has(event.eventId ?? ""));
      await keep(late);
      if (late.length > 0)
        world.signals.count("tiercel_source_late_events_total", { source: world.name, cluster }, late.length);
    }
    reread.done(asked.at);
  }

  /** The audit streams' events, page by page, each once. A page may be empty and not the last. */
  async function* pages(client: CloudWatchLogsClient, { from, to }: Stretch): AsyncGenerator<FilteredLogEvent[]> {
    const { FilterLogEventsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new FilterLogEventsCommand({
          logGroupName,
          logStreamNamePrefix: streamPrefix,
          startTime: from,
          endTime: to,
          ...(config.filter_pattern !== undefined && { filterPattern: config.filter_pattern }),
          ...(nextToken !== undefined && { nextToken }),
        }),
        { abortSignal: signal },
      );
      nextToken = page.nextToken;
      const byId = new Map((page.events ?? []).map((event) => [event.eventId, event]));
      byId.delete(undefined);
      yield ours([...byId.values()]);
    } while (nextToken !== undefined && !signal.aborted);
  }

  async function keep(events: readonly LogEvent[]): Promise<void> {
    if (events.length === 0) return;
    const receivedAt = world.now();
    const body = Buffer.from(`${events.map(lineOf).join("\n")}\n`);
    await world.deliver({ source: world.name, cluster, receivedAt, body });
    health.kept(receivedAt);
    await world.clusters.register(cluster);
  }

  /** The tail may show later what polling has brought. */
  function marksOf(event: FilteredLogEvent): ReadEntry[] {
    const { eventId = "", timestamp = 0 } = event;
    return config.live_tail
      ? [
          [eventId, timestamp],
          [textId(event), timestamp],
        ]
      : [[eventId, timestamp]];
  }

  function millis(): number {
    return world.now().getTime();
  }

  return {
    async start() {
      // A region that is nowhere told, a package that is not there.
      running = run().catch((error) => health.fails(`it has stopped: ${awsWords(error, remedies)}`));
    },
    async stop() {
      stopping.abort();
      await running;
      health.stopped();
    },
    health: health.told,
  };
}

/** What stands in for CloudWatch elsewhere may know no prefixes. */
function ours<Event extends LogEvent>(events: readonly Event[]): Event[] {
  return events.filter(({ logStreamName = streamPrefix }) => logStreamName.startsWith(streamPrefix));
}

/** A live tail tells no event ids. Two events of one stream, moment and text are one event. */
function textId({ logStreamName, timestamp, message }: LogEvent): string {
  return JSON.stringify([logStreamName, timestamp, message]);
}

function beginOf({ begin }: CloudWatchConfig, { now }: SourceWorld): number {
  return begin === "now" ? now().getTime() : Date.parse(begin);
}

const remedies: Readonly<Record<string, string>> = {
  ResourceNotFoundException:
    'there is no such log group; turn audit logging on: `aws eks update-cluster-config --name NAME --logging \'{"clusterLogging":[{"types":["audit"],"enabled":true}]}\'`',
  AccessDeniedException: "grant `logs:FilterLogEvents` on it",
};

const tailRemedies: Readonly<Record<string, string>> = {
  ...remedies,
  AccessDeniedException: "grant `logs:StartLiveTail` and `logs:DescribeLogGroups`",
  LimitExceededException: "an account may have so many sessions at once, and other people's count",
};

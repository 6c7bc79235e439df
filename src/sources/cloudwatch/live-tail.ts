/** CloudWatch's live tail: events within a second, and not all of them. What it leaves out, polling brings. */
import type { CloudWatchLogsClient, LiveTailSessionLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { backOff } from "../back-off.ts";

export interface LiveTail {
  readonly client: () => CloudWatchLogsClient;
  /** Asks the tail's own address, where that is another one. */
  readonly tailClient: () => CloudWatchLogsClient;
  readonly logGroupName: string;
  readonly streamPrefix: string;
  readonly filterPattern: string | undefined;
  readonly signal: AbortSignal;
  keep(events: readonly LiveTailSessionLogEvent[]): Promise<void>;
  /** It runs; `why` says what it leaves out. */
  runs(why?: string): void;
  fails(error: unknown): void;
}

/** CloudWatch sends an update each second, an empty one too: docs, StartLiveTail. */
const silenceMs = 30_000;
/** A session that lasted so long was a good one; those that end at once are opened ever less often. */
const longEnoughMs = 60_000;
const retryMs = { firstMs: 1000, lastMs: 120_000 };

/** Opens one session after the other until it is told to stop: CloudWatch ends each after three hours. */
export async function followLiveTail(tail: LiveTail): Promise<void> {
  const { signal } = tail;
  const failing = backOff({ ...retryMs, signal });
  while (!signal.aborted) {
    try {
      const began = performance.now();
      await session(tail).finally(() => {
        if (performance.now() - began > longEnoughMs) failing.reset();
      });
    } catch (error) {
      if (signal.aborted) return;
      tail.fails(error);
      await failing.wait();
    }
  }
}

async function session(tail: LiveTail): Promise<void> {
  // Loaded where it is needed: nobody else waits for it.
  const { StartLiveTailCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const silent = new AbortController();
  const hear = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), silenceMs);
  };
  let timer: NodeJS.Timeout | undefined;
  hear();
  try {
    const command = new StartLiveTailCommand({
      logGroupIdentifiers: [await arnOf(tail)],
      logStreamNamePrefixes: [tail.streamPrefix],
      ...(tail.filterPattern !== undefined && { logEventFilterPattern: tail.filterPattern }),
    });
    const abortSignal = AbortSignal.any([tail.signal, silent.signal]);
    const { responseStream = [] } = await tail.tailClient().send(command, { abortSignal });
    for await (const {
      sessionStart,
      sessionUpdate,
      SessionTimeoutException,
      SessionStreamingException,
    } of responseStream) {
      hear();
      if (sessionStart !== undefined) tail.runs();
      if (SessionTimeoutException !== undefined) return;
      if (SessionStreamingException !== undefined) throw SessionStreamingException;
      if (sessionUpdate === undefined) continue;
      const { sessionResults = [], sessionMetadata } = sessionUpdate;
      await tail.keep(sessionResults);
      tail.runs(
        sessionMetadata?.sampled === true ? "more than 500 events a second come, of which it shows some" : undefined,
      );
    }
    throw new Error("CloudWatch ended the session");
  } catch (error) {
    throw silent.signal.aborted ? new Error(`nothing came for ${silenceMs / 1000} s`) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Live tail wants a log group's ARN, which nobody likes to write. */
async function arnOf({ client, logGroupName, signal }: LiveTail): Promise<string> {
  const { DescribeLogGroupsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName });
  const { logGroups = [] } = await client().send(command, { abortSignal: signal });
  const found = logGroups.find((group) => group.logGroupName === logGroupName);
  const arn = found?.logGroupArn ?? found?.arn?.replace(/:\*$/, "");
  if (arn === undefined) throw new Error(`there is no log group ${logGroupName}`);
  return arn;
}

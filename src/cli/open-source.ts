/** The configured sources, each opened by its kind, under a name and with a memory of its own. */
import type { z } from "zod";
import type { Config } from "../config/schema.ts";
import type { Source, SourceKind, SourceMemory, SourceWorld } from "../domain/source.ts";
import type { State } from "../domain/store.ts";

export interface Opened {
  readonly source: Source;
  /** Something always comes; else silence says nothing. */
  readonly isSteady: boolean;
}

/** Each kind opens its own options, and is loaded where it is wanted: senders wait for what is. */
export async function openSource(options: Config["sources"][number], world: SourceWorld): Promise<Opened> {
  switch (options.type) {
    case "webhook":
      return opened((await import("../sources/webhook.ts")).webhook, options, world);
    case "log-file":
      return opened((await import("../sources/log-file/index.ts")).logFile, options, world);
    case "cloudwatch":
      return opened((await import("../sources/cloudwatch/index.ts")).cloudWatch, options, world);
    case "firehose":
      return opened((await import("../sources/firehose/index.ts")).firehose, options, world);
    case "kinesis":
      return opened((await import("../sources/kinesis/index.ts")).kinesis, options, world);
    case "event-hubs":
      return opened((await import("../sources/event-hubs/index.ts")).eventHubs, options, world);
    case "kafka":
      return opened((await import("../sources/kafka/index.ts")).kafka, options, world);
    case "pubsub":
      return opened((await import("../sources/pubsub/index.ts")).pubSub, options, world);
    case "pubsub-push":
      return opened((await import("../sources/pubsub-push/index.ts")).pubSubPush, options, world);
    case "cloud-logging":
      return opened((await import("../sources/cloud-logging/index.ts")).cloudLogging, options, world);
    case "admission":
      return opened((await import("../sources/admission/index.ts")).admission, options, world);
    case "falco":
      return opened((await import("../sources/falco/index.ts")).falco, options, world);
    case "demo":
      return opened((await import("../sources/demo.ts")).demo, options, world);
  }
}

function opened<Kind extends z.ZodType>(kind: SourceKind<Kind>, options: z.output<Kind>, world: SourceWorld): Opened {
  return { source: kind.open(options, world), isSteady: kind.facts.isSteady };
}

/** Each source has a part of the state to itself. */
export function memoryOf(state: Pick<State, "get" | "set">, name: string): SourceMemory {
  const key = (its: string) => `source ${name}: ${its}`;
  return { get: (its) => state.get(key(its)), set: (its, value) => state.set(key(its), value) };
}

/** Two sources of one type without names of their own: `webhook`, `webhook-2`. */
export function freeName(name: string, open: readonly { readonly name: string }[]): string {
  const taken = new Set(open.map((source) => source.name));
  let free = name;
  for (let next = 2; taken.has(free); next++) free = `${name}-${next}`;
  return free;
}

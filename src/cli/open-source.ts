/** The configured sources, each opened by its kind, under a name and with a memory of its own. */
import type { Config } from "../config/schema.ts";
import type { Source, SourceMemory, SourceWorld } from "../domain/source.ts";
import type { State } from "../domain/store.ts";
import { sources as kinds } from "../sources/index.ts";

/** Each kind opens its own options. */
export function openSource(options: Config["sources"][number], world: SourceWorld): Source {
  switch (options.type) {
    case "webhook":
      return kinds.webhook.open(options, world);
    case "log-file":
      return kinds["log-file"].open(options, world);
    case "cloudwatch":
      return kinds.cloudwatch.open(options, world);
    case "firehose":
      return kinds.firehose.open(options, world);
    case "kinesis":
      return kinds.kinesis.open(options, world);
    case "event-hubs":
      return kinds["event-hubs"].open(options, world);
    case "kafka":
      return kinds.kafka.open(options, world);
    case "pubsub":
      return kinds.pubsub.open(options, world);
    case "pubsub-push":
      return kinds["pubsub-push"].open(options, world);
    case "cloud-logging":
      return kinds["cloud-logging"].open(options, world);
    case "admission":
      return kinds.admission.open(options, world);
    case "falco":
      return kinds.falco.open(options, world);
    case "demo":
      return kinds.demo.open(options, world);
  }
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

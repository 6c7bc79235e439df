/** CloudWatch's log events with audit events as their messages (reference 03 §2.2). */
import { type NamedCluster, namedCluster } from "../cluster-name.ts";
import type { JsonValue } from "../json-value.ts";
import { cutEvent, cutMark } from "./cut-event.ts";
import { type Layer, numberAt, textAt } from "./layer.ts";

/** A subscription's payload, or a page of `FilterLogEvents` or `GetLogEvents`. */
export function isCloudWatch(value: JsonValue): boolean {
  if (value.member("messageType")?.kind === "string") return value.member("logEvents")?.kind === "array";
  const events = value.member("events");
  return events?.kind === "array" && events.elements().every((one) => one.member("message")?.kind === "string");
}

/** `receivedAt`, RFC 3339, stands for the moment of a cut event whose log event tells none. */
export function* cloudWatchLayers(value: JsonValue, receivedAt: string): Generator<Layer> {
  const type = textAt(value, "messageType");
  if (type === "CONTROL_MESSAGE") {
    yield { kind: "ignored", reason: "a control message of CloudWatch" };
    return;
  }
  const stream = textAt(value, "logStream");
  const cluster = clusterOf(textAt(value, "owner"), textAt(value, "logGroup"));
  for (const event of (value.member("logEvents") ?? value.member("events"))?.elements() ?? [])
    yield inCluster(messageLayer(event, textAt(event, "logStreamName") ?? stream, receivedAt), cluster);
}

/** EKS's log groups are named for their clusters; the account tells those of one name apart. */
function clusterOf(owner: string | undefined, logGroup: string | undefined): NamedCluster | undefined {
  const [, name] = /^\/aws\/eks\/([^/]+)\/cluster$/.exec(logGroup ?? "") ?? [];
  return namedCluster(name, `${owner}:${logGroup}`);
}

function inCluster(layer: Layer, cluster: NamedCluster | undefined): Layer {
  return layer.kind === "text" ? { ...layer, cluster } : layer;
}

/** The API server's own log, the authenticator's and others share the log group; their streams have other names. */
function messageLayer(event: JsonValue, stream: string | undefined, receivedAt: string): Layer {
  if (stream !== undefined && !stream.startsWith("kube-apiserver-audit"))
    return {
      kind: "ignored",
      reason: `a message of the stream ${stream.replace(/-[0-9a-f]{16,}$/, "").slice(0, 100)}`,
    };
  const text = textAt(event, "message")?.trim() ?? "";
  if (text === "") return { kind: "rejected", reason: "a log event without a message", raw: event.compact() };
  const isCut = text.endsWith(cutMark) || (text.startsWith("{") && !text.endsWith("}"));
  return isCut ? cutLayer(text, momentOf(event) ?? receivedAt) : { kind: "text", text };
}

/** CloudWatch takes a log event's time, in milliseconds, from the event itself. */
function momentOf(event: JsonValue): string | undefined {
  const millis = numberAt(event, "timestamp");
  return millis !== undefined && millis >= 0 && millis < 8.64e15 ? new Date(millis).toISOString() : undefined;
}

/** A line of any other way in that ends in the pipeline's mark; undefined for what is none. */
export function cutLineLayer(text: string, receivedAt: string): Layer | undefined {
  const line = text.trimEnd();
  return line.endsWith(cutMark) ? cutLayer(line, receivedAt) : undefined;
}

/** What can be read of a cut event is judged; what tells nobody and nothing lies in quarantine. */
function cutLayer(text: string, at: string): Layer {
  const event = cutEvent(text.endsWith(cutMark) ? text.slice(0, -cutMark.length) : text, at);
  return event === undefined ? { kind: "rejected", reason: cutReason, raw: text } : { kind: "text", text: event };
}

export const cutReason = "cut off by the cluster's log pipeline, before it told who did what";

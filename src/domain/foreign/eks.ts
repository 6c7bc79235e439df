/** CloudWatch's log events with audit events as their messages (reference 03 §2.2). */
import type { JsonValue } from "../json-value.ts";
import { type Layer, textAt } from "./layer.ts";

const cutMark = "[Truncated...]";

/** A subscription's payload, or a page of `FilterLogEvents` or `GetLogEvents`. */
export function isCloudWatch(value: JsonValue): boolean {
  if (value.member("messageType")?.kind === "string") return value.member("logEvents")?.kind === "array";
  const events = value.member("events");
  return events?.kind === "array" && events.elements().every((one) => one.member("message")?.kind === "string");
}

export function* cloudWatchLayers(value: JsonValue): Generator<Layer> {
  const type = textAt(value, "messageType");
  if (type === "CONTROL_MESSAGE") {
    yield { kind: "ignored", reason: "a control message of CloudWatch" };
    return;
  }
  const stream = textAt(value, "logStream");
  for (const event of (value.member("logEvents") ?? value.member("events"))?.elements() ?? [])
    yield messageLayer(event, textAt(event, "logStreamName") ?? stream);
}

/** The API server's own log, the authenticator's and others share the log group; their streams have other names. */
function messageLayer(event: JsonValue, stream: string | undefined): Layer {
  if (stream !== undefined && !stream.startsWith("kube-apiserver-audit"))
    return {
      kind: "ignored",
      reason: `a message of the stream ${stream.replace(/-[0-9a-f]{16,}$/, "").slice(0, 100)}`,
    };
  const text = textAt(event, "message")?.trim() ?? "";
  if (text === "") return { kind: "rejected", reason: "a log event without a message", raw: event.compact() };
  if (text.endsWith(cutMark)) return { kind: "rejected", reason: cutReason, raw: text };
  return { kind: "text", text };
}

export const cutReason = `cut off by the cluster's log pipeline (\`${cutMark}\`)`;

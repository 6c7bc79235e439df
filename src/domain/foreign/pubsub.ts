/** Pub/Sub's envelopes around log entries: a push, a pull's answer (reference 03 §2.1.4). */
import type { JsonValue } from "../json-value.ts";
import { type Layer, textAt } from "./layer.ts";

export function isPubSub(value: JsonValue): boolean {
  return (
    value.member("receivedMessages")?.kind === "array" || value.member("message")?.member("data")?.kind === "string"
  );
}

export function* pubSubLayers(value: JsonValue): Generator<Layer> {
  const received = value.member("receivedMessages")?.elements() ?? [value];
  for (const one of received) {
    const data = textAt(one, "message", "data");
    const text = data === undefined ? undefined : base64Text(data);
    yield text === undefined
      ? { kind: "rejected", reason: "a Pub/Sub message without base64 data", raw: one.compact() }
      : { kind: "text", text };
  }
}

function base64Text(data: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

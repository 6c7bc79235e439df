/** Audit events as others wrap them: the clouds' log services, log forwarders, admission reviews. */
import type { JsonValue } from "../json-value.ts";
import { admissionLayer, isAdmissionReview } from "./admission.ts";
import { aksLayer, isAksEnvelope, isAksRecord } from "./aks.ts";
import { cloudWatchLayers, isCloudWatch } from "./eks.ts";
import { gkeLayer, isLogEntry } from "./gke.ts";
import type { Layer } from "./layer.ts";
import { isOtlp, isViaQ, otlpLayers, viaqLayer } from "./openshift.ts";
import { isPubSub, pubSubLayers } from "./pubsub.ts";
import { containerLineLayer, isContainerLine } from "./stdout.ts";

export { cutLineLayer } from "./eks.ts";
export type { Layer } from "./layer.ts";
export { legacyLayer } from "./legacy.ts";
export { stdoutLayer } from "./stdout.ts";

/** What one payload's parts share. */
export interface Unwrapping {
  /** When the payload came, RFC 3339, for what tells no time itself. */
  readonly receivedAt: string;
  /** Texts of events that were under another category already. */
  readonly seen: Set<string>;
}

/** What a wrapping holds, in order; undefined for what is no wrapping we know. */
export function layersOf(value: JsonValue, { receivedAt, seen }: Unwrapping): Iterable<Layer> | undefined {
  if (isAdmissionReview(value)) return [admissionLayer(value, receivedAt)];
  if (isViaQ(value)) return [viaqLayer(value)];
  if (isLogEntry(value)) return [gkeLayer(value)];
  if (isAksRecord(value)) return [aksLayer(value, seen)];
  if (isAksEnvelope(value)) return mapped(value.member("records"), (record) => aksLayer(record, seen));
  if (isCloudWatch(value)) return cloudWatchLayers(value, receivedAt);
  if (isOtlp(value)) return otlpLayers(value);
  if (isPubSub(value)) return pubSubLayers(value);
  if (isContainerLine(value)) return [containerLineLayer(value)];
  const entries = value.member("entries");
  if (entries?.kind === "array" && entries.elements().every(isLogEntry)) return mapped(entries, gkeLayer);
  return undefined;
}

function* mapped(list: JsonValue | undefined, layer: (value: JsonValue) => Layer): Generator<Layer> {
  for (const value of list?.elements() ?? []) yield layer(value);
}

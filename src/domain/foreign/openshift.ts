/** Records of OpenShift's log forwarding: native events between keys of the collector's own (reference 03 §1.4). */
import { type NamedCluster, namedCluster } from "../cluster-name.ts";
import type { JsonValue } from "../json-value.ts";
import { type Layer, objectText, textAt } from "./layer.ts";

const collectorKeys = new Set([
  "@timestamp",
  "timestamp",
  "hostname",
  "log_type",
  "log_source",
  "openshift",
  "tag",
  "source_type",
  "file",
  "stream_name",
  "kubernetes",
  "k8s_audit_level",
  "openshift_audit_level",
  "viaq_index_name",
  "viaq_msg_id",
  "pipeline_metadata",
  "structured",
  "message",
]);

export function isViaQ(value: JsonValue): boolean {
  return value.member("log_type")?.kind === "string" && value.member("openshift")?.kind === "object";
}

/** Older collectors put a log's severity over the audit level; then the level is told beside it. */
export function viaqLayer(record: JsonValue): Layer {
  if (record.member("auditID") === undefined) {
    const source = textAt(record, "log_source") ?? textAt(record, "log_type") ?? "unknown";
    return { kind: "ignored", reason: `a log record of ${source.slice(0, 100)}` };
  }
  const level = textAt(record, "k8s_audit_level") ?? textAt(record, "openshift_audit_level");
  const members = [...record.members()]
    .filter(([name]) => !collectorKeys.has(name))
    .map(([name, value]) =>
      name === "level" && level !== undefined
        ? ([name, JSON.stringify(level)] as const)
        : ([name, value.compact()] as const),
    );
  return { kind: "text", text: objectText(members), cluster: namedCluster(textAt(record, "openshift", "cluster_id")) };
}

/** OpenTelemetry logs, as the forwarder's OTLP output posts them: each record's body is a native event's text. */
export function isOtlp(value: JsonValue): boolean {
  return value.member("resourceLogs")?.kind === "array";
}

/** Records in order; those of other logs than an API server's are ignored (reference 03 §1.4). */
export function* otlpLayers(value: JsonValue): Generator<Layer> {
  for (const resource of elementsAt(value, "resourceLogs")) {
    const its = (key: string) => attribute(resource.member("resource"), key);
    const source = its("openshift.log.source") ?? its("log_source");
    const cluster = namedCluster(its("openshift.cluster.uid") ?? its("openshift.cluster_id"));
    for (const scope of elementsAt(resource, "scopeLogs"))
      for (const record of elementsAt(scope, "logRecords")) yield otlpLayer(record, source, cluster);
  }
}

const apiServers = new Set(["kubeAPI", "openshiftAPI"]);

function otlpLayer(record: JsonValue, source: string | undefined, cluster: NamedCluster | undefined): Layer {
  if (source !== undefined && !apiServers.has(source))
    return { kind: "ignored", reason: `a log record of ${source.slice(0, 100)}` };
  const text = textAt(record, "body", "stringValue");
  if (text !== undefined) return { kind: "text", text, cluster };
  return { kind: "rejected", reason: "an OpenTelemetry record whose body is no text", raw: record.compact() };
}

const elementsAt = (value: JsonValue, name: string): Iterable<JsonValue> => {
  const list = value.member(name);
  return list?.kind === "array" ? list.elements() : [];
};

function attribute(value: JsonValue | undefined, key: string): string | undefined {
  const found = value === undefined ? [] : [...elementsAt(value, "attributes")];
  return textAt(
    found.find((one) => textAt(one, "key") === key),
    "value",
    "stringValue",
  );
}

/** Records of OpenShift's log forwarding: native events between keys of the collector's own (reference 03 §1.4). */
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
  return { kind: "text", text: objectText(members) };
}

/** Azure's diagnostic records as they lie in Event Hubs, with audit events in their `log` (reference 03 §2.3). */
import { type NamedCluster, namedCluster } from "../cluster-name.ts";
import type { JsonValue } from "../json-value.ts";
import { type Layer, textAt } from "./layer.ts";

const auditCategories = new Set(["kube-audit", "kube-audit-admin"]);

export function isAksRecord(value: JsonValue): boolean {
  return value.member("category")?.kind === "string" && value.member("properties")?.kind === "object";
}

/** Whether it is an envelope of such records, or one without any. */
export function isAksEnvelope(value: JsonValue): boolean {
  const records = value.member("records");
  return records?.kind === "array" && records.elements().every((one) => one.member("category") !== undefined);
}

/** `seen` holds the texts of the same payload: with both audit categories on, each event comes twice. */
export function aksLayer(record: JsonValue, seen: Set<string>): Layer {
  const category = textAt(record, "category");
  if (category === undefined || !auditCategories.has(category.toLowerCase()))
    return { kind: "ignored", reason: `a record of the category ${(category ?? "none").slice(0, 100)}` };
  const log = record.member("properties")?.member("log");
  if (log?.kind !== "string" && log?.kind !== "object")
    return { kind: "rejected", reason: "an AKS record without `properties.log`", raw: record.compact() };
  const text = log.text().trim();
  if (seen.has(text)) return { kind: "ignored", reason: "the same event under both audit categories" };
  seen.add(text);
  return { kind: "text", text, cluster: clusterOf(textAt(record, "resourceId")) };
}

/**
 * `/SUBSCRIPTIONS/…/RESOURCEGROUPS/…/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/NAME`. Azure spells it in
 * capitals in one place and not in another, and means the same (learn.microsoft.com, naming rules).
 */
function clusterOf(resourceId: string | undefined): NamedCluster | undefined {
  const [, name] = /\/managedclusters\/([^/]+)\/?$/i.exec(resourceId ?? "") ?? [];
  return namedCluster(name?.toLowerCase(), resourceId?.replace(/\/$/, ""));
}

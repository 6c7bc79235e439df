/** Events of older API versions and of log shippers, brought to the shape of audit.k8s.io/v1 (reference 04 §1.3). */
import { parseJson } from "./json.ts";
import type { JsonValue } from "./json-value.ts";

/** The same event in v1: itself where it is already. Members that v1 does not know are kept. */
export function normalised(event: JsonValue): JsonValue {
  const changes = changesTo(event);
  return changes.size === 0 ? event : withMembers(event, changes);
}

const oldVersions = ["audit.k8s.io/v1beta1", "audit.k8s.io/v1alpha1"];

function changesTo(event: JsonValue): Map<string, string> {
  const changes = new Map<string, string>();
  const version = textOf(event.member("apiVersion"));
  const isAudit = version === undefined || version.startsWith("audit.k8s.io/");
  if (version !== undefined && oldVersions.includes(version)) changes.set("apiVersion", '"audit.k8s.io/v1"');

  // `metadata` tells v1alpha1 and v1beta1 from a shipper's own `timestamp`, and `apiVersion` from a core v1 Event.
  const metadata = event.member("metadata");
  if (isAudit && metadata?.kind === "object") {
    const received = event.member("timestamp");
    const created = metadata.member("creationTimestamp") ?? received;
    if (isMissing(event.member("stageTimestamp")) && !isMissing(created)) {
      changes.set("stageTimestamp", created!.compact());
    }
    if (isMissing(event.member("requestReceivedTimestamp")) && !isMissing(received)) {
      changes.set("requestReceivedTimestamp", received!.compact());
    }
  }

  // v1alpha1 wrote group and version of the object in one, `rbac.authorization.k8s.io/v1`.
  const object = event.member("objectRef");
  const groupVersion = textOf(object?.member("apiVersion"));
  const slash = groupVersion?.lastIndexOf("/") ?? -1;
  if (object !== undefined && groupVersion !== undefined && slash > 0 && isMissing(object.member("apiGroup"))) {
    const split = new Map([
      ["apiGroup", JSON.stringify(groupVersion.slice(0, slash))],
      ["apiVersion", JSON.stringify(groupVersion.slice(slash + 1))],
    ]);
    changes.set("objectRef", withMembers(object, split).compact());
  }

  // OpenShift's log forwarder may overwrite `level` with the severity of a log line (reference 03 §1.4).
  const level = textOf(event.member("k8s_audit_level")) ?? textOf(event.member("openshift_audit_level"));
  if (level !== undefined && level !== textOf(event.member("level"))) changes.set("level", JSON.stringify(level));
  return changes;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return value?.kind === "string" ? value.text() : undefined;
}

function isMissing(value: JsonValue | undefined): boolean {
  return value === undefined || value.kind === "null";
}

/** The object with these members' values replaced, those that it lacks added at its end. */
function withMembers(object: JsonValue, changes: ReadonlyMap<string, string>): JsonValue {
  const left = new Map(changes);
  const members: string[] = [];
  for (const [name, value] of object.members()) {
    const change = left.get(name);
    left.delete(name);
    members.push(`${JSON.stringify(name)}:${change ?? value.compact()}`);
  }
  for (const [name, value] of left) members.push(`${JSON.stringify(name)}:${value}`);
  const changed = parseJson(`{${members.join(",")}}`);
  // It was made of texts that were read once; one level deeper than allowed can only be the given object's own fault.
  return changed.ok ? changed.value : object;
}

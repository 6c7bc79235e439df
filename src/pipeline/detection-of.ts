/** What a match, a collision or a batch that could not be read comes to as a detection. */
import type { Activity } from "../domain/activity.ts";
import type { AuditEvent } from "../domain/audit-event.ts";
import { type Detection, ownSource } from "../domain/detection.ts";
import type { JsonText } from "../domain/json-text.ts";
import type { Hash } from "../domain/request-id.ts";
import type { Entry, Quarantined } from "../domain/store.ts";
import { timeText } from "../domain/time.ts";
import type { Match } from "../engine/contract.ts";
import { type Decision, type Fingerprinted, fingerprintText } from "../policies/index.ts";

export const unreadableRule = "Audit Event Not Readable";
export const collisionRule = "Audit ID Collision";

type Said = Pick<Detection, "priority" | "source" | "output" | "fields" | "tags">;

export function saidOf({ rule, message, fields }: Match<AuditEvent>): Said {
  return {
    priority: rule.priority,
    source: rule.source,
    output: message,
    fields: Object.fromEntries([...fields].map(([name, value]) => [name, plain(value)])),
    tags: rule.tags,
  };
}

/** Both requests are kept; that they share what their callers chose is told. */
export function collisionOf({ auditID, user, verb, requestURI }: Activity): Said {
  return {
    priority: "Warning",
    source: ownSource,
    output: `Audit ID of another request used again (auditid=${auditID} user=${user} verb=${verb} uri=${requestURI})`,
    fields: { auditID, user, verb, requestURI },
    tags: ["mitre_defense_evasion", "T1562.008", "tiercel"],
  };
}

type Made = { readonly event: unknown } & Omit<Detection, keyof Said>;

export interface Making {
  readonly id: string;
  readonly rule: string;
  readonly event: AuditEvent;
  /** The event without its secrets, as people are shown it. */
  readonly shown: JsonText;
  readonly activity: Activity;
  readonly decision: Decision;
}

export function whereAndWho(hash: Hash, { id, rule, event, shown, activity, decision }: Making): Made {
  const { cluster, user, namespace, subresource, name } = activity;
  const resource = activity.resource && subresource ? `${activity.resource}/${subresource}` : activity.resource;
  return {
    ...{ id, rule, cluster, user, namespace, resource, name },
    time: timeText(event.time),
    receivedAt: activity.receivedAt,
    auditID: activity.auditID,
    stage: stageOf(event),
    verb: activity.verb,
    sourceIP: activity.sourceIPs.at(-1) ?? null,
    userAgent: activity.userAgent,
    code: activity.code,
    impersonatedUser: activity.impersonatedUser,
    requestURI: activity.requestURI,
    ...decision,
    fingerprint: fingerprint(hash, { rule, cluster, user, namespace, resource, name }),
    activity: activity.id,
    event: shown,
  };
}

const fingerprint = (hash: Hash, of: Fingerprinted) => hash(fingerprintText(of)).slice(0, 16);

/** One for the whole batch: its unreadable items stand in quarantine one by one. */
export function unreadable(entry: Entry, rejected: readonly Quarantined[], decision: Decision): Detection {
  const [first] = rejected;
  const reason = first?.reason ?? "";
  const receivedAt = entry.receivedAt.toISOString();
  const parts = rejected.length === 1 ? "one part" : `${rejected.length} parts`;
  return {
    id: `unreadable-${entry.position}`,
    time: receivedAt,
    receivedAt,
    cluster: entry.cluster,
    rule: unreadableRule,
    priority: "Warning",
    source: ownSource,
    output: `Tiercel could not read ${parts} of a batch and keeps what came in quarantine (cluster=${entry.cluster} source=${entry.source} reason=${reason})`,
    fields: { cluster: entry.cluster, source: entry.source, reason, parts: rejected.length, position: entry.position },
    tags: ["tiercel"],
    auditID: null,
    stage: null,
    user: null,
    verb: null,
    namespace: null,
    resource: null,
    name: null,
    sourceIP: null,
    userAgent: null,
    ...decision,
    fingerprint: `unreadable-${entry.cluster}-${entry.source}`,
    activity: "",
  };
}

export function stageOf(event: AuditEvent): string | null {
  return event.at("stage")?.text() ?? null;
}

/** JSON holds whole numbers up to 2^53 safely; larger ones are kept as text. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `${value}`;
  return Array.isArray(value) ? value.map(plain) : value;
}

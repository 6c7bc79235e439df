/** Items as versions before ours kept them, with what they lack filled in as far as it can be told. */
import { type Detection, priorities, type Severity } from "../../domain/detection.ts";

/** Policies were not known then: it counts as what no policy names does now. */
export function formerDetection(doc: string): Detection {
  const kept = JSON.parse(doc) as Detection;
  const { cluster, rule, user, namespace, resource, name } = kept;
  return {
    ...kept,
    sourceIP: kept.sourceIP ?? null,
    userAgent: kept.userAgent ?? null,
    policy: kept.policy ?? "All other rules",
    policies: kept.policies ?? ["All other rules"],
    severity: kept.severity ?? (Math.max(0, priorities.indexOf(kept.priority)) as Severity),
    muted: kept.muted ?? false,
    fingerprint: kept.fingerprint ?? JSON.stringify([cluster, rule, user, namespace, resource, name]),
  };
}

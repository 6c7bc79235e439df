/** Items as versions before ours kept them, with what they lack filled in as far as it can be told. */
import type { Activity } from "../../domain/activity.ts";
import { actorOf } from "../../domain/actor.ts";
import { type Detection, priorities, type Severity } from "../../domain/detection.ts";
import { JsonText } from "../../domain/json-text.ts";
import { outcomeOf } from "../../domain/outcome.ts";

export function formerActivity(doc: string, event: string): Activity {
  const kept = JSON.parse(doc) as Activity;
  return {
    ...kept,
    actor: kept.actor ?? actorOf(kept.user, kept.groups, kept.userAgent, kept.requestURI),
    outcome: kept.outcome ?? outcomeOf(kept.code, kept.stages),
    uncounted: kept.uncounted ?? [],
    event: new JsonText(event),
  };
}

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

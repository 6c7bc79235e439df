/** Rows for tests of an index, and where to keep one. */
import type { Activity } from "../domain/activity.ts";
import type { Detection } from "../domain/detection.ts";
import type { Index, Judged, Quarantined } from "../domain/store.ts";

/** One place to keep an index in: opened again, it is the index that was closed or killed. */
export interface IndexPlace {
  open(): Promise<Index>;
  remove(): Promise<void>;
}

/** An activity of one event, as a quiet cluster would leave it. */
export function anActivity(
  of: Partial<Activity> & { readonly stage?: string; readonly count?: number } = {},
): Activity {
  const { stage = "ResponseComplete", count = 0, ...rest } = of;
  const time = of.time ?? "2026-03-02T08:00:00.000001Z";
  const lastTime = of.lastTime ?? time;
  return {
    id: "activity-1",
    time,
    lastTime,
    receivedAt: "2026-03-02T08:00:05.000Z",
    cluster: "prod",
    auditID: "a-1",
    events: [{ stage, time: lastTime, detections: count }],
    stages: [stage],
    level: "Metadata",
    user: "jane",
    groups: ["dev"],
    impersonatedUser: null,
    verb: "create",
    apiGroup: null,
    resource: "pods",
    subresource: null,
    namespace: "default",
    name: "web",
    requestURI: "/api/v1/namespaces/default/pods",
    sourceIPs: ["10.0.0.1"],
    userAgent: "kubectl",
    code: 201,
    reason: null,
    decision: "allow",
    dryRun: false,
    latencyMicros: 1,
    detections: count,
    actor: "human",
    outcome: "done",
    uncounted: [],
    place: { entry: 1, item: 1, length: 1000 },
    event: null,
    ...rest,
  };
}

export function aDetection(of: Partial<Detection> = {}): Detection {
  return {
    id: "detection-1",
    time: "2026-03-02T08:00:00.000001Z",
    receivedAt: "2026-03-02T08:00:05.000Z",
    cluster: "prod",
    rule: "Create Privileged Pod",
    priority: "Warning",
    source: "k8s_audit",
    output: "a pod (user=jane)",
    fields: { "ka.user.name": "jane", "ka.req.pod.containers.privileged": [true, false], "ka.none": null },
    tags: ["k8s"],
    auditID: "a-1",
    stage: "ResponseComplete",
    user: "jane",
    verb: "create",
    namespace: "default",
    resource: "pods",
    name: "web",
    sourceIP: "10.0.0.1",
    userAgent: "kubectl",
    policy: "Suspicious K8s Activity",
    policies: ["Suspicious K8s Activity"],
    severity: 4,
    muted: false,
    fingerprint: "fingerprint-1",
    activity: "activity-1",
    ...of,
  };
}

export function aRejected(of: Partial<Quarantined> = {}): Quarantined {
  const receivedAt = "2026-03-02T08:00:05.000Z";
  return { id: "q-1", receivedAt, source: "webhook", cluster: "prod", reason: "no JSON", raw: "{", ...of };
}

export function judged(position: number, of: Partial<Judged> = {}): Judged {
  return { position, activities: [], detections: [], quarantined: [], ...of };
}

/** What is left of a value in JSON. */
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Activities as a busy cluster leaves them, made without events: the same ones each time. */
import type { Activity } from "../src/domain/activity.ts";
import { actorOf } from "../src/domain/actor.ts";
import type { Detection } from "../src/domain/detection.ts";
import { severities } from "../src/domain/detection.ts";
import { outcomeOf } from "../src/domain/outcome.ts";
import { microsText } from "../src/domain/time.ts";

/** Microseconds since 1970 of the first, and from one to the next. */
export const begin = Date.UTC(2026, 2, 1) * 1000;
export const every = 60_000;

let state = 42;
function chance(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * below);
}
/** Few are seen often, many seldom. */
const rank = (below: number) => Math.min(below - 1, Math.floor(below ** (chance(1_000_000) / 1_000_000)) - 1);
const hex = (digits: number) => {
  let text = "";
  while (text.length < digits) text += chance(0x10000).toString(16).padStart(4, "0");
  return text.slice(0, digits);
};
const of = <T>(items: readonly T[], at: number): T => items[at % items.length] as T;

const verbs = ["get", "update", "list", "watch", "patch", "create", "delete"];
const resources = [
  "leases",
  "pods",
  "configmaps",
  "nodes",
  "events",
  "secrets",
  "endpointslices",
  "deployments",
  "roles",
];

/** The nth request of all, answered at once. A tenth ask about a pod that nobody asked about before. */
export function activity(n: number): Activity {
  const time = microsText(begin + n * every + chance(every), 0);
  const lasted = 800 + chance(4000);
  const lastTime = microsText(microsOf(time) + lasted, 0);
  const app = rank(2000);
  const user = chance(50) === 0 ? `person-${rank(50)}@example.com` : `system:serviceaccount:ns-${app % 300}:app-${app}`;
  const [verb, resource, namespace] = [of(verbs, rank(7)), of(resources, rank(9)), `ns-${rank(300)}`];
  const isNew = chance(10) === 0;
  const name = isNew ? `app-${app}-${hex(9)}-${hex(5)}` : `object-${rank(20_000)}`;
  const groups = user.startsWith("system:")
    ? ["system:serviceaccounts", `system:serviceaccounts:ns-${app % 300}`, "system:authenticated"]
    : ["dev", "system:authenticated"];
  const query =
    verb === "watch" ? `?resourceVersion=${chance(1e9)}&timeoutSeconds=${300 + chance(300)}&watch=true` : "";
  const requestURI = `/api/v1/namespaces/${namespace}/${resource}/${name}${query}`;
  const code = of([403, 404, 409], chance(150)) === 403 && chance(50) === 0 ? 403 : 200;
  const userAgent = `app/v1.${rank(40)} (linux/amd64) kubernetes/${rank(50)}`;
  return {
    id: hex(32),
    ...{ time, lastTime },
    receivedAt: new Date(Math.floor((begin + Math.floor(n / 400) * 400 * every) / 1000) + 1000).toISOString(),
    cluster: "prod",
    auditID: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
    events: [{ stage: "ResponseComplete", time: lastTime, detections: 0 }],
    stages: ["ResponseComplete"],
    level: "Metadata",
    ...{ user, groups, verb, resource, namespace, name, requestURI, userAgent, code },
    ...{ impersonatedUser: null, apiGroup: null, subresource: null, reason: null, decision: "allow" },
    sourceIPs: [`10.0.${chance(8)}.${chance(250)}`],
    dryRun: false,
    latencyMicros: lasted,
    detections: 0,
    actor: actorOf(user, groups, userAgent, requestURI),
    outcome: outcomeOf(code, ["ResponseComplete"]),
    uncounted: [],
    place: { entry: Math.floor(n / 400) + 1, item: (n % 400) + 1, length: 900 + chance(1500) },
    event: null,
  };
}

const microsOf = (time: string) => Date.parse(`${time.slice(0, 23)}Z`) * 1000 + Number(time.slice(23, 26));

export function detection(of: Activity): Detection {
  return {
    ...{ id: of.id, time: of.time, receivedAt: of.receivedAt, cluster: of.cluster, auditID: of.auditID },
    rule: `Rule ${rank(100)}`,
    priority: "Warning",
    source: "k8s_audit",
    output: `something was done (user=${of.user} resource=${of.resource} name=${of.name} ns=${of.namespace})`,
    fields: { "ka.user.name": of.user, "ka.target.resource": of.resource, "ka.target.namespace": of.namespace },
    tags: ["k8s"],
    stage: "ResponseComplete",
    ...{ user: of.user, verb: of.verb, namespace: of.namespace, resource: of.resource, name: of.name },
    sourceIP: of.sourceIPs.at(-1) ?? null,
    userAgent: of.userAgent,
    policy: "Suspicious K8s Activity",
    policies: ["Suspicious K8s Activity"],
    severity: severities[rank(8)] ?? 4,
    muted: false,
    fingerprint: `fingerprint-${rank(5000)}`,
    activity: of.id,
  };
}

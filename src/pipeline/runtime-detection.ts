/** An alert of Falco's as a detection: told beside those of audit events, by the pod it happened in. */
import type { Detection } from "../domain/detection.ts";
import { textIn } from "../domain/plain.ts";
import type { RuntimeAlert } from "../domain/runtime-alert.ts";
import type { Entry } from "../domain/store.ts";
import { fingerprintText } from "../policies/index.ts";
import type { Gathered, JudgeWorld } from "./judge.ts";

/** Adds what an alert comes to, once however often it comes; nothing where no policy counts it. */
export function runtimeDetection(world: JudgeWorld, entry: Entry, alert: RuntimeAlert, into: Gathered): void {
  const { cluster } = entry;
  const { rule, priority, source, output, tags, time } = alert;
  const { user, verb, namespace, resource, name } = whereOf(alert);
  world.signals.count("tiercel_runtime_alerts_total", { cluster, priority });
  const facts = { name: rule, priority, isOurs: false, isRuntime: true };
  const decision = world.decide(facts, { cluster, namespace, user, groups: [] }, world.now());
  if (decision === undefined) return;
  const fields = alert.hostname === null ? alert.fields : { ...alert.fields, hostname: alert.hostname };
  // By what it says, so that one that comes by Falco and by falcosidekick is one.
  const said = output === "" ? JSON.stringify(alert.fields) : output;
  const id = `runtime-${world.hash(JSON.stringify([cluster, source, rule, time, said]))}`;
  const target = { cluster, user, namespace, resource, name };
  const detection: Detection & { readonly event: unknown } = {
    ...{ id, time, receivedAt: entry.receivedAt.toISOString(), rule, priority, source, output, fields, tags },
    ...target,
    ...{ auditID: null, stage: null, verb, sourceIP: null, userAgent: null },
    ...decision,
    fingerprint: world.hash(fingerprintText({ rule, ...target })).slice(0, 16),
    activity: "",
    event: { ...alert },
  };
  into.detections.push(detection);
}

type Whereabouts = Pick<Detection, "user" | "verb" | "namespace" | "resource" | "name">;

/**
 * The pod, where it names one. `user.name` is a container's own user, `root` mostly, and nobody of the cluster's: it
 * stays among the fields. Alerts of Falco's own k8s_audit rules say who asked for what.
 */
function whereOf({ fields, source }: RuntimeAlert): Whereabouts {
  const at = (...names: readonly string[]) => names.map((name) => textIn(fields, name)).find(isTold) ?? null;
  if (source === "k8s_audit") {
    const target = { namespace: at("ka.target.namespace"), resource: at("ka.target.resource") };
    return { user: at("ka.user.name"), verb: at("ka.verb"), ...target, name: at("ka.target.name") };
  }
  const pod = at("k8s.pod.name", "k8smeta.pod.name");
  const namespace = at("k8s.ns.name", "k8smeta.ns.name");
  return { user: null, verb: null, namespace, resource: pod === null ? null : "pods", name: pod };
}

const isTold = (text: string | undefined) => text !== undefined && text !== "<NA>";

/** A notice of our own as a detection: a silence, its end, and what was missed for good. */
import type { Detection, Priority } from "../domain/detection.ts";
import { ownSource } from "../domain/detection.ts";
import type { Notice } from "../domain/notice.ts";
import type { Gathered, JudgeWorld } from "./judge.ts";

export const silentRule = "Audit Source Silent";
export const backRule = "Audit Source Sends Again";
export const blindRule = "Audit Events Missed";

interface Said {
  readonly rule: string;
  readonly priority: Priority;
  /** What makes it this one and no other. */
  readonly key: readonly string[];
  readonly output: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function noticeDetection(world: JudgeWorld, notice: Notice, into: Gathered): void {
  const { source, cluster, at } = notice;
  const { rule, priority, key, output, fields } = saidOf(notice);
  const where = { cluster, namespace: null, user: null, groups: [] };
  const decision = world.decide({ name: rule, priority, isOurs: true }, where, world.now());
  if (decision === undefined) return;
  const detection: Detection = {
    id: `${notice.notice}-${world.hash(JSON.stringify([cluster, source, ...key]))}`,
    ...{ time: at, receivedAt: at, cluster, rule, priority, source: ownSource, output },
    fields: { cluster, source, ...fields },
    tags: ["tiercel"],
    ...{ auditID: null, stage: null, user: null, verb: null, namespace: null, resource: null, name: null },
    ...{ sourceIP: null, userAgent: null },
    ...decision,
    fingerprint: world.hash(JSON.stringify([rule, cluster, source])).slice(0, 16),
    activity: "",
  };
  // One stretch of the journal may tell the same twice; the index knows what earlier ones told.
  if (into.detections.every(({ id }) => id !== detection.id)) into.detections.push(detection);
}

function saidOf(notice: Notice): Said {
  const { source, cluster, at } = notice;
  if (notice.notice === "blind") {
    const { kind, why, count } = notice;
    const many = count === undefined ? "" : ` count=${count}`;
    return {
      ...{ rule: blindRule, priority: "Warning" },
      // Once an hour: what goes wrong goes wrong often.
      key: [kind, why, at.slice(0, 13)],
      output: `Events of ${cluster} by ${source} were missed for good: ${why} (cluster=${cluster} source=${source}${many})`,
      fields: { kind, why, ...(count !== undefined && { count }) },
    };
  }
  const { since } = notice;
  if (notice.notice === "back") {
    const words = `${source} brings events of ${cluster} again, after a silence of ${lasted(since, at)}`;
    const output = `${words} (cluster=${cluster} source=${source} since=${since})`;
    return { ...{ rule: backRule, priority: "Informational", key: [since] }, output, fields: { since, until: at } };
  }
  const because = notice.why === null ? "" : `: ${notice.why}`;
  const words = `${source} has brought no events of ${cluster} for ${lasted(since, at)}${because}`;
  return {
    ...{ rule: silentRule, priority: "Warning", key: [since] },
    output: `${words} (cluster=${cluster} source=${source} since=${since})`,
    fields: { since, why: notice.why },
  };
}

function lasted(from: string, to: string): string {
  const secs = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (secs < 120) return `${secs} s`;
  const minutes = Math.floor(secs / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

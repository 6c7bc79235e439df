/** One journal entry against the rules: from raw bytes to the rows of the index. */
import type { Activity } from "../domain/activity.ts";
import { activityOf, mergeActivities } from "../domain/activity-of.ts";
import type { AuditEvent, Decoded } from "../domain/audit-event.ts";
import type { Detection } from "../domain/detection.ts";
import { activityID, eventID, type Hash } from "../domain/request-id.ts";
import type { Signals } from "../domain/signals.ts";
import type { Entry, Judged, Quarantined } from "../domain/store.ts";
import { timeText } from "../domain/time.ts";
import type { LoadedRule, Match, RuleSet } from "../engine/contract.ts";
import { matchOf } from "../engine/ruleset.ts";
import type { About } from "../fields/field.ts";
import {
  type Decide,
  type Decision,
  type Fingerprinted,
  fingerprintText,
  ownFindings,
  type Where,
} from "../policies/index.ts";
import { type AuditIds, auditIds } from "./audit-ids.ts";

/** What a judge needs to know and cannot find in an event. */
export interface JudgeWorld {
  readonly decode: (body: Uint8Array) => Iterable<Decoded>;
  /** The rules of the moment; a reload changes the answer. */
  readonly rules: () => RuleSet<AuditEvent>;
  /** The event with its secrets sealed; the event itself where it holds none. */
  readonly redact: (event: AuditEvent) => AuditEvent;
  readonly hash: Hash;
  readonly hostname: string;
  readonly signals: Signals;
  /** What policies make of a match; a change of policies changes the answer. */
  readonly decide: Decide;
  /** Whether a rule comes out of our own pack. */
  readonly isOurs: (rule: LoadedRule<AuditEvent>) => boolean;
  /** Whether an event makes a detection of the first match that counts, or of all. The rule set answers all. */
  readonly matching: "first" | "all";
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Lets others work: acknowledgements must not wait for rules. */
  readonly breathe: () => Promise<void>;
}

/** What several entries came to, gathered until it is written. */
export interface Gathered {
  position: number;
  events: number;
  readonly activities: Map<string, Activity>;
  readonly detections: Judged["detections"][number][];
  readonly quarantined: Quarantined[];
}

/** Judges an entry and adds what it comes to. Nothing in an entry makes it throw: what cannot be judged is quarantined. */
export type Judge = (entry: Entry, into: Gathered) => Promise<void>;

/** The name under which detections of our own, about the stream itself, are told. */
export const ownSource = "tiercel";
export const unreadableRule = "Audit Event Not Readable";
export const collisionRule = "Audit ID Collision";

const auditSource = "k8s_audit";

// Longer than this at a stretch, and a batch that comes meanwhile waits for its answer.
const sliceMillis = 15;

export function gathered(position: number): Gathered {
  return { position, events: 0, activities: new Map(), detections: [], quarantined: [] };
}

export function judge(world: JudgeWorld): Judge {
  let num = 0n;
  const ids = auditIds();
  return async (entry, into) => {
    const rejected: Quarantined[] = [];
    const reject = (item: number, reason: string, raw: string) => {
      const { source, cluster } = entry;
      const receivedAt = entry.receivedAt.toISOString();
      rejected.push({ id: `${entry.position}-${item}`, receivedAt, source, cluster, reason, raw });
    };
    let sliceBegan = world.clock();
    let item = 0;
    for (const part of world.decode(entry.body)) {
      item++;
      if (part.kind === "rejected") reject(item, part.rejected.reason, part.rejected.raw);
      else {
        try {
          judgeEvent(world, entry, part.event, ++num, into, ids);
        } catch (error) {
          // A bug of ours must not stop the line for everybody; the event is kept and told of.
          reject(item, `could not be judged: ${messageOf(error)}`, shownText(world, part.event));
        }
      }
      if (world.clock() - sliceBegan < sliceMillis) continue;
      await world.breathe();
      sliceBegan = world.clock();
    }
    if (entry.cut) reject(item + 1, "the transfer broke off before its end; what came is in the journal", "");
    if (rejected.length > 0) {
      into.quarantined.push(...rejected);
      const rule = { name: unreadableRule, priority: "Warning", isOurs: true } as const;
      const where = { cluster: entry.cluster, namespace: null, user: null, groups: [] };
      const decision = world.decide(rule, where, world.now());
      if (decision !== undefined) into.detections.push(unreadable(entry, rejected, decision));
      world.signals.count("tiercel_events_quarantined_total", labels(entry), rejected.length);
    }
    into.position = entry.position;
  };
}

function judgeEvent(
  world: JudgeWorld,
  entry: Entry,
  event: AuditEvent,
  num: bigint,
  into: Gathered,
  ids: AuditIds,
): void {
  const about: About = { num, time: event.time, source: auditSource, hostname: world.hostname };
  const matches = world.rules().judge(event, about);
  const shown = world.redact(event);
  const id = activityID(event, entry.cluster, world.hash);
  const receivedAt = entry.receivedAt.toISOString();
  const where = whereOf(event, entry.cluster);
  const { counted, uncounted } = decided(world, matches, where);
  const collision = ids.collides(event, entry.cluster)
    ? world.decide({ name: collisionRule, priority: "Warning", isOurs: true }, where, world.now())
    : undefined;
  const detections = counted.length + (collision === undefined ? 0 : 1);
  const activity = activityOf(shown, { id, cluster: entry.cluster, receivedAt, detections, uncounted });
  const before = into.activities.get(id);
  into.activities.set(id, before ? mergeActivities(before, activity) : activity);
  into.events++;
  tell(world, entry, event, activity);
  if (detections === 0) return;
  const eventId = eventID(event, entry.cluster, world.hash);
  const made = (id: string, rule: string, decision: Decision) =>
    whereAndWho(world, { id, rule, event, activity, decision });
  if (collision !== undefined)
    into.detections.push({ ...made(`${eventId}-collision`, collisionRule, collision), ...collisionOf(activity) });
  for (const { match, decision } of counted) {
    const { name, priority } = match.rule;
    const said = shown === event ? match : matchOf(match.rule, shown, about);
    const id = `${eventId}-${world.hash(name).slice(0, 8)}`;
    into.detections.push({ ...made(id, name, decision), ...saidOf(said) });
    world.signals.count("tiercel_rule_matches_total", { rule: name, priority });
  }
}

interface Counted {
  readonly match: Match<AuditEvent>;
  readonly decision: Decision;
}

/**
 * Of an event's matches those that policies count; with `first` the first of them alone, as Falco's default is: what no
 * policy counts is as if it were switched off, and hides nothing behind it.
 */
function decided(
  world: JudgeWorld,
  matches: readonly Match<AuditEvent>[],
  where: Where,
): { readonly counted: readonly Counted[]; readonly uncounted: readonly string[] } {
  if (matches.length === 0) return { counted: [], uncounted: [] };
  const counted: Counted[] = [];
  const uncounted: string[] = [];
  const now = world.now();
  for (const match of matches) {
    const { rule } = match;
    const facts = { name: rule.name, priority: rule.priority, isOurs: world.isOurs(rule) };
    const decision = world.decide(facts, where, now);
    if (decision === undefined) uncounted.push(rule.name);
    else if (world.matching === "all" || counted.length === 0) counted.push({ match, decision });
  }
  return { counted, uncounted };
}

function whereOf(event: AuditEvent, cluster: string): Where {
  return {
    cluster,
    namespace: event.at("objectRef", "namespace")?.text() ?? null,
    user: event.at("user", "username")?.text() ?? null,
    groups:
      event
        .at("user", "groups")
        ?.elements()
        ?.map((group) => group.text()) ?? [],
  };
}

function tell(world: JudgeWorld, entry: Entry, event: AuditEvent, { level }: Activity): void {
  const { source, cluster } = entry;
  world.signals.count("tiercel_ingest_events_total", {
    source,
    cluster,
    stage: known(stageOf(event)),
    level: known(level),
  });
  world.signals.observe("tiercel_ingest_delay_seconds", delaySecs(entry, event), { source, cluster });
  if (event.at("annotations", "audit.k8s.io/truncated")?.text() === "true")
    world.signals.count("tiercel_events_truncated_total", { source, cluster });
  world.signals.count("tiercel_rule_evaluations_total");
}

type Said = Pick<Detection, "priority" | "source" | "output" | "fields" | "tags">;

function saidOf({ rule, message, fields }: Match<AuditEvent>): Said {
  return {
    priority: rule.priority,
    source: rule.source,
    output: message,
    fields: Object.fromEntries([...fields].map(([name, value]) => [name, plain(value)])),
    tags: rule.tags,
  };
}

/** Both requests are kept; that they share what their callers chose is told. */
function collisionOf({ auditID, user, verb, requestURI }: Activity): Said {
  return {
    priority: "Warning",
    source: ownSource,
    output: `Audit ID of another request used again (auditid=${auditID} user=${user} verb=${verb} uri=${requestURI})`,
    fields: { auditID, user, verb, requestURI },
    tags: ["mitre_defense_evasion", "T1562.008", "tiercel"],
  };
}

type Made = { readonly event: unknown } & Omit<Detection, keyof Said>;

interface Making {
  readonly id: string;
  readonly rule: string;
  readonly event: AuditEvent;
  readonly activity: Activity;
  readonly decision: Decision;
}

function whereAndWho(world: JudgeWorld, { id, rule, event, activity, decision }: Making): Made {
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
    fingerprint: fingerprint(world, { rule, cluster, user, namespace, resource, name }),
    activity: activity.id,
    event: activity.event,
  };
}

const fingerprint = ({ hash }: JudgeWorld, of: Fingerprinted) => hash(fingerprintText(of)).slice(0, 16);

/** As we ship the policy: who sets an entry aside knows no policies. */
const undecided: Decision = { policy: ownFindings, policies: [ownFindings], severity: 4, muted: false };

/** A whole entry as one unreadable part, without its bytes. */
export function setAside(entry: Entry, reason: string, into: Gathered): void {
  const { source, cluster } = entry;
  const receivedAt = entry.receivedAt.toISOString();
  const quarantined = { id: `${entry.position}-0`, receivedAt, source, cluster, reason, raw: "" };
  into.quarantined.push(quarantined);
  into.detections.push(unreadable(entry, [quarantined], undecided));
  into.position = entry.position;
}

/** Quarantine is looked at, so what stands there is redacted; an event that breaks the redaction is not shown at all. */
function shownText(world: JudgeWorld, event: AuditEvent): string {
  try {
    return world.redact(event).root.compact();
  } catch (error) {
    return `not shown, since it could not be redacted: ${messageOf(error)}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One for the whole batch: its unreadable items stand in quarantine one by one. */
function unreadable(entry: Entry, rejected: readonly Quarantined[], decision: Decision): Detection {
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

function delaySecs({ receivedAt }: Entry, { time }: AuditEvent): number {
  return Math.max(0, receivedAt.getTime() - Number(time / 1_000_000n)) / 1000;
}

function stageOf(event: AuditEvent): string | null {
  return event.at("stage")?.text() ?? null;
}

// Stage and level come from the sender: a label holds only the values that exist.
const labelValues = new Set(
  "RequestReceived ResponseStarted ResponseComplete Panic Metadata Request RequestResponse".split(" "),
);

function known(value: string | null): string {
  return value !== null && labelValues.has(value) ? value : "other";
}

function labels({ source, cluster }: Entry): { source: string; cluster: string } {
  return { source, cluster };
}

/** JSON holds whole numbers up to 2^53 safely; larger ones are kept as text. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `${value}`;
  return Array.isArray(value) ? value.map(plain) : value;
}
